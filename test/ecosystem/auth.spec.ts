import { test } from '@japa/runner'
import { eachApp } from '../helpers/ecosystem'

eachApp('The session guard of auth 8', (app) => {
  test('a login has a new id, and the old one is worth nothing', async ({ assert }) => {
    const ada = app().visitor()
    await ada.visit('/login')
    const thief = ada.tab()

    await ada.logIn()
    assert.equal((await ada.me()).email, 'ada@example.com')
    assert.isNull((await thief.me()).email)
    assert.equal((await thief.visit('/account')).path, '/login')
  })

  test('the session goes along with the login', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    await ada.browser.post('/api/cart', { item: 'book', _csrf: page.token })

    await ada.logIn()
    assert.deepEqual((await ada.me()).session.cart, ['book'])
  })

  test('a logout keeps the rest of the session, as it does with 6.4.0', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    await ada.send(page, '/notes', { title: 'still there' })

    assert.include(await ada.send(page, '/logout'), { path: '/login', notice: 'Goodbye' })
    assert.isNull((await ada.me()).email)
    assert.deepEqual((await ada.logIn()).notes, ['still there'])
  })

  test('"remember me" logs in when the browser has forgotten the session', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn({ remember: true })
    for (const name of ada.browser.jar.keys()) {
      name !== 'remember_web' && ada.browser.jar.delete(name)
    }

    const { email, viaRemember } = await ada.me()
    assert.deepEqual({ email, viaRemember }, { email: 'ada@example.com', viaRemember: true })
    assert.isFalse((await ada.me()).viaRemember)

    const account = await ada.visit('/account')
    assert.equal((await ada.send(account, '/notes', { title: 'remembered' })).notice, 'Noted')
  })

  test('"remember me" logs in when the store has forgotten the session', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn({ remember: true })
    await app().loseSessions(ada.browser)

    assert.equal((await ada.me()).email, 'ada@example.com')
    assert.isFalse((await ada.me()).viaRemember)
  })

  test('pages that load at once are all remembered', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn({ remember: true })
    await app().loseSessions(ada.browser)

    const gate = app().gate()
    const loads = [1, 2, 3, 4].map(() => ada.me({ headers: gate.headers }))
    await gate.arrived(4)
    gate.open()

    for (const { email } of await Promise.all(loads)) {
      assert.equal(email, 'ada@example.com')
    }
    assert.deepInclude(await ada.me(), { email: 'ada@example.com', viaRemember: false })
  })

  test('without "remember me", a lost session is a logout', async ({ assert }) => {
    const ada = app().visitor()
    await ada.logIn()
    await app().loseSessions(ada.browser)
    assert.isNull((await ada.me()).email)
  })

  test('a logout ends "remember me"', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn({ remember: true })
    await ada.send(page, '/leave')

    assert.notProperty(ada.browser.cookies(), 'remember_web')
    assert.isNull((await ada.me()).email)
  })

  test('the events of auth are its own', async ({ assert }) => {
    const ada = app().visitor()
    await ada.browser.get('/api/events')
    await ada.logIn()

    const names: string[] = (await ada.browser.get('/api/events')).json
    const ofAuth = names.filter((name) => name.startsWith('adonis:session:'))
    assert.deepEqual(ofAuth, ['adonis:session:login', 'adonis:session:authenticate'])
    assert.includeMembers(names, ['session:initiated', 'session:migrated', 'session:committed'])
  })
})
