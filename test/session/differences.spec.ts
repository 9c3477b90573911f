import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, driversThat } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'
import { handshake, setCookiesOn } from '../helpers/handshake'
import { OwnDriver } from '../helpers/own_driver'
import { redisOf } from '../helpers/stored'
import { apps, Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const messages: Handler = ({ session }) => session.flashMessages.all()

/** What core needs to answer for static files and preflight requests, in hooks before the session's. */
const WITH_ASSETS = {
  static: { enabled: true, dotFiles: 'ignore', etag: true, lastModified: true },
  cors: {
    enabled: true,
    origin: true,
    methods: ['GET', 'POST'],
    headers: true,
    exposeHeaders: [],
    credentials: true,
    maxAge: 90,
  },
}
const PREFLIGHT = {
  method: 'OPTIONS',
  headers: { origin: 'http://example.com', 'access-control-request-method': 'POST' },
}

for (const driver of ALL_DRIVERS) {
  test.group(`Deliberate differences from 6.4.0 on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`get(key, default) counts null as nothing [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', null))
      assert.equal(await ask(({ session }) => session.get('a', 'default')), 'default')
    })

    test(`fresh is true after regenerate [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', 1))
      const fresh = await ask(({ session }) => {
        session.regenerate()
        return session.fresh
      })
      assert.isTrue(fresh)
    })

    test(`has is true for 0, false and the empty string [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put({ a: 0, b: false, c: '', d: null }))
      const has = await ask(({ session }) => ['a', 'b', 'c', 'd'].map((key) => session.has(key)))
      assert.deepEqual(has, [true, true, true, false])
    })

    test(`has is false for an empty array, unless told otherwise [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.put('list', [])
        session.flash('list', [])
      })
      const has = await ask(({ session }) => [
        session.has('list'),
        session.flashMessages.has('list'),
        session.flashMessages.has('list', false),
      ])
      assert.deepEqual(has, [false, false, true])
    })

    test(`flash keeps 0, false and the empty string [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.flash('zero', 0)
        session.flash('no', false)
        session.flash('empty', '')
        session.flash({ more: 0 })
      })
      assert.deepEqual(await ask(messages), { zero: 0, no: false, empty: '', more: 0 })
    })

    test(`flash replaces arrays [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.flash({ errors: ['one', 'two', 'three'] })
        session.flash({ errors: ['four'] })
      })
      assert.deepEqual(await ask(messages), { errors: ['four'] })
    })

    test(`flash({ input }) is a message like any other [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash({ input: 'kept', other: 1 }))
      assert.deepEqual(await ask(messages), { input: 'kept', other: 1 })
    })

    test(`flashMessages.all() is {} when there are none [${driver}]`, async ({ assert }) => {
      assert.deepEqual(await visitor().ask(messages), {})
    })

    test(`put('cart.1001', x) makes an object [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart.1001', 'x'))
      assert.deepEqual(await ask(all), { cart: { 1001: 'x' } })
    })

    test(`a readonly commit does nothing [${driver}]`, async ({ assert }) => {
      const reader = visitor()
      await reader.visit(({ session }) => session.flash('message', 'Hello'))

      const ctx = handshake(app(), reader.browser)
      await ctx.session.initiate(true)
      assert.deepEqual(ctx.session.flashMessages.all(), { message: 'Hello' })
      await ctx.session.commit()
      assert.deepEqual(setCookiesOn(ctx), [])
      assert.deepEqual(await reader.ask(messages), { message: 'Hello' })
    })

    test(`ids have 128 bits or more of randomness [${driver}]`, async ({ assert }) => {
      const ids = new Set<string>()
      for (let count = 0; count < 20; count++) {
        ids.add(await visitor().ask(({ session }) => session.sessionId))
      }

      assert.equal(ids.size, 20)
      ids.forEach((id) => assert.match(id, /^[0-9a-f]{32,}$/))
      assert.isAbove(new Set([...ids].map((id) => id.slice(0, 8))).size, 19)
    })
  })
}

test.group('Deliberate differences from 6.4.0', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  test('a numeric age is milliseconds for the cookie, on every driver', async ({ assert }) => {
    for (const driver of ALL_DRIVERS) {
      const { visit } = (await start(driver, { session: { age: 600_000 } })).visitor()

      const response = await visit(({ session }) => session.put('a', 1))
      assert.equal(idCookieOf(response)!.attributes['max-age'], '600', driver)
    }
  })

  test('a numeric age is milliseconds for Redis', async ({ assert }) => {
    const app = await start('redis', { session: { age: 600_000 } })

    const id = await app.visitor().ask(({ session }) => {
      session.put('a', 1)
      return session.sessionId
    })
    assert.approximately(await redisOf(app).pttl(id), 600_000, 5_000)
  })

  test('a numeric age is milliseconds for the other stores', async ({ assert }) => {
    for (const driver of driversThat('goesByOurClock')) {
      const { browser, visit, ask } = (await start(driver, { session: { age: 600_000 } })).visitor()
      await visit(({ session }) => session.put('a', 1))
      const captured = { cookies: browser.cookies() }

      clock.pass('9m')
      assert.deepEqual(await ask(all, captured), { a: 1 }, driver)
      clock.pass('10m')
      assert.deepEqual(await ask(all, captured), {}, driver)
    }
  })

  test('nothing is stored for a visitor, a 404, an asset or a preflight', async ({ assert }) => {
    const driver = new OwnDriver()
    const app = await start('memory', {
      session: { driver: 'own' },
      config: WITH_ASSETS,
      boot: ({ container }) => container.use('Adonis/Addons/Session').extend('own', () => driver),
    })
    const browser = app.browser()

    await app.visitor().visit(({ session }) => session.get('a'))
    await browser.get('/nowhere')
    await browser.get('/style.css')
    await browser.request('/visits/1', PREFLIGHT)
    assert.deepEqual(driver.drain(), [])
  })

  test('an uninitiated session commits nothing: an asset and a preflight get no cookie', async ({
    assert,
  }) => {
    const browser = (await start('memory', { config: WITH_ASSETS })).browser()

    const asset = await browser.get('/style.css')
    const preflight = await browser.request('/visits/1', PREFLIGHT)
    assert.deepEqual([asset.status, preflight.status], [200, 204])
    assert.deepEqual([...asset.setCookies, ...preflight.setCookies], [])
  })

  test('an unknown driver is found at boot', async ({ assert }) => {
    const error = await errorOf(() => start('memory', { session: { driver: 'mongo' } }))

    assert.equal(error.code, 'E_INVALID_SESSION_DRIVER')
    assert.match(error.message, /"mongo" is not .* Set "driver" inside the "config\/session" file/)
  })

  test('extend() overrides a built-in', async ({ assert }) => {
    const driver = new OwnDriver()
    const app = await start('memory', {
      boot: ({ container }) =>
        container.use('Adonis/Addons/Session').extend('memory', () => driver),
    })

    await app.visitor().visit(({ session }) => session.put('a', 1))
    assert.equal(driver.sessions.size, 1)
  })
})
