import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { TestApp } from '../helpers/app'
import { driversThat, startAppOn } from '../helpers/drivers'
import { RouterContract } from '@ioc:Adonis/Core/Route'

const HOUR_IN_MS = 3_600_000

function routes(route: RouterContract) {
  route.get('/put', async ({ session }) => session.put('user', 7))
  route.get('/age', async ({ session, request }) => session.setAge(request.input('age')))
  route.get('/user', async ({ session }) => ({ user: session.get('user') ?? null }))
  route.get('/regenerate', async ({ session }) => session.regenerate())
}

/** Redis keeps its own time: what it promises is shown in test/redis/expiry.spec.ts. */
for (const driver of driversThat('goesByOurClock')) {
  test.group(`P7 Expiry is enforced on the server: ${driver}`, (group) => {
    const clock = stoppedClock(group)
    const apps: TestApp[] = []
    group.each.teardown(async () => {
      await Promise.all(apps.splice(0).map((app) => app.stop()))
    })

    async function visit(session: Record<string, any>) {
      const app = await startAppOn(driver, { session, routes })
      apps.push(app)
      const browser = app.browser()
      await browser.get('/put')
      const captured = browser.cookies()
      const userOf = async (cookies?: Record<string, string>) =>
        (await browser.get('/user', { cookies })).json.user
      return { browser, captured, userOf }
    }

    test('a captured cookie dies with the idle age', async ({ assert }) => {
      const { captured, userOf } = await visit({ age: '2h' })
      clock.pass(2 * HOUR_IN_MS - 1000)
      assert.equal(await userOf(captured), 7)
      clock.pass(4 * HOUR_IN_MS)
      assert.isNull(await userOf(captured))
    })

    test('activity keeps a session alive, with and without touchEvery', async ({ assert }) => {
      for (const touchEvery of [0, '1m']) {
        const { userOf } = await visit({ age: '2h', touchEvery })
        for (let hour = 0; hour < 10; hour++) {
          clock.pass(HOUR_IN_MS)
          assert.equal(await userOf(), 7)
        }
        clock.pass(2 * HOUR_IN_MS + 1000)
        assert.isNull(await userOf())
      }
    })

    test('the absolute age ends an active session, through regenerations', async ({ assert }) => {
      const { browser, userOf } = await visit({ age: '2h', absoluteAge: '5h' })
      for (let hour = 1; hour < 5; hour++) {
        clock.pass(HOUR_IN_MS)
        await browser.get('/regenerate')
        assert.equal(await userOf(), 7)
      }
      clock.pass(HOUR_IN_MS)
      assert.isNull(await userOf())
    })

    test('a cookie captured before dies with the absolute age', async ({ assert }) => {
      const { captured, browser, userOf } = await visit({ age: '2h', absoluteAge: '3h' })
      for (let hour = 1; hour < 3; hour++) {
        clock.pass(HOUR_IN_MS)
        await browser.get('/user')
      }
      clock.pass(HOUR_IN_MS)
      assert.isNull(await userOf(captured))
    })

    test('setAge shortens the life of one session', async ({ assert }) => {
      const { browser, userOf } = await visit({ age: '2h' })
      await browser.get('/age?age=10m')
      const captured = browser.cookies()
      clock.pass(HOUR_IN_MS / 10)
      assert.equal(await userOf(captured), 7)
      clock.pass(HOUR_IN_MS)
      assert.isNull(await userOf(captured))
    })

    test('setAge lengthens it, in store and cookie, and the next requests keep to it', async ({
      assert,
    }) => {
      const { browser, userOf } = await visit({ age: '2h' })
      const { setCookies } = await browser.get('/age?age=30 days')
      assert.include(setCookies.join(), `Max-Age=${30 * 24 * 3600}`)
      for (let week = 0; week < 8; week++) {
        clock.pass(7 * 24 * HOUR_IN_MS)
        assert.equal(await userOf(), 7)
      }
    })

    test('clearWithBrowser changes the cookie, not the server side', async ({ assert }) => {
      const { browser, captured, userOf } = await visit({ age: '2h', clearWithBrowser: true })
      clock.pass(2 * HOUR_IN_MS + 1000)
      assert.isNull(await userOf(captured))
      await browser.get('/put')
      browser.restart()
      assert.isNull(await userOf())
    })
  })
}
