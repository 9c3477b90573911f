import { test } from '@japa/runner'
import { idCookieOf } from '../helpers/cookies'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { removeStored, storeAs64 } from '../helpers/stored'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

const CHANGES: Record<string, Handler> = {
  reads: ({ session }) => session.get('user'),
  puts: ({ session }) => session.put('late', true),
  increments: ({ session }) => session.increment('late'),
  'changes in place': ({ session }) => void (session.all().late = true),
  flashes: ({ session }) => session.flash('late', true),
  'sets its age': ({ session }) => session.setAge('1h'),
}

for (const driver of SERVER_DRIVERS) {
  for (const saveUninitialized of [true, false]) {
    test.group(`P2 A session that was removed without a word: ${driver}`, (group) => {
      const { app, visitor } = sharedApp(group, driver, { session: { saveUninitialized } })
      const name = `[${driver}, ${saveUninitialized}]`

      async function member() {
        const one = visitor()
        const id = await one.ask(({ session }) => {
          session.put('user', 7)
          return session.sessionId
        })
        return { one, id }
      }

      for (const [does, change] of Object.entries(CHANGES)) {
        test(`is not brought back by a request that ${does} ${name}`, async ({ assert }) => {
          const { one, id } = await member()
          const late = await one.clone().visit(async (ctx) => {
            ctx.session.get('user')
            await removeStored(driver, app(), id)
            await change(ctx)
          })
          assert.isUndefined(idCookieOf(late))
          assert.deepEqual(await one.ask(all), {})
          assert.deepEqual(await one.ask(({ session }) => session.flashMessages.all()), {})
        })
      }

      test(`leaves a login what it puts, and no more ${name}`, async ({ assert }) => {
        const { one, id } = await member()
        await one.visit(async ({ session }) => {
          session.get('user')
          await removeStored(driver, app(), id)
          session.put('login', 8)
          session.regenerate()
        })
        assert.deepEqual(await one.ask(all), { login: 8 })
      })
    })
  }

  test.group(`P1 A session of 6.4, which tells no beginning: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`keeps what parallel requests put [${driver}]`, async ({ assert }) => {
      const one = visitor()
      const id = await one.ask(({ session }) => {
        session.put('user', 7)
        return session.sessionId
      })
      await storeAs64(driver, app(), id, { user: 7 })
      await one.visit(async ({ session }) => {
        session.put('a', 1)
        await one.clone().visit(({ session: other }) => other.put('b', 2))
      })
      assert.deepEqual(await one.ask(all), { user: 7, a: 1, b: 2 })

      await one.visit(async ({ session }) => {
        session.put('c', 3)
        await storeAs64(driver, app(), id, { user: 7, d: 4 })
      })
      assert.deepEqual(await one.ask(all), { user: 7, c: 3, d: 4 })
    })
  })
}
