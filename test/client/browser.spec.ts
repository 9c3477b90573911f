import { Assert } from '@japa/assert'
import { decorateBrowser, decoratorsCollection } from '@japa/browser-client'
import { Group, test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import type { Browser, BrowserContext } from 'playwright'
import { sessionBrowserClient } from '../../plugins/browser_client'
import type { AppOptions } from '../helpers/app'
import { DRIVERS } from '../browser/helpers'
import { launchChromium } from '../helpers/chromium'
import { TEMPLATE_CONFIG } from '../helpers/compat'
import { errorOf } from '../helpers/errors'
import { ClientApp, startClientApp } from '../helpers/test_client'

function routes(route: RouterContract) {
  route.get('/seen', async ({ session }) => ({
    values: session.all(),
    flash: session.flashMessages.all(),
  }))
  route.get('/login', async ({ session, response }) => {
    session.regenerate()
    session.put('user', 7)
    session.flash('notice', 'Welcome')
    response.redirect('/seen')
  })
  route.get('/logout', async ({ session, response }) => {
    session.invalidate()
    response.redirect('/seen')
  })
  route.get('/admin/seen', async ({ session }) => ({ values: session.all() }))
}

/** The plugin is one per run of Japa: here it goes from one app to the next. */
let running: ClientApp
let installed: Promise<Browser> | undefined

/** A browser of its own, since the plugin changes it for all specs after this one. */
async function decorated(): Promise<Browser> {
  const app: any = {
    appRoot: __dirname,
    container: { use: (name: string) => running.app.container.use(name as any) },
  }
  sessionBrowserClient(app)()
  return decorateBrowser(await launchChromium(), decoratorsCollection.toJSON())
}

/** Starts apps, and opens browser contexts of `@japa/browser-client` for them. */
function browsers(group: Group) {
  const environment = { HOST: process.env.HOST, PORT: process.env.PORT }
  let contexts: BrowserContext[] = []

  group.each.teardown(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    contexts = []
    await running.stop()
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) {
        delete process.env[name]
      } else {
        process.env[name] = value
      }
    }
  })

  return {
    start: async (driver: string, options: AppOptions = {}) => {
      running = await startClientApp(driver, { routes, ...options })
      const { hostname, port } = new URL(running.url)
      Object.assign(process.env, { HOST: hostname, PORT: port })
    },
    open: async () => {
      const context = await (await (installed ??= decorated())).newContext({ baseURL: running.url })
      context.on('page', (page) => (page.assert = new Assert()))
      contexts.push(context)
      return context
    },
  }
}

/** What a page of JSON says. */
async function jsonAt(context: BrowserContext, path: string) {
  const page = await context.visit(`${running.url}${path}`)
  return JSON.parse((await page.textContent('body'))!)
}

/** `visitor.spec.ts` has the same on every driver, without the time that pages take. */
for (const driver of DRIVERS) {
  test.group(`Sessions in a browser | ${driver}`, (group) => {
    const { start, open } = browsers(group)
    group.each.setup(() => start(driver, { session: TEMPLATE_CONFIG }))

    test('what a test sets is what the page finds', async ({ assert }) => {
      const context = await open()
      await context.setSession({ user: { id: 1 }, text: 'Grüße; "x"' })
      await context.setSession({ user: { name: 'Ada' } })
      await context.setFlashMessages({ notice: 'Saved' })
      assert.deepEqual(await context.getFlashMessages(), { notice: 'Saved' })

      assert.deepEqual(await jsonAt(context, '/seen'), {
        values: { user: { id: 1, name: 'Ada' }, text: 'Grüße; "x"' },
        flash: { notice: 'Saved' },
      })
      assert.deepEqual(await context.getFlashMessages(), {})
    })

    test('what the page leaves is what a test gets', async ({ assert }) => {
      const context = await open()
      assert.deepEqual(await context.getSession(), {})
      assert.deepEqual((await jsonAt(context, '/login')).flash, { notice: 'Welcome' })
      assert.deepEqual(await context.getSession(), { user: 7 })

      await context.setSession({ cart: [1] })
      assert.deepEqual((await jsonAt(context, '/seen')).values, { user: 7, cart: [1] })
      await jsonAt(context, '/logout')
      assert.deepEqual(await context.getSession(), {})
    })

    test('contexts have a session each', async ({ assert }) => {
      const [one, two] = [await open(), await open()]
      await Promise.all([one.setSession({ user: 1 }), two.setSession({ user: 2 })])
      assert.deepEqual((await jsonAt(one, '/seen')).values, { user: 1 })
      assert.deepEqual((await jsonAt(two, '/seen')).values, { user: 2 })
      await one.close()
      assert.deepEqual((await jsonAt(two, '/seen')).values, { user: 2 })
    })

    test('a session that a test has begun is gone with its context', async ({ assert }) => {
      const context = await open()
      await context.setSession({ cart: [1] })
      await jsonAt(context, '/login')
      await context.close()
      await context.close()
      assert.isEmpty(await running.stored())
    })

    test('one that a page has begun can go on in another context', async ({ assert }) => {
      const context = await open()
      await jsonAt(context, '/login')
      const cookies = await context.cookies()
      assert.deepEqual(await context.getSession(), { user: 7 })
      await context.close()

      const other = await open()
      await other.addCookies(cookies)
      assert.deepEqual((await jsonAt(other, '/seen')).values, { user: 7 })
    })

    test('a large session needs several cookies of the cookie driver', async ({ assert }) => {
      const context = await open()
      await context.setSession({ text: 'ä'.repeat(1500) })
      assert.deepEqual(await context.getSession(), { text: 'ä'.repeat(1500) })
      assert.deepEqual((await jsonAt(context, '/seen')).values, { text: 'ä'.repeat(1500) })
      await context.setSession({ text: '' })
      assert.deepEqual((await jsonAt(context, '/seen')).values, { text: '' })
    })
  })
}

test.group('The session cookie in a browser', (group) => {
  const { start, open } = browsers(group)
  const cookieOf = async (context: BrowserContext, name = 'adonis-session') =>
    (await context.cookies()).find((cookie) => cookie.name === name)

  test('has the attributes in the config, and the page gets it', async ({ assert }) => {
    const cookieName = '__Host-session'
    const cookie = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' as const }
    await start('memory', { session: { cookieName, cookie } })
    const context = await open()
    await context.setSession({ user: 7 })

    const { expires, ...set } = (await cookieOf(context, cookieName))!
    assert.include(set, {
      domain: '127.0.0.1',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    })
    assert.closeTo(expires, Date.now() / 1000 + 7200, 60)
    assert.deepEqual((await jsonAt(context, '/seen')).values, { user: 7 })
    assert.equal((await cookieOf(context, cookieName))!.value, set.value)
  })

  test('ends with the browser where the config says so', async ({ assert }) => {
    await start('memory', { session: { clearWithBrowser: true } })
    const context = await open()
    await context.setSession({ user: 7 })
    assert.equal((await cookieOf(context))!.expires, -1)
  })

  test('goes to the path in the config alone', async ({ assert }) => {
    const cookie = { path: '/admin', httpOnly: true, sameSite: false }
    await start('cookie', { session: { cookie, saveUninitialized: false } })
    const context = await open()
    await context.setSession({ user: 7 })
    assert.deepEqual((await jsonAt(context, '/admin/seen')).values, { user: 7 })
    assert.deepEqual((await jsonAt(context, '/seen')).values, {})
    assert.deepEqual(await context.getSession(), { user: 7 })
  })

  test('has what a test gives it, now and later on', async ({ assert }) => {
    await start('memory')
    const context = await open()
    await context.initiateSession({ httpOnly: false, sameSite: 'lax' })
    const begun = (await cookieOf(context))!
    assert.include(begun, { httpOnly: false, sameSite: 'Lax' })
    await context.initiateSession()
    await context.setSession({ user: 7 })
    const set = (await cookieOf(context))!
    assert.include(set, { httpOnly: false, sameSite: 'Lax', value: begun.value })
    assert.deepEqual((await jsonAt(context, '/seen')).values, { user: 7 })
  })

  test('is for the host of the page that is open', async ({ assert }) => {
    await start('memory')
    process.env.HOST = 'example.com'
    const context = await open()
    const { port } = new URL(running.url)
    await context.visit(`http://localhost:${port}/seen`)
    await context.setSession({ user: 7 })
    assert.equal((await cookieOf(context))!.domain, 'localhost')
    assert.deepEqual((await context.getSession()).user, 7)
  })

  test('reaches hosts below its domain', async ({ assert }) => {
    await start('memory', { session: { cookie: { path: '/', domain: 'app.localhost' } } })
    const { port } = new URL(running.url)
    Object.assign(process.env, { HOST: 'shop.app.localhost' })
    const context = await open()
    await context.setSession({ user: 7 })
    assert.equal((await cookieOf(context))!.domain, '.app.localhost')
    assert.deepEqual(await context.getSession(), { user: 7 })
    const page = await context.visit(`http://shop.app.localhost:${port}/seen`)
    assert.include(await page.textContent('body'), '"user":7')
  })

  test('cannot be set while the app has no address', async ({ assert }) => {
    await start('memory')
    delete process.env.PORT
    const context = await open()
    const { message } = await errorOf(() => context.setSession({ user: 7 }))
    assert.match(message, /Visit a page first, set HOST and PORT/)
  })

  test('is refused with a hint where sessions are disabled', async ({ assert }) => {
    await start('memory', { session: { enabled: false } })
    const context = await open()
    const { message } = await errorOf(() => context.setSession({ user: 7 }))
    assert.match(message, /enable sessions inside the "config\/session" file/)
  })
})

test.group('The browser plugin', () => {
  test('says what to install where the browser client is missing', ({ assert }) => {
    const plugin = sessionBrowserClient({ appRoot: '/' } as any)
    const modules = require('module')
    const find = modules._resolveFilename
    modules._resolveFilename = (name: string, ...rest: unknown[]) => {
      if (name === '@japa/browser-client') {
        throw Object.assign(new Error('none'), { code: 'MODULE_NOT_FOUND' })
      }
      return find(name, ...rest)
    }
    try {
      assert.throws(plugin, /npm i -D @japa\/browser-client@1 playwright/)
    } finally {
      modules._resolveFilename = find
    }
  })
})
