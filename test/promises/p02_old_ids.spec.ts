import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const login: Handler = ({ session }) => {
  session.regenerate()
  session.put('user', 7)
}
const logout: Handler = ({ session }) => session.invalidate()

/** A browser whose session got another id, and one that has still the id of before. */
function withOldId(visitor: ReturnType<typeof sharedApp>['visitor']) {
  return async () => {
    const one = visitor()
    const id = await one.ask(({ session }) => {
      session.put('cart', [1])
      return session.sessionId
    })
    const late = one.clone()
    await one.visit(login)
    return { one, late, id }
  }
}

for (const driver of ALL_DRIVERS) {
  test.group(`P2 A logout under an old id: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })
    const start = withOldId(visitor)
    const clock = stoppedClock(group)

    for (const minutes of [0, 2]) {
      test(`is one of its session, ${minutes} minutes after the login [${driver}]`, async ({
        assert,
      }) => {
        const { one, late, id } = await start()
        await clock.passFor(driver, id, minutes * 60_000)
        await late.visit(logout)
        assert.deepEqual(await one.ask(all), {})
      })
    }
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P2 A login under an old id: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })
    const start = withOldId(visitor)

    test(`begins nothing if the session is logged out meanwhile [${driver}]`, async ({
      assert,
    }) => {
      const { one, late } = await start()
      const { setCookies } = await late.visit(async (ctx) => {
        await one.visit(logout)
        return login(ctx)
      })
      assert.deepEqual(setCookies, [])
      assert.deepEqual(await late.ask(all), {})
    })

    test(`begins a session if it was logged out before [${driver}]`, async ({ assert }) => {
      const { one, late } = await start()
      await one.visit(logout)
      await late.visit(login)
      assert.equal((await late.ask(all)).user, 7)
    })
  })
}
