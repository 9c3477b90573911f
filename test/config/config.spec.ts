import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, driversThat } from '../helpers/drivers'
import { apps, Handler } from '../helpers/visits'

const put: Handler = ({ session }) => session.put('a', 1)
const all: Handler = ({ session }) => session.all()

/** Durations, and the seconds that they are. */
const AGES: [age: string | number, seconds: number][] = [
  ['2h', 7200],
  [7_200_000, 7200],
  ['90 minutes', 5400],
  ['1.5h', 5400],
  ['2.3h', 8280],
  ['7 days', 604_800],
  ['1000', 1],
  [1500, 2],
]

for (const driver of ALL_DRIVERS) {
  test.group(`Settings on ${driver}`, (group) => {
    const start = apps(group)
    const clock = stoppedClock(group)

    for (const [age, seconds] of AGES) {
      test(`age: ${JSON.stringify(age)} is ${seconds} seconds [${driver}]`, async ({ assert }) => {
        const { visit } = (await start(driver, { session: { age } })).visitor()

        const cookies = cookiesOf(await visit(put))
        assert.deepEqual(
          new Set(cookies.map(({ attributes }) => attributes['max-age'])),
          new Set([String(seconds)])
        )
      })
    }

    test(`defaults: a driver is enough [${driver}]`, async ({ assert }) => {
      const keys = ['enabled', 'cookieName', 'clearWithBrowser', 'age', 'cookie']
      const session = Object.fromEntries(keys.map((key) => [key, undefined]))
      const { visit, ask } = (await start(driver, { session })).visitor()

      const { attributes } = idCookieOf(await visit(put))!
      assert.deepEqual(attributes, { path: '/', 'max-age': '7200', httponly: true })
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`cookie: every attribute is sent with every cookie [${driver}]`, async ({ assert }) => {
      const cookie = {
        path: '/shop',
        domain: 'example.com',
        httpOnly: true,
        secure: true,
        sameSite: 'none' as const,
        partitioned: true,
      }
      const { visit } = (await start(driver, { session: { cookie } })).visitor()

      cookiesOf(await visit(put)).forEach(({ attributes }) =>
        assert.deepEqual(attributes, {
          path: '/shop',
          domain: 'example.com',
          httponly: true,
          secure: true,
          samesite: 'None',
          partitioned: true,
          'max-age': '7200',
        })
      )
    })

    test(`cookie: what is false is not sent [${driver}]`, async ({ assert }) => {
      const cookie = { path: '/', httpOnly: false, secure: false, sameSite: false as const }
      const { visit } = (await start(driver, { session: { cookie } })).visitor()

      cookiesOf(await visit(put)).forEach(({ attributes }) =>
        assert.deepEqual(attributes, { path: '/', 'max-age': '7200' })
      )
    })

    test(`cookie: sameSite lax and strict [${driver}]`, async ({ assert }) => {
      for (const sameSite of ['lax', 'strict'] as const) {
        const { visit } = (await start(driver, { session: { cookie: { sameSite } } })).visitor()

        cookiesOf(await visit(put)).forEach(({ attributes }) =>
          assert.equal(String(attributes.samesite).toLowerCase(), sameSite)
        )
      }
    })

    test(`cookie: maxAge and expires are those of the session [${driver}]`, async ({ assert }) => {
      const cookie = { maxAge: 5, expires: new Date(0) } as any
      const { visit } = (await start(driver, { session: { cookie } })).visitor()

      cookiesOf(await visit(put)).forEach(({ attributes }) => {
        assert.equal(attributes['max-age'], '7200')
        assert.notProperty(attributes, 'expires')
      })
    })

    test(`cookieName: __Host- and __Secure- work as they should [${driver}]`, async ({
      assert,
    }) => {
      for (const cookieName of ['__Host-session', '__Secure-session']) {
        const session = { cookieName, cookie: { path: '/', secure: true } }
        const { visit, ask } = (await start(driver, { session })).visitor()

        const cookie = idCookieOf(await visit(put), cookieName)
        assert.include(cookie!.attributes, { path: '/', secure: true })
        assert.notProperty(cookie!.attributes, 'domain')
        assert.deepEqual(await ask(all), { a: 1 })
      }
    })

    test(`clearWithBrowser: a refreshed cookie still ends with the browser [${driver}]`, async ({
      assert,
    }) => {
      const { visit } = (await start(driver, { session: { clearWithBrowser: true } })).visitor()

      await visit(put)
      clock.pass('1m')
      const cookies = cookiesOf(await visit(({ session }) => session.regenerate()))
      cookies
        .filter(({ attributes }) => attributes['max-age'] !== '-1')
        .forEach(({ attributes }) => assert.notAnyProperties(attributes, ['max-age', 'expires']))
    })

    test(`retireFor: a regenerated id is readable for a minute by default [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = (await start(driver)).visitor()
      await visit(put)
      const id = await ask(({ session }) => session.sessionId)
      const late = clone()

      await visit(({ session }) => session.regenerate())
      await clock.passFor(driver, id, 59_000)
      assert.deepEqual(await late.ask(all), { a: 1 })
      await clock.passFor(driver, id, 2000)
      assert.deepEqual(await late.ask(all), {})
    })

    test(`retireFor: 0 ends a regenerated id at once [${driver}]`, async ({ assert }) => {
      const { clone, visit, ask } = (await start(driver, { session: { retireFor: 0 } })).visitor()
      await visit(put)
      const late = clone()

      await visit(({ session }) => session.regenerate())
      assert.deepEqual(await late.ask(all), {})
      assert.deepEqual(await ask(all), { a: 1 })
    })
  })
}

for (const driver of driversThat('goesByOurClock')) {
  test.group(`clearWithBrowser on ${driver}`, (group) => {
    const start = apps(group)
    const clock = stoppedClock(group)

    test(`clearWithBrowser: the server still ends the session by age [${driver}]`, async ({
      assert,
    }) => {
      const session = { clearWithBrowser: true, age: '1h' }
      const { visit, ask } = (await start(driver, { session })).visitor()
      await visit(put)

      clock.pass('59m')
      assert.deepEqual(await ask(all), { a: 1 })
      clock.pass('61m')
      assert.deepEqual(await ask(all), {})
    })
  })
}
