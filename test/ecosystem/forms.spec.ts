import { test } from '@japa/runner'
import { eachApp } from '../helpers/ecosystem'

eachApp('Forms with validator 12 and view 6', (app) => {
  test('errors and input are on the page once, and then gone', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const refused = await ada.send(page, '/login', { email: 'ada at home', password: '12345' })

    assert.deepEqual(Object.keys(refused.errors), ['email', 'password'])
    assert.deepEqual(refused.input, { email: 'ada at home', password: '12345' })
    assert.include(refused.text, 'class="invalid"')
    assert.include(refused.text, 'data-empty="false"')

    const fresh = await ada.visit('/login')
    assert.deepEqual(fresh.errors, {})
    assert.deepEqual(fresh.input, { email: '', password: '' })
    assert.include(fresh.text, 'data-empty="true"')
  })

  test('the token and the spoofed method are no old input', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const headers = { accept: 'text/html' }
    const { status } = await ada.browser.post(
      '/login',
      { _csrf: page.token, _method: 'POST', email: 'x', password: 'y' },
      { headers }
    )

    assert.equal(status, 302)
    const { flash } = (await ada.browser.get('/api/flash')).json
    assert.sameMembers(Object.keys(flash), ['email', 'password', 'errors'])
  })

  test('only the errors of the last attempt are shown', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.logIn()
    const first = await ada.send(page, '/notes', { title: 'a' })
    assert.deepEqual(first.errors, { title: ['minLength validation failed'] })

    const second = await ada.send(first, '/notes', { title: 'long enough', tags: ['a', 'b', 'c'] })
    assert.deepEqual(second.errors, { tags: ['maxLength validation failed'] })
    assert.equal(second.input.title, 'long enough')

    const third = await ada.send(second, '/notes', { title: 'long enough', tags: ['a'] })
    assert.deepEqual(third.errors, {})
    assert.deepEqual(third.notes, ['long enough'])
  })

  test('old input is escaped, and comes back as it was', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const email = `"><script>alert('Ä 世界')</script>`
    const refused = await ada.send(page, '/login', { email, password: 'secret' })

    assert.notInclude(refused.text, '<script>')
    assert.include(refused.text, '世界')
  })

  test('a client that wants JSON gets 422, and no page tells of it later', async ({ assert }) => {
    const ada = app().visitor()
    const page = await ada.visit('/login')
    const body = { _csrf: page.token, email: 'ada', password: '12345' }
    const headers = { accept: 'application/json' }
    const refused = await ada.browser.post('/login', body, { headers })

    assert.equal(refused.status, 422)
    assert.lengthOf(refused.json.errors, 2)
    assert.deepEqual((await ada.visit('/login')).errors, {})
  })
})
