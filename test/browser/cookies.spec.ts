import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { sharedChromium } from '../helpers/chromium'
import { AppOptions } from '../helpers/app'
import { apps } from '../helpers/visits'
import { cookiesOf, DRIVERS, inBrowser, textOf } from './helpers'

const TWO_HOURS_IN_SECONDS = 7200
const PLAIN = { path: '/', httpOnly: true, secure: false, sameSite: 'Lax' }

for (const driver of DRIVERS) {
  inBrowser('cookies', driver, ({ open }) => {
    test('the browser has the cookies with the attributes of the config, and no script reads them', async ({
      assert,
    }) => {
      const page = await open('/')
      const cookies = await page.context().cookies()
      assert.lengthOf(cookies, driver === 'cookie' ? 2 : 1)

      for (const { path, httpOnly, secure, sameSite, domain, expires } of cookies) {
        assert.deepEqual({ path, httpOnly, secure, sameSite }, PLAIN)
        assert.equal(domain, '127.0.0.1')
        assert.closeTo(expires - Date.now() / 1000, TWO_HOURS_IN_SECONDS, 60)
      }
      assert.equal(await page.evaluate('document.cookie'), '')
    })
  })
}

/** Routes that put a text of a length, tell its length, and log out. */
const ROUTES: AppOptions['routes'] = (route) => {
  route.get('/put/:length', async ({ session, params }) => {
    session.put('text', 'x'.repeat(Number(params.length)))
    return 'stored'
  })
  route.get('/length', async ({ session }) => String(session.get('text', '').length))
  route.get('/logout', async ({ session }) => {
    session.invalidate()
    return 'ended'
  })
}

if (process.env.TEST_CHROMIUM) {
  test.group('Browser | cookies of an app', (group) => {
    const start = apps(group)
    const pages: Page[] = []
    group.each.timeout(120_000)
    group.each.teardown(() => Promise.all(pages.splice(0).map((page) => page.context().close())))

    /** An app on loopback, which browsers take for a secure origin, and a page of it. */
    async function visit(driver: string, session: AppOptions['session']) {
      const app = await start(driver, { session, routes: ROUTES })
      const baseURL = app.url.replace('127.0.0.1', 'localhost')
      const page = await (await (await sharedChromium()).newContext({ baseURL })).newPage()
      pages.push(page)
      const read = async (path: string) => {
        await page.goto(path)
        return textOf(page, 'body')
      }
      return { read, cookies: () => cookiesOf(page.context()), context: page.context() }
    }

    test('a session of 10 KB is in the browser whole, and out of it after a logout', async ({
      assert,
    }) => {
      const { read, cookies } = await visit('cookie', { maxCookieBytes: 12_288 })
      await read('/put/7400')
      const stored = Object.values(await cookies())
      const sizes = stored.map(({ name, value }) => name.length + value.length)
      assert.isAbove(
        sizes.reduce((sum, size) => sum + size),
        10_000
      )
      assert.isAtMost(Math.max(...sizes), 4096)
      assert.equal(await read('/length'), '7400')

      await read('/put/10')
      assert.isBelow(Object.keys(await cookies()).length, stored.length)
      assert.equal(await read('/length'), '10')

      await read('/put/7400')
      await read('/logout')
      assert.equal(await read('/length'), '0')
      const left = Object.values(await cookies()).map(({ value }) => value.length)
      assert.isBelow(
        left.reduce((sum, length) => sum + length, 0),
        1000
      )
    })

    for (const driver of ['cookie', 'memory']) {
      test(`Secure, Strict and the prefix __Host- are kept by the browser [${driver}]`, async ({
        assert,
      }) => {
        const cookie = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' as const }
        const { read, cookies } = await visit(driver, { cookieName: '__Host-session', cookie })
        await read('/put/10')
        const stored = await cookies()
        assert.property(stored, '__Host-session')
        for (const { path, httpOnly, secure, sameSite, domain } of Object.values(stored)) {
          assert.deepEqual(
            { path, httpOnly, secure, sameSite, domain },
            { ...cookie, sameSite: 'Strict', domain: 'localhost' }
          )
        }
        assert.equal(await read('/length'), '10')
      })

      test(`a path keeps the cookies to itself, and without an age they end with the browser [${driver}]`, async ({
        assert,
      }) => {
        const cookie = { path: '/put', httpOnly: true, sameSite: 'lax' as const }
        const { read, context } = await visit(driver, { cookie, clearWithBrowser: true })
        await read('/put/10')
        const stored = await context.cookies(`${context.pages()[0].url()}`)
        assert.isNotEmpty(stored)
        assert.isTrue(stored.every(({ path, expires }) => path === '/put' && expires === -1))
        assert.equal(await read('/length'), '0')
      })
    }
  })
}
