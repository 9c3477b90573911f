import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

type Session = Parameters<Handler>[0]['session']

const all: Handler = ({ session }) => session.all()

/** Each way to hand an object of the app to a session, and each verb that writes into it. */
const PASSES: Record<string, (session: Session, cart: any) => void | Promise<unknown>> = {
  'put(key, object)': (session, cart) => session.put('cart', cart),
  'put({…})': (session, cart) => session.put({ cart }),
  replace: (session, cart) => session.replace({ cart }),
  remember: (session, cart) => session.remember('cart', () => cart),
}

/** Each way to put an object of the session at a second place of it, within another object. */
const SHARES: Record<
  string,
  (session: Session, order: { carts: any[] }) => void | Promise<unknown>
> = {
  'put(key, object)': (session, order) => session.put('order', order),
  'put({…})': (session, order) => session.put({ order }),
  push: (session, order) => {
    session.push('orders', order)
    session.put('order', session.get('orders.0'))
  },
  replace: (session, order) => session.replace({ ...session.all(), order }),
  remember: (session, order) => session.remember('order', () => order as any),
}

const WRITES: Record<string, (session: Session) => void> = {
  'push below it': (session) => session.push('cart.items', 'ring'),
  'push two levels below it': (session) => session.push('cart.groups.first.items', 'ring'),
  'put below it': (session) => session.put('cart.owner.name', 'Ada'),
  'increment below it': (session) => session.increment('cart.count'),
  'decrement below it': (session) => session.decrement('cart.count'),
  'forget below it': (session) => session.forget('cart.count'),
  'pull below it': (session) => session.pull('cart.owner.name'),
}

/** A model shows what its `toJSON` returns, and nothing else. */
class Model {
  public $attributes = { id: 1, password: 'secret', list: [1] }
  public toJSON() {
    const { id, list } = this.$attributes
    return { id, list }
  }
}

/** It has an accessor for what it keeps to itself. */
class User {
  #name = 'Ada'
  public id = 1
  public get name() {
    return this.#name
  }
}

const make = () => ({
  items: [] as string[],
  count: 1,
  owner: { name: 'nobody' },
  groups: { first: { items: [] } },
})

for (const driver of ALL_DRIVERS) {
  test.group(`Objects of the app on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const [passed, pass] of Object.entries(PASSES)) {
      for (const [wrote, write] of Object.entries(WRITES)) {
        test(`${passed}, then ${wrote}: the object stays as it was [${driver}]`, async ({
          assert,
        }) => {
          const empty = make()
          const { visit, ask } = visitor()
          await visit(async ({ session }) => {
            await pass(session, empty)
            write(session)
          })
          assert.deepEqual(empty, make())
          assert.notDeepEqual((await ask(all)).cart, make())
        })
      }
    }

    for (const [shared, share] of Object.entries(SHARES)) {
      for (const [wrote, write] of Object.entries(WRITES)) {
        test(`${shared} of what the session holds elsewhere, then ${wrote}: it stays as it was there [${driver}]`, async ({
          assert,
        }) => {
          const { visit, ask } = visitor()
          await visit(({ session }) => session.put('cart', make()))
          const order = await ask(async ({ session }) => {
            const own = { carts: [session.get('cart')] }
            await share(session, own)
            write(session)
            return own
          })
          assert.deepEqual(order, { carts: [make()] })
          const stored = await ask(all)
          assert.deepEqual(stored.order, { carts: [make()] })
          assert.notDeepEqual(stored.cart, make())
        })
      }
    }

    for (const whole of ['put', 'replace', 'flash'] as const) {
      test(`${whole}(model) stores what its toJSON returns, and verbs go on from that [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()
        const model = new Model()
        await visit(({ session }) => {
          session[whole](model as any)
          whole === 'flash' || session.push('list', 2)
        })
        const stored = await ask(({ session }) =>
          whole === 'flash' ? session.flashMessages.all() : session.all()
        )
        assert.deepEqual(stored, { id: 1, list: whole === 'flash' ? [1] : [1, 2] })
        assert.deepEqual(model, new Model())
      })
    }

    test(`only and except leave objects of the app as they are, and can be read [${driver}]`, async ({
      assert,
    }) => {
      const user = new User()
      const frozen = Object.freeze({ x: 1, y: 2 })
      const [only, except, instance, without] = await visitor().ask(({ session }) => {
        session.put({ user: user as any, frozen, model: new Model() as any, other: [1] })
        const rest = session.except(['other', 'frozen.y', 'model.list'])
        return [
          session.only(['frozen.x', 'frozen', 'user', 'user.name', 'user.id']),
          [rest, rest.user.name],
          session.only(['user.name', 'user']).user.name,
          session.except(['user.id', 'user.name', 'frozen', 'model', 'other']),
        ]
      })
      assert.deepEqual(only, { frozen: { x: 1, y: 2 }, user: { id: 1 } })
      assert.deepEqual(except, [{ user: { id: 1 }, frozen: { x: 1 }, model: { id: 1 } }, 'Ada'])
      assert.equal(instance, 'Ada')
      assert.deepEqual(without, { user: {} })
      assert.deepEqual([user.id, user.name, frozen], [1, 'Ada', { x: 1, y: 2 }])
    })

    test(`an item that was pushed stays as it was, and so does a list [${driver}]`, async ({
      assert,
    }) => {
      const item = { count: 1 }
      const list: any[] = []
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.push('items', item)
        session.increment('items.0.count')
        session.put('list', list)
        session.push('list', 1)
      })
      assert.deepEqual([item, list], [{ count: 1 }, []])
      assert.deepEqual(await ask(all), { items: [{ count: 2 }], list: [1] })
    })

    test(`a frozen object can be put, and written below [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.put('cart', Object.freeze({ items: Object.freeze([]) }))
        session.push('cart.items', 'ring')
        session.put('cart.count', 1)
      })
      assert.deepEqual(await ask(all), { cart: { items: ['ring'], count: 1 } })
    })

    test(`what is stored as a text can be replaced by writing below it [${driver}]`, async ({
      assert,
    }) => {
      const at = new Date(0)
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.put('at', at)
        session.put('at.year', 1970)
        session.put('other', at)
        session.forget('other.year')
      })
      assert.notProperty(at, 'year')
      assert.deepEqual(await ask(all), { at: { year: 1970 }, other: at.toJSON() })
    })

    for (const end of ['clear', 'flush', 'invalidate'] as const) {
      test(`what all() gave stays as it was before ${end} [${driver}]`, async ({ assert }) => {
        const { visit, ask } = visitor()
        await visit(({ session }) => session.put('a', 1))
        const kept = await ask(({ session }) => {
          const before = session.all()
          session[end]()
          session.put('b', 2)
          return before
        })
        assert.deepEqual(kept, { a: 1 })
        assert.deepEqual(await ask(all), { b: 2 })
      })
    }

    test(`what all() gave stays as it was before replace [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()
      const kept = await ask(({ session }) => {
        session.put('a', 1)
        const before = session.all()
        session.replace({ b: 2 })
        return before
      })
      assert.deepEqual(kept, { a: 1 })
    })

    test(`accessors of an object that was put are found in the same request [${driver}]`, async ({
      assert,
    }) => {
      class User {
        public first = 'Ada'
        public get name() {
          return `${this.first} Lovelace`
        }
      }
      const found = await visitor().ask(({ session }) => {
        session.put('user', new User())
        return [session.get('user.name'), session.has('user.name'), session.get('user.toString')]
      })
      assert.deepEqual(found, ['Ada Lovelace', true, null])
    })

    test(`a key that is no path is a key [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))
      assert.isNull(await ask(({ session }) => session.get('[') ?? null))
      await visit(({ session }) => session.put('[', 2))
      assert.deepEqual(await ask(all), { a: 1, '[': 2 })
    })

    test(`forget of the length of a list leaves the list [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.put('list', [1, 2])
        session.forget('list.length')
      })
      assert.deepEqual(await ask(all), { list: [1, 2] })
    })
  })
}
