import { readFileSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { ROOT } from '../helpers/app'
import { guideApp } from '../helpers/guides'
import { textOf } from '../helpers/snippets'

const PAGE = 'docs/guides/load-balancer.md'
const CONFIG = join(ROOT, 'test/fixtures/ecosystem-app/config/app.ts')

/** What the page sets `trustProxy` to. */
const [, TRUSTED] = /trustProxy = (.+)/.exec(textOf(PAGE))!

const FILES = {
  'config/app.ts': readFileSync(CONFIG, 'utf8')
    .replace('trustProxy: () => false', `trustProxy: ${TRUSTED}`)
    .replace(/^/, "import proxyAddr from 'proxy-addr'\n"),
  'start/kernel.ts': `
    import Route from '@ioc:Adonis/Core/Route'
    import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'

    Route.get('/count', async ({ session }) => session.increment('count'))
    Route.get('/values', async ({ session }) => session.all())
    Route.get('/from', async ({ request }: HttpContextContract) => ({
      ip: request.ip(),
      site: request.protocol() + '://' + request.host(),
    }))
    Route.get('/slow', async ({ session }) => {
      process.send!('arrived')
      await new Promise((resolve) => process.once('SIGTERM', resolve))
      session.put('slow', 'stored')
      return 'done'
    })`,
}

test.group('The guide to load balancers', (group) => {
  const app = guideApp(group, PAGE, { driver: 'redis', files: FILES })

  test('lets two processes serve one session, with no update lost', async ({ assert }) => {
    const other = await app().another()
    const browser = app().browser()
    await browser.get('/count')

    const tabs = [app().browser(), other.browser(), app().browser(), other.browser()]
    await Promise.all(tabs.map((tab) => tab.get('/count', { cookies: browser.cookies() })))
    assert.deepEqual((await browser.get('/values')).json, { count: 5 })
  })

  test('sends a secure cookie behind a proxy that ends TLS', async ({ assert }) => {
    const { setCookies } = await app().browser().get('/count')
    assert.match(setCookies[0], /^__Host-session=.*; Secure; SameSite=Lax/)
  })

  test('sees the address, protocol and host that the proxy forwards', async ({ assert }) => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      host: 'shop.example.com',
    }
    const { json } = await app().browser().get('/from', { headers })
    assert.deepEqual(json, { ip: '203.0.113.9', site: 'https://shop.example.com' })
  })

  test('answers health checks without a session', async ({ assert }) => {
    const probe = app().browser()
    const { status, json, setCookies } = await probe.get('/health')
    assert.deepEqual({ status, json }, { status: 200, json: { healthy: true } })
    assert.isEmpty(setCookies)
  })

  test('stores and answers a request that is in progress at SIGTERM', async ({ assert }) => {
    const stopping = await app().another()
    const browser = app().browser()
    await browser.get('/count')

    const arrived = stopping.sent('arrived')
    const slow = stopping.browser().get('/slow', { cookies: browser.cookies() })
    await arrived
    const exited = stopping.terminate()

    assert.equal((await slow).text, 'done')
    assert.equal(await exited, 0)
    assert.deepEqual((await browser.get('/values')).json, { count: 1, slow: 'stored' })
  })
})

test.group('The guide to load balancers, during development', (group) => {
  const app = guideApp(group, PAGE, { files: FILES, environment: 'development' })

  test('sends a cookie that browsers accept without HTTPS', async ({ assert }) => {
    const { setCookies } = await app().browser().get('/count')
    assert.match(setCookies[0], /^adonis-session=/)
    assert.notMatch(setCookies[0], /Secure/)
  })
})
