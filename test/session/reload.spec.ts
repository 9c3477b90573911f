import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const login: Handler = ({ session }) => {
  session.regenerate()
  session.put('user', 7)
}

for (const driver of SERVER_DRIVERS) {
  test.group(`reload: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })

    async function member() {
      const one = visitor()
      await one.visit(({ session }) => session.put({ n: 1, list: ['a'], kept: true }))
      return one
    }

    test(`shows what others have stored since, with own changes on top [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      const seen = await one.ask(async ({ session }) => {
        session.increment('n')
        session.push('list', 'b')
        session.all().inPlace = 'yes'
        await one.clone().visit(({ session: other }) => {
          other.increment('n', 10)
          other.push('list', 'c')
          other.put('theirs', 'yes')
          other.forget('kept')
        })
        await session.reload()
        return session.all()
      })
      const merged = { n: 12, list: ['a', 'c', 'b'], inPlace: 'yes', theirs: 'yes' }
      assert.deepEqual(seen, merged)
      assert.deepEqual(await one.ask(all), merged)
    })

    test(`in the callback of remember leaves what that stores [${driver}]`, async ({ assert }) => {
      const one = await member()
      const seen = await one.ask(async ({ session }) => {
        const value = await session.remember('currency', async () => {
          await session.reload()
          return 'EUR'
        })
        return [value, session.get('currency')]
      })
      assert.deepEqual(seen, ['EUR', 'EUR'])
      assert.deepEqual(await one.ask(all), { n: 1, list: ['a'], kept: true, currency: 'EUR' })
    })

    test(`changes nothing and stores nothing by itself [${driver}]`, async ({ assert }) => {
      const one = await member()
      const modified = await one.ask(async ({ session }) => {
        await session.reload()
        await session.reload()
        return session.hasBeenModified
      })
      assert.isFalse(modified)
      assert.deepEqual(await one.ask(all), { n: 1, list: ['a'], kept: true })
    })

    test(`of a session that has ended is empty, and brings nothing back [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      const tab = one.clone()
      const seen = await one.visit(async ({ session }) => {
        session.put('late', true)
        await tab.visit(({ session: other }) => other.invalidate())
        await session.reload()
        return session.all()
      })
      assert.deepEqual(seen.answer, {})
      assert.deepEqual(await one.ask(all), {})
    })

    test(`after a logout leaves it one, whatever became of the session [${driver}]`, async ({
      assert,
    }) => {
      const HAPPENS: Record<string, (tab: Visitor) => unknown> = {
        nothing: () => {},
        'a change': (tab) => tab.visit(({ session }) => session.put('user', 7)),
        'a login': (tab) => tab.visit(login),
      }
      for (const [what, happens] of Object.entries(HAPPENS)) {
        const one = await member()
        const tab = one.clone()
        const seen = await one.ask(async ({ session }) => {
          session.invalidate()
          session.put('after', true)
          await happens(tab)
          await session.reload()
          return session.all()
        })
        assert.deepEqual(seen, { after: true }, what)
        assert.deepEqual(await tab.ask(all), {}, what)
        assert.deepEqual(await one.ask(all), { after: true }, what)
      }
    })

    test(`keeps a logout and a login under an id that was retired before [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      const [late, later] = [one.clone(), one.clone()]
      await one.visit(login)
      await late.visit(async (ctx) => {
        login(ctx)
        await ctx.session.reload()
      })
      assert.equal((await late.ask(all)).user, 7)
      await later.visit(async ({ session }) => {
        session.invalidate()
        await session.reload()
      })
      assert.deepEqual(await one.ask(all), {})

      const again = later.clone()
      const seen = await again.ask(async (ctx) => {
        login(ctx)
        await ctx.session.reload()
        return ctx.session.get('user')
      })
      assert.equal(seen, 7)
      assert.equal((await again.ask(all)).user, 7)
    })

    test(`keeps a login beside another one [${driver}]`, async ({ assert }) => {
      const one = await member()
      const tab = one.clone()
      await one.visit(async (ctx) => {
        login(ctx)
        await tab.visit(login)
        await ctx.session.reload()
      })
      assert.equal((await one.ask(all)).user, 7)
      assert.equal((await tab.ask(all)).user, 7)
    })

    test(`leads to the id that a login gave the session [${driver}]`, async ({ assert }) => {
      const one = await member()
      const seen = await one.ask(async ({ session }) => {
        await one.clone().visit(({ session: other }) => {
          other.put('user', 7)
          other.regenerate()
        })
        await session.reload()
        return [session.get('n'), session.has('user')]
      })
      assert.deepEqual(seen, [1, false])
    })

    test(`goes on after a commit, and keeps messages for the page that shows them [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      await one.visit(async ({ session }) => {
        session.put('b', 1)
        await session.commit()
        await one.clone().visit(({ session: other }) => other.flash('note', 'hi'))
        await session.reload()
        session.put('c', session.get('b') + 1)
      })
      const seen = await one.ask(({ session }) => [session.all(), session.flashMessages.all()])
      assert.deepEqual(seen, [{ n: 1, list: ['a'], kept: true, b: 1, c: 2 }, { note: 'hi' }])
    })

    test(`works on a readonly session and a new one [${driver}]`, async ({ assert }) => {
      const seen = await visitor().ask(async ({ session }) => {
        session.put('a', 1)
        await session.reload()
        return session.all()
      })
      assert.deepEqual(seen, { a: 1 })
    })
  })
}
