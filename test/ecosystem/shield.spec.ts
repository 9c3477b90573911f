import { test } from '@japa/runner'
import { eachApp } from '../helpers/ecosystem'

eachApp('CSRF tokens of shield 7', (app) => {
  test('the token of a page is accepted, as often as the page is sent', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    assert.match(page.token, /^[\w-]{30,}$/)

    await ada.send(page, '/notes', { title: 'first' })
    const second = await ada.send(page, '/notes', { title: 'second' })
    assert.deepEqual(second.notes, ['first', 'second'])
  })

  test('a wrong token leads back, with a message and what was entered', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn()
    const refused = await ada.send({ token: 'forged' }, '/notes', { title: 'not noted' })

    assert.include(refused, { path: '/account', notice: 'This page has expired' })
    assert.equal(refused.input.title, 'not noted')
    assert.deepEqual(refused.notes, [])

    const corrected = await ada.send(refused, '/notes', { title: refused.input.title })
    assert.deepEqual(corrected.notes, ['not noted'])
  })

  test('no token leads back as well', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn()
    const refused = await ada.send({ token: '' }, '/notes', { title: 'not noted' })
    assert.include(refused, { path: '/account', notice: 'This page has expired' })
  })

  test('the token of another visitor is refused', async ({ assert }) => {
    const [ada, bob] = [app().visitor(), app().visitor()]
    await ada.logIn()
    const stolen = await bob.visit('/login')

    const refused = await ada.send(stolen, '/notes', { title: 'forged' })
    assert.equal(refused.notice, 'This page has expired')
    assert.deepEqual(refused.notes, [])
  })

  test('a first request without a session is refused, and the page after it works', async ({
    assert,
  }) => {
    const ada = app().visitor()
    const body = { email: 'ada@example.com', password: 'correct horse' }
    const refused = await ada.send({ token: 'none' }, '/login', body, {
      headers: { accept: 'text/html', referer: `${app().url}/login` },
    })

    assert.include(refused, { path: '/login', notice: 'This page has expired' })
    assert.deepInclude(refused.input, { email: 'ada@example.com', password: '' })
    assert.equal((await ada.send(refused, '/login', body)).path, '/account')
  })

  test('the secret survives the login: forms of before still work', async ({ assert }) => {
    const ada = app().visitor()
    const before = await ada.visit('/login')
    await ada.logIn()
    assert.equal((await ada.send(before, '/notes', { title: 'from before' })).notice, 'Noted')
  })

  test('the secret ends with the session: forms of before are refused', async ({ assert }) => {
    const ada = app().visitor()
    const before = await ada.logIn()
    await ada.send(before, '/leave')
    await ada.logIn()

    const refused = await ada.send(before, '/notes', { title: 'from before' })
    assert.equal(refused.notice, 'This page has expired')
    assert.deepEqual(refused.notes, [])
  })

  test('the tabs of one browser all have tokens that work', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn()
    const gate = app().gate()
    const loads = [1, 2, 3].map(() => ada.visit('/account', { headers: gate.headers }))
    await gate.arrived(3)
    gate.open()

    for (const page of await Promise.all(loads)) {
      assert.equal((await ada.send(page, '/notes', { title: 'from a tab' })).notice, 'Noted')
    }
  })

  test('the XSRF-TOKEN cookie is a token, in the header of an API call', async ({ assert }) => {
    const ada = app().visitor()
    await ada.visit('/')
    const token = ada.browser.cookies()['XSRF-TOKEN']

    const accepted = await ada.browser.post(
      '/api/cart',
      { item: 'book' },
      { headers: { 'x-xsrf-token': token, 'x-requested-with': 'XMLHttpRequest' } }
    )
    assert.deepEqual(accepted.json, ['book'])
  })

  test('the XSRF-TOKEN cookie still works after a login', async ({ assert }) => {
    const ada = app().visitor()
    await ada.visit('/')
    const before = ada.browser.cookies()['XSRF-TOKEN']
    await ada.logIn()

    for (const token of [before, ada.browser.cookies()['XSRF-TOKEN']]) {
      const headers = { 'x-xsrf-token': token }
      const { status } = await ada.browser.post('/api/cart', { item: 'book' }, { headers })
      assert.equal(status, 200)
    }
  })

  test('an API call with a wrong token gets 403, and no message waits', async ({ assert }) => {
    const ada = app().visitor()
    await ada.visit('/')
    const headers = { 'x-xsrf-token': 'e%3Aforged', 'x-requested-with': 'XMLHttpRequest' }
    const refused = await ada.browser.post('/api/cart', { item: 'book' }, { headers })

    assert.equal(refused.status, 403)
    assert.isNull((await ada.visit('/')).notice)
    assert.notProperty((await ada.me()).session, 'cart')
  })
})
