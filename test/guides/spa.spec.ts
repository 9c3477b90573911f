import { test } from '@japa/runner'
import { Browser } from '../helpers/browser'
import { filesOf, guideApp } from '../helpers/guides'
import { snippetsOf } from '../helpers/snippets'

const PAGE = 'docs/guides/spa.md'
const ORIGIN = 'https://app.example.com'

/** The functions of the page, in a browser whose requests come from the origin of the pages. */
function scriptIn(browser: Browser, url: string) {
  const fetch = async (target: string, { method = 'GET', headers = {}, ...more }: any) => {
    const options = { method, headers: { ...headers, origin: ORIGIN } }
    const body = more.body && { body: JSON.parse(more.body) }
    const jar = more.credentials === 'include' ? {} : { cookies: {} }
    const response = await browser.request(target, { ...options, ...body, ...jar })
    return { ...response, json: async () => response.json }
  }
  const [{ text }] = snippetsOf(PAGE, 'js')
  const source = text.replace(/^export /gm, '').replace('https://api.example.com', url)
  return new Function('fetch', `${source}; return { csrf, post }`)(fetch)
}

test.group('The guide to SPAs', (group) => {
  const files = {
    'start/kernel.ts': filesOf('docs/guides/auth.md')['start/kernel.ts'],
    'app/Exceptions/Handler.ts': `
      import Logger from '@ioc:Adonis/Core/Logger'
      import HttpExceptionHandler from '@ioc:Adonis/Core/HttpExceptionHandler'

      export default class ExceptionHandler extends HttpExceptionHandler {
        constructor() {
          super(Logger)
        }
      }`,
  }
  const app = guideApp(group, PAGE, { files })

  test('logs in, stays logged in and logs out with the functions of the page', async ({
    assert,
  }) => {
    const browser = app().browser()
    const { csrf, post } = scriptIn(browser, app().url)

    assert.isNull((await csrf()).user)
    assert.deepEqual(await post('/login'), { user: { name: 'Ada' } })
    assert.deepEqual((await csrf()).user, { name: 'Ada' })
    assert.deepEqual(await post('/logout'), { user: null })
    assert.isNull((await csrf()).user)
  })

  test('lets the origin of the page in, with cookies, and no other one', async ({ assert }) => {
    const allowed = async (origin: string) => {
      const { headers } = await app().browser().get('/csrf', { headers: { origin } })
      return [headers['access-control-allow-origin'], headers['access-control-allow-credentials']]
    }
    assert.deepEqual(await allowed(ORIGIN), [ORIGIN, 'true'])
    assert.deepEqual(await allowed('https://evil.example'), [undefined, undefined])
  })

  test('answers the preflight of a request with the token', async ({ assert }) => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-csrf-token',
    }
    const response = await app().browser().request('/login', { method: 'OPTIONS', headers })
    assert.equal(response.status, 204)
    assert.include(response.headers['access-control-allow-headers'], 'x-csrf-token')
    assert.isEmpty(response.setCookies)
  })

  test('sends a cookie that browsers accept on another site', async ({ assert }) => {
    const { setCookies } = await app().browser().get('/csrf')
    const [line] = setCookies.filter((cookie) => cookie.startsWith('adonis-session'))
    assert.match(line, /; HttpOnly; Secure; SameSite=None$/)
  })

  test('refuses a request without the token', async ({ assert }) => {
    const browser = app().browser()
    await browser.get('/csrf')
    const headers = { origin: ORIGIN, accept: 'application/json' }
    assert.equal((await browser.post('/login', {}, { headers })).status, 403)
  })
})
