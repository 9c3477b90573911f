import { test } from '@japa/runner'
import { promises as fs } from 'fs'
import { join } from 'path'
import { sessionConfig } from '../../config'
import { stoppedClock } from '../helpers/clock'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, driversThat, redisConfig, temporaryDirectory } from '../helpers/drivers'
import { fileOf, redisOf, storedValues } from '../helpers/stored'
import { apps, Handler, VisitedApp, Visitor } from '../helpers/visits'

/** The same browser at another server of the app. */
function moveTo(app: VisitedApp, { browser }: Visitor): Visitor {
  const visitor = app.visitor()
  visitor.browser.jar = new Map(browser.jar)
  return visitor
}

const put: Handler = ({ session }) => {
  session.put('card', 'secret-of-the-cart')
  return session.sessionId
}
const card: Handler = ({ session }) => session.get('card')

for (const driver of ALL_DRIVERS) {
  test.group(`The documented configuration on ${driver}`, (group) => {
    const start = apps(group)
    const clock = stoppedClock(group)

    test(`driver: sessions are kept by the configured driver [${driver}]`, async ({ assert }) => {
      const app = await start(driver)
      const visitor = app.visitor()

      const id = await visitor.ask(put)
      const stored = await storedValues(driver, app, id, visitor.browser)
      assert.deepEqual(stored, { card: 'secret-of-the-cart' })
      assert.equal(await visitor.ask(card), 'secret-of-the-cart')
    })

    test(`enabled: true turns sessions on for the entire app [${driver}]`, async ({ assert }) => {
      const visitor = (await start(driver, { session: { enabled: true } })).visitor()

      assert.isTrue(await visitor.ask(({ session }) => session.initiated))
      assert.property(visitor.browser.cookies(), 'adonis-session')
    })

    test(`enabled: false turns sessions off for the entire app [${driver}]`, async ({ assert }) => {
      const visitor = (await start(driver, { session: { enabled: false } })).visitor()

      assert.isFalse(await visitor.ask(({ session }) => session.initiated))
      assert.deepEqual(visitor.browser.cookies(), {})
    })

    test(`cookieName: names the cookie that holds the session id [${driver}]`, async ({
      assert,
    }) => {
      const visitor = (
        await start(driver, { session: { cookieName: 'anything-you-like' } })
      ).visitor()

      const id = await visitor.ask(put)
      assert.notProperty(visitor.browser.cookies(), 'adonis-session')
      const cookie = decodeURIComponent(visitor.browser.cookies()['anything-you-like'])
      const [payload] = cookie.slice('s:'.length).split('.')
      assert.equal(JSON.parse(Buffer.from(payload, 'base64').toString()).message, id)
    })

    test(`clearWithBrowser: true makes cookies that end with the browser [${driver}]`, async ({
      assert,
    }) => {
      const visitor = (await start(driver, { session: { clearWithBrowser: true } })).visitor()

      const response = await visitor.visit(put)
      cookiesOf(response).forEach(({ attributes }) =>
        assert.notAnyProperties(attributes, ['max-age', 'expires'])
      )
      assert.equal(await visitor.ask(card), 'secret-of-the-cart')
      visitor.browser.restart()
      assert.isUndefined(await visitor.ask(card))
    })

    test(`clearWithBrowser: false makes cookies that outlive the browser [${driver}]`, async ({
      assert,
    }) => {
      const visitor = (await start(driver, { session: { clearWithBrowser: false } })).visitor()

      await visitor.visit(put)
      visitor.browser.restart()
      assert.equal(await visitor.ask(card), 'secret-of-the-cart')
    })

    test(`age: is the life of the cookies [${driver}]`, async ({ assert }) => {
      const visitor = (await start(driver, { session: { age: '2h' } })).visitor()

      const cookies = cookiesOf(await visitor.visit(put))
      cookies.forEach(({ attributes }) => assert.equal(attributes['max-age'], '7200'))
      clock.pass('119m')
      assert.equal(await visitor.clone().ask(card), 'secret-of-the-cart')
      clock.pass('2m')
      assert.isUndefined(await visitor.ask(card))
    })

    test(`cookie: settings are those of every session cookie [${driver}]`, async ({ assert }) => {
      const cookie = { path: '/shop', httpOnly: false, sameSite: 'strict', domain: 'localhost' }
      const visitor = (await start(driver, { session: { cookie: cookie as any } })).visitor()

      const cookies = cookiesOf(await visitor.visit(put))
      assert.lengthOf(cookies, driver === 'cookie' ? 2 : 1)
      cookies.forEach(({ attributes }) => {
        assert.include(attributes, { path: '/shop', samesite: 'Strict', domain: 'localhost' })
        assert.notProperty(attributes, 'httponly')
      })
    })

    test(`cookie: path, httpOnly and sameSite of the example [${driver}]`, async ({ assert }) => {
      const cookie = { path: '/', httpOnly: true, sameSite: false as const }
      const visitor = (await start(driver, { session: { cookie } })).visitor()

      cookiesOf(await visitor.visit(put)).forEach(({ attributes }) => {
        assert.include(attributes, { path: '/', httponly: true })
        assert.notProperty(attributes, 'samesite')
      })
    })

    test(`the default config file works as it stands [${driver}]`, async ({ assert }) => {
      const { driver: name, ...config } = sessionConfig({
        enabled: true,
        driver: 'SESSION_DRIVER',
        cookieName: 'adonis-session',
        clearWithBrowser: false,
        age: '2h',
        cookie: {}, // see the cookie driver
        file: { location: temporaryDirectory() }, // see the file driver
        redisConnection: 'local', // see the redis driver
      })
      const visitor = (await start(driver, { session: config })).visitor()

      assert.equal(name, 'SESSION_DRIVER')
      await visitor.visit(put)
      assert.equal(await visitor.ask(card), 'secret-of-the-cart')
    })
  })
}

test.group('The documented drivers', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  test('age ends a session on the server as well, whoever kept the cookies', async ({ assert }) => {
    for (const driver of driversThat('goesByOurClock')) {
      const visitor = (await start(driver, { session: { age: '2h' } })).visitor()
      await visitor.visit(put)
      const captured = { cookies: visitor.browser.cookies() }

      clock.pass('119m')
      assert.equal(await visitor.ask(card, captured), 'secret-of-the-cart', driver)
      clock.pass('121m')
      assert.isUndefined(await visitor.ask(card, captured), driver)
    }
  })

  test('age is the ttl of the key in Redis', async ({ assert }) => {
    const app = await start('redis', { session: { age: '2h' } })

    const id = await app.visitor().ask(put)
    assert.approximately(await redisOf(app).pttl(id), 7_200_000, 5_000)
  })

  test('cookie: the session data is encrypted inside the cookie', async ({ assert }) => {
    const visitor = (await start('cookie')).visitor()

    const id = await visitor.ask(put)
    const cookie = decodeURIComponent(visitor.browser.cookies()[id])
    assert.match(cookie, /^e:/)
    const parts = cookie.slice('e:'.length).split('.')
    const readable = [
      cookie,
      ...parts.map((part) => Buffer.from(part, 'base64').toString('latin1')),
    ]
    assert.notInclude(readable.join(), 'secret-of-the-cart')
  })

  test('cookie: no information is stored on the server', async ({ assert }) => {
    const visitor = (await start('cookie')).visitor()
    await visitor.visit(put)

    const another = moveTo(await start('cookie'), visitor)
    assert.equal(await another.ask(card), 'secret-of-the-cart')
    another.browser.jar.clear()
    assert.isUndefined(await another.ask(card))
  })

  test('file: the session data is stored in file.location', async ({ assert }) => {
    const location = temporaryDirectory()
    const app = await start('file', { session: { file: { location } } })

    const id = await app.visitor().ask(put)
    assert.equal(fileOf(app, id), join(location, `${id}.txt`))
    assert.include(await fs.readFile(fileOf(app, id), 'utf8'), 'secret-of-the-cart')
  })

  test('redis: the session data is on the server only', async ({ assert }) => {
    const app = await start('redis')
    const visitor = app.visitor()

    const id = await visitor.ask(put)
    assert.include(await redisOf(app).get(id), 'secret-of-the-cart')
    assert.deepEqual(Object.keys(visitor.browser.cookies()), ['adonis-session'])
  })

  test('redis: works behind a load balancer', async ({ assert }) => {
    const visitor = (await start('redis')).visitor()
    await visitor.visit(put)

    const another = moveTo(await start('redis'), visitor)
    assert.equal(await another.ask(card), 'secret-of-the-cart')
  })

  test('redis: uses the connection that redisConnection names', async ({ assert }) => {
    const { connections } = redisConfig({ password: '', db: 0 })
    const sessions = { ...connections.local, db: 1 }
    const app = await start('redis', {
      session: { redisConnection: 'sessions' },
      config: { redis: { connection: 'local', connections: { ...connections, sessions } } },
    })

    const id = await app.visitor().ask(put)
    const redis = app.app.container.use('Adonis/Addons/Redis')
    assert.isNotNull(await redis.connection('sessions' as any).get(id))
    assert.isNull(await redis.connection('local').get(id))
  })

  test('redis: the documented connection works', async ({ assert }) => {
    const redis = redisConfig({ password: '', db: 0 })
    const visitor = (await start('redis', { config: { redis } })).visitor()

    await visitor.visit(put)
    assert.equal(await visitor.ask(card), 'secret-of-the-cart')
  })

  test('the id cookie of a session is signed', async ({ assert }) => {
    const visitor = (await start('memory')).visitor()

    const { value } = idCookieOf(await visitor.visit(put))!
    assert.match(decodeURIComponent(value), /^s:/)
  })
})
