import { test } from '@japa/runner'
import { Browser, BrowserResponse } from '../helpers/browser'
import { eachApp, pageOf, Visitor } from '../helpers/ecosystem'

/** The session cookies that a response would have the browser keep. */
function sessionCookies({ setCookies }: BrowserResponse) {
  return setCookies.filter((line) => !/^(XSRF-TOKEN|remember_web)=/.test(line))
}

/** What a browser loads while something else goes on: pages, an API call, a write. */
function loads(
  browser: Browser,
  token: string,
  headers: Record<string, string>,
  only?: 'only read'
) {
  const write = () => browser.post('/api/cart', { item: 'book', _csrf: token }, { headers })
  return [
    browser.get('/', { headers }),
    browser.get('/login', { headers }),
    browser.get('/api/me', { headers }),
    browser.get('/api/me', { headers }),
    ...(only ? [] : [write()]),
  ]
}

eachApp('Requests beside a login or a logout', (app) => {
  /** The cookie driver keeps no record on the server in which parallel writes could meet. */
  const keepsAll = () => app().driver !== 'cookie'

  const credentials = { email: 'ada@example.com', password: 'correct horse' }

  async function assertLoggedIn(visitor: Visitor, assert: any) {
    assert.equal((await visitor.me()).email, 'ada@example.com')
    const account = await visitor.visit('/account')
    assert.equal(account.user, 'ada@example.com')
    assert.equal((await visitor.send(account, '/notes', { title: 'works' })).notice, 'Noted')
  }

  test('pages that end after the login leave it alone, and write nothing into it', async ({
    assert,
  }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const gate = app().gate()
    const held = loads(ada.browser, page.token, gate.headers)
    await gate.arrived(held.length)

    assert.equal((await ada.send(page, '/login', credentials)).user, 'ada@example.com')
    gate.open()

    for (const response of await Promise.all(held)) {
      assert.equal(response.status, 200)
      assert.deepEqual(sessionCookies(response), [])
    }
    await assertLoggedIn(ada, assert)
    assert.notProperty((await ada.me()).session, 'cart')
  })

  test('pages that end before the login lose nothing', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const gate = app().gate()
    const login = ada.send(page, '/login', credentials, { headers: gate.headers })
    await gate.arrived()

    const responses = await Promise.all(loads(ada.browser, page.token, {}))
    responses.forEach(({ status }) => assert.equal(status, 200))
    gate.open()

    assert.include(await login, { user: 'ada@example.com', notice: 'Welcome back' })
    await assertLoggedIn(ada, assert)
    keepsAll() && assert.deepEqual((await ada.me()).session.cart, ['book'])
  })

  test('requests that still carry the old cookie are served, and change nothing', async ({
    assert,
  }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const cookies = ada.browser.cookies()
    await ada.send(page, '/login', credentials)

    const late = ada.tab()
    late.browser.jar = new Map(ada.browser.jar)
    const response = await late.browser.get('/login', { cookies })
    assert.equal(response.status, 200)
    assert.deepEqual(sessionCookies(response), [])

    const { token } = pageOf(response, '/login')
    assert.equal((await ada.send({ token }, '/notes', { title: 'late page' })).notice, 'Noted')

    const write = { item: 'late', _csrf: page.token }
    const written = await late.browser.post('/api/cart', write, { cookies })
    assert.deepEqual(sessionCookies(written), [])
    assert.notProperty((await ada.me()).session, 'cart')
    await assertLoggedIn(ada, assert)
  })

  test('a login form that is sent twice logs in', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const gate = app().gate()
    const body = { ...credentials, _csrf: page.token }
    const clicks = [1, 2].map(() =>
      ada.browser.post('/login', body, { headers: { accept: 'text/html', ...gate.headers } })
    )
    await gate.arrived(2)
    gate.open()

    for (const { headers } of await Promise.all(clicks)) {
      assert.equal(headers.location, '/account')
    }
    await assertLoggedIn(ada, assert)
  })

  for (const action of ['/leave', '/logout']) {
    test(`pages that end after ${action} do not log in again`, async ({ assert }) => {
      const ada = app().visitor()
      const page = await ada.logIn()
      const gate = app().gate()
      const pages = loads(ada.browser, page.token, gate.headers, 'only read')
      await gate.arrived(pages.length)

      await ada.send(page, action)
      gate.open()
      await Promise.all(pages)

      assert.isNull((await ada.me()).email)
      assert.equal((await ada.visit('/account')).path, '/login')
    })
  }

  test('a write that ends after the end of a session brings nothing back', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    await ada.send(page, '/notes', { title: 'private' })
    const gate = app().gate()
    const held = loads(ada.browser, page.token, gate.headers)
    await gate.arrived(held.length)

    await ada.send(page, '/leave')
    gate.open()
    await Promise.all(held)

    const { email, session } = await ada.me()
    assert.isNull(email)
    assert.notProperty(session, 'notes')
    assert.notProperty(session, 'cart')
  })

  test('a write that ends after a logout keeps what it wrote, and the logout', async ({
    assert,
  }) => {
    if (!keepsAll()) {
      return
    }
    const ada = app().visitor()
    const page = await ada.logIn()
    const gate = app().gate()
    const held = loads(ada.browser, page.token, gate.headers)
    await gate.arrived(held.length)

    await ada.send(page, '/logout')
    gate.open()
    await Promise.all(held)

    const { email, session } = await ada.me()
    assert.isNull(email)
    assert.deepEqual(session.cart, ['book'])
  })

  test('the cookies of before the end of a session are worth nothing', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    const thief = ada.tab()
    await ada.send(page, '/leave')

    assert.isNull((await thief.me()).email)
    assert.equal((await thief.visit('/account')).path, '/login')
  })

  test('a logout form that is sent twice logs out', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    const gate = app().gate()
    const clicks = [1, 2].map(() =>
      ada.browser.post('/leave', { _csrf: page.token }, { headers: gate.headers })
    )
    await gate.arrived(2)
    gate.open()

    for (const { status } of await Promise.all(clicks)) {
      assert.equal(status, 302)
    }
    assert.isNull((await ada.me()).email)
  })
})
