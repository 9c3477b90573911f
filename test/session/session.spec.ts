import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

/** A visitor whose session holds some values. */
async function visitorWith(visitor: Visitor, values: Record<string, any>) {
  await visitor.visit(({ session }) => session.put(values))
  return visitor
}

for (const driver of ALL_DRIVERS) {
  test.group(`The verbs of a session on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)
    const holding = (values: Record<string, any>) => visitorWith(visitor(), values)

    test(`put({…}): stores each value [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put({ a: 1, b: { c: 2 } }))
      await visit(({ session }) => session.put({ 'b.d': 3, e: null }))
      assert.deepEqual(await ask(all), { a: 1, b: { c: 2, d: 3 }, e: null })
    })

    test(`put({}): stores nothing [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await holding({ a: 1 })

      await visit(({ session }) => session.put({}))
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`exists: tells null from nothing, at any depth [${driver}]`, async ({ assert }) => {
      const { ask } = await holding({ a: null, b: { c: null } })

      const exists = await ask(({ session }) =>
        ['a', 'b', 'b.c', 'b.d', 'd', 'toString'].map((key) => session.exists(key))
      )
      assert.deepEqual(exists, [true, true, true, false, false, false])
    })

    test(`missing: is the opposite of exists [${driver}]`, async ({ assert }) => {
      const { ask } = await holding({ a: null, b: { c: 1 } })

      const missing = await ask(({ session }) =>
        ['a', 'b.c', 'b.d', 'd'].map((key) => session.missing(key))
      )
      assert.deepEqual(missing, [false, false, true, true])
    })

    test(`has: is true for 0, false and the empty string [${driver}]`, async ({ assert }) => {
      const { ask } = await holding({ a: 0, b: false, c: '', d: {}, e: null })

      const has = await ask(({ session }) =>
        ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => session.has(key))
      )
      assert.deepEqual(has, [true, true, true, true, false, false])
    })

    test(`only: the values of some keys, at their places [${driver}]`, async ({ assert }) => {
      const { ask } = await holding({ a: 1, b: { c: 2, d: 3 }, e: null })

      const only = await ask(({ session }) => session.only(['a', 'b.d', 'e', 'absent']))
      assert.deepEqual(only, { a: 1, b: { d: 3 }, e: null })
    })

    test(`except: the values without some keys, which stay stored [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = await holding({ a: 1, b: { c: 2, d: 3 }, e: 4 })

      const except = await ask(({ session }) => session.except(['a', 'b.d', 'absent']))
      assert.deepEqual(except, { b: { c: 2 }, e: 4 })
      assert.deepEqual(await ask(all), { a: 1, b: { c: 2, d: 3 }, e: 4 })
    })

    test(`pull: reads a value and removes it [${driver}]`, async ({ assert }) => {
      const { ask } = await holding({ a: { b: 1 }, c: 2 })

      const pulled = await ask(({ session }) => [session.pull('a.b'), session.pull('c')])
      assert.deepEqual(pulled, [1, 2])
      assert.deepEqual(await ask(all), { a: {} })
    })

    test(`pull: takes a default [${driver}]`, async ({ assert }) => {
      assert.equal(await visitor().ask(({ session }) => session.pull('none', 5)), 5)
    })

    test(`push: makes an array and adds to it [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await holding({ cart: { ids: [1] } })

      await visit(({ session }) => session.push('seen', 'a'))
      await visit(({ session }) => session.push('seen', 'b', 'c'))
      await visit(({ session }) => session.push('cart.ids', { id: 2 }))
      assert.deepEqual(await ask(all), { cart: { ids: [1, { id: 2 }] }, seen: ['a', 'b', 'c'] })
    })

    test(`push: what is no array is an error and stays [${driver}]`, async ({ assert }) => {
      const { ask, codeOf } = await holding({ seen: 'a' })

      assert.equal(
        await codeOf(({ session }) => session.push('seen', 'b')),
        'E_SESSION_NOT_AN_ARRAY'
      )
      assert.deepEqual(await ask(all), { seen: 'a' })
    })

    test(`remember: stores what the callback returns, once [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()
      let calls = 0
      const remember: Handler = ({ session }) => session.remember('token', async () => ++calls)

      assert.equal(await ask(remember), 1)
      assert.equal(await ask(remember), 1)
      assert.deepEqual(await ask(all), { token: 1 })
    })

    test(`remember: takes a callback without a promise, and null for nothing [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = await holding({ token: null, zero: 0 })

      const token = await ask(({ session }) => session.remember('token', () => 'new'))
      const zero = await ask(({ session }) => session.remember('zero', () => 1))
      assert.deepEqual([token, zero], ['new', 0])
    })

    test(`increment, decrement: take steps and return the number [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = await holding({ views: 10, user: { score: 5 } })

      const numbers = await ask(({ session }) => [
        session.increment('views', 5),
        session.decrement('user.score', 7),
        session.increment('new'),
        session.decrement('other', 0.5),
      ])
      assert.deepEqual(numbers, [15, -2, 1, -0.5])
      assert.deepEqual(await ask(all), { views: 15, user: { score: -2 }, new: 1, other: -0.5 })
    })

    test(`forget([…]): removes each key, and what is not there is fine [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = await holding({ a: 1, b: { c: 2, d: 3 }, e: 4 })

      await visit(({ session }) => session.forget(['a', 'b.c', 'x', 'x.y.z', 'e.f']))
      assert.deepEqual(await ask(all), { b: { d: 3 }, e: 4 })
    })

    test(`flush: removes all values [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await holding({ a: 1, b: 2 })

      await visit(({ session }) => session.flush())
      assert.deepEqual(await ask(all), {})
    })

    test(`replace: leaves the given values and no others [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await holding({ a: 1, b: 2 })

      await visit(({ session }) => session.replace({ b: 3, c: { d: 4 } }))
      assert.deepEqual(await ask(all), { b: 3, c: { d: 4 } })
    })

    test(`clear, flush and replace keep what was flashed [${driver}]`, async ({ assert }) => {
      for (const verb of ['clear', 'flush', 'replace'] as const) {
        const { visit, ask } = await holding({ a: 1 })

        await visit(({ session }) => {
          session.flash('message', 'Bye')
          session[verb]({})
        })
        assert.equal(await ask(({ session }) => session.flashMessages.get('message')), 'Bye')
      }
    })

    test(`isEmpty: tells whether there are values [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()

      const isEmpty: Handler = ({ session }) => session.isEmpty
      await visit(({ session }) => session.flash('message', 'is no value'))
      assert.isTrue(await ask(isEmpty))
      await visit(({ session }) => session.put('a', null))
      assert.isFalse(await ask(isEmpty))
      await visit(({ session }) => session.forget('a'))
      assert.isTrue(await ask(isEmpty))
    })

    test(`hasRegeneratedSession: tells of regenerate and invalidate [${driver}]`, async ({
      assert,
    }) => {
      for (const verb of ['regenerate', 'invalidate'] as const) {
        const { ask } = await holding({ a: 1 })

        const told = await ask(({ session }) => {
          const before = session.hasRegeneratedSession
          session[verb]()
          return [before, session.hasRegeneratedSession]
        })
        assert.deepEqual(told, [false, true], verb)
      }
    })

    test(`hasBeenModified: compares with what was read [${driver}]`, async ({ assert }) => {
      const steps: [name: string, handler: Handler, modified: boolean][] = [
        ['nothing', () => {}, false],
        ['a read', ({ session }) => session.get('a.b'), false],
        ['a put', ({ session }) => session.put('a.b', 2), true],
        ['a put of the same value', ({ session }) => session.put('a', { b: 1 }), false],
        ['a forget', ({ session }) => session.forget('a.b'), true],
        ['a forget of nothing', ({ session }) => session.forget('x'), false],
        ['a change in place', ({ session }) => (session.get('a').b = 2), true],
        ['a message', ({ session }) => session.flash('m', 1), false],
      ]
      for (const [name, step, modified] of steps) {
        const { ask } = await holding({ a: { b: 1 } })

        const answer = await ask(async (ctx) => {
          await step(ctx)
          return ctx.session.hasBeenModified
        })
        assert.equal(answer, modified, name)
      }
    })
  })
}
