import { test } from '@japa/runner'
import { promises as fs } from 'fs'
import { stoppedClock } from '../helpers/clock'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, SERVER_DRIVERS, driversThat, temporaryDirectory } from '../helpers/drivers'
import { OwnDriver } from '../helpers/own_driver'
import { cookiesWithId } from '../helpers/signed'
import { fileOf, redisOf, storedValues } from '../helpers/stored'
import { apps, Handler, sharedApp } from '../helpers/visits'

const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}
const all: Handler = ({ session }) => session.all()

for (const driver of ALL_DRIVERS) {
  test.group(`saveUninitialized: false on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })

    test(`saveUninitialized: false: no cookie until something is stored [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      assert.deepEqual((await visit(all)).setCookies, [])
      assert.deepEqual((await visit(({ session }) => session.get('a'))).setCookies, [])
      assert.exists(idCookieOf(await visit(put)))
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`saveUninitialized: false: a flash message is something [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      assert.exists(idCookieOf(await visit(({ session }) => session.flash('message', 'Hello'))))
      assert.equal(await ask(({ session }) => session.flashMessages.get('message')), 'Hello')
    })

    test(`saveUninitialized: false: what is put and forgotten is nothing [${driver}]`, async ({
      assert,
    }) => {
      const response = await visitor().visit(({ session }) => {
        session.put('a', 1)
        session.forget('a')
      })
      assert.deepEqual(response.setCookies, [])
    })

    test(`saveUninitialized: false: regenerate of nothing sends no cookie [${driver}]`, async ({
      assert,
    }) => {
      const response = await visitor().visit(({ session }) => session.regenerate())
      assert.deepEqual(response.setCookies, [])
    })

    test(`saveUninitialized: false: invalidate drops the cookies [${driver}]`, async ({
      assert,
    }) => {
      const { browser, visit } = visitor()
      await visit(put)

      await visit(({ session }) => session.invalidate())
      assert.deepEqual(browser.cookies(), {})
    })

    test(`saveUninitialized: false: an id without a session serves when something is stored [${driver}]`, async ({
      assert,
    }) => {
      const lost = cookiesWithId(app(), 'id-of-a-lost-session')

      const page = await visitor().visit(() => {}, lost)
      assert.isUndefined(idCookieOf(page))
      const id = await visitor().ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      }, lost)
      assert.equal(id, 'id-of-a-lost-session')
    })
  })

  test.group(`saveUninitialized: true on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: true } })

    test(`saveUninitialized: true: every visitor gets an id, and keeps it [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      assert.exists(idCookieOf(await visit(() => {})))
      const id = await ask(({ session }) => session.sessionId)
      assert.equal(await ask(put), id)
      assert.deepEqual(await ask(all), { a: 1 })
    })
  })

  test.group(`touchEvery on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      session: { age: '2h', touchEvery: '10m', saveUninitialized: false },
    })
    const clock = stoppedClock(group)

    /** Time passes for a session; Redis has its own, in which the key comes closer to its end. */
    const pass = async (minutes: number, id: string) => {
      clock.pass(`${minutes}m`)
      if (driver === 'redis') {
        const ttlInMs = await redisOf(app()).pttl(id)
        await redisOf(app()).pexpire(id, ttlInMs - minutes * 60_000)
      }
    }

    test(`touchEvery: an unchanged session sends no cookie before it is due [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const id = await ask(put)

      await pass(4, id)
      assert.deepEqual((await visit(all)).setCookies, [])
      await pass(5, id)
      assert.deepEqual((await visit(all)).setCookies, [])
    })

    test(`touchEvery: every cookie is refreshed when it is due [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      const id = await ask(put)

      await pass(11, id)
      const cookies = cookiesOf(await visit(all))
      assert.lengthOf(cookies, driver === 'cookie' ? 2 : 1)
      cookies.forEach(({ attributes }) => assert.equal(attributes['max-age'], '7200'))
      await pass(1, id)
      assert.deepEqual((await visit(all)).setCookies, [])
    })

    test(`touchEvery: the store is refreshed with the cookie [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      const id = await ask(put)

      for (let times = 0; times < 3; times++) {
        await pass(100, id)
        assert.deepEqual((await visit(all)).answer, { a: 1 })
      }
    })

    test(`touchEvery: a changed session sends its cookie at once [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await ask(put)

      assert.exists(idCookieOf(await visit(({ session }) => session.put('b', 2))))
    })
  })

  test.group(`absoluteAge on ${driver}`, (group) => {
    const start = apps(group)
    const clock = stoppedClock(group)
    const limited = { age: '2h', absoluteAge: '1 day' }

    test(`absoluteAge: ends a session however active it is [${driver}]`, async ({ assert }) => {
      const { visit, ask } = (await start(driver, { session: limited })).visitor()
      await visit(put)

      for (let hour = 1; hour < 24; hour++) {
        clock.pass('1h')
        await visit(({ session }) => session.put('hour', hour))
      }
      assert.deepEqual(await ask(all), { a: 1, hour: 23 })
      clock.pass('1h')
      assert.deepEqual(await ask(all), {})
    })

    test(`absoluteAge: no cookie outlives it [${driver}]`, async ({ assert }) => {
      const session = { age: '20h', absoluteAge: '1 day' }
      const { visit } = (await start(driver, { session })).visitor()
      await visit(put)

      clock.pass('14h')
      const cookies = cookiesOf(await visit(({ session: current }) => current.put('b', 2)))
      assert.isNotEmpty(cookies)
      cookies.forEach(({ attributes }) => assert.equal(attributes['max-age'], '36000'))
    })

    test(`absoluteAge: regenerate and setAge do not extend it [${driver}]`, async ({ assert }) => {
      const session = { ...limited, clearWithBrowser: true }
      const { visit, ask } = (await start(driver, { session })).visitor()
      await visit(({ session: current }) => {
        current.put('a', 1)
        current.setAge('30 days')
      })

      clock.pass('23h')
      await visit(({ session: current }) => current.regenerate())
      assert.deepEqual(await ask(all), { a: 1 })
      clock.pass('1h')
      assert.deepEqual(await ask(all), {})
    })

    test(`absoluteAge: the request that finds its session ended may begin a new one [${driver}]`, async ({
      assert,
    }) => {
      const session = { age: '2 days', absoluteAge: '1 day', clearWithBrowser: true }
      const { visit, ask } = (await start(driver, { session })).visitor()
      await visit(put)

      clock.pass('25h')
      await visit(({ session: current }) => current.put('user', 7))
      assert.deepEqual(await ask(all), { user: 7 })
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Nothing is stored for nothing on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`a visitor with an id cookie has no record [${driver}]`, async ({ assert }) => {
      const { browser, ask } = visitor()

      const id = await ask(({ session }) => session.sessionId)
      assert.isNull(await storedValues(driver, app(), id, browser))
      await ask(all)
      assert.isNull(await storedValues(driver, app(), id, browser))
    })
  })
}

test.group('A shorter age', (group) => {
  const start = apps(group)

  for (const driver of driversThat('isShared')) {
    test(`a shorter age reaches a session that is there already [${driver}]`, async ({
      assert,
    }) => {
      const file = { location: temporaryDirectory() }
      const before = await start(driver, { session: { age: '30 days', file } })
      const visitor = before.visitor()
      const id = await visitor.ask(put)

      const after = await start(driver, { session: { age: '2h', file } })
      const moved = after.visitor()
      moved.browser.jar = visitor.browser.jar
      assert.equal(idCookieOf(await moved.visit(all))?.attributes['max-age'], '7200')
      if (driver === 'redis') {
        assert.isAtMost(await redisOf(after).pttl(id), 7_200_000)
      }
    })
  }
})

test.group('touchEvery in the stores', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)
  const session = { age: '2h', touchEvery: '10m' }

  test('touchEvery: the time of the file is set when it is due', async ({ assert }) => {
    const app = await start('file', { session })
    const { ask } = app.visitor()
    const file = fileOf(app, await ask(put))
    const modifiedAt = async () => (await fs.stat(file)).mtimeMs

    const written = await modifiedAt()
    clock.pass('9m')
    await ask(all)
    assert.equal(await modifiedAt(), written)
    clock.pass('2m')
    await ask(all)
    assert.approximately(await modifiedAt(), Date.now(), 5_000)
  })

  test('touchEvery: a driver of an app is touched when it is due', async ({ assert }) => {
    const driver = new OwnDriver()
    const app = await start('memory', {
      session: { ...session, driver: 'own' },
      boot: ({ container }) => container.use('Adonis/Addons/Session').extend('own', () => driver),
    })
    const { ask } = app.visitor()
    const touches = () => driver.drain().filter(([method]) => method === 'touch').length

    await ask(put)
    clock.pass('9m')
    await ask(all)
    assert.equal(touches(), 0)
    clock.pass('2m')
    await ask(all)
    assert.equal(touches(), 1)
  })
})
