import { test } from '@japa/runner'
import { guideApp, sendForm } from '../helpers/guides'

const ADA = { email: 'ada@example.com', password: 'correct horse' }

test.group('The first page', (group) => {
  const app = guideApp(group, 'docs/README.md')

  test('logs a user in and out, with a new id each time', async ({ assert }) => {
    const ada = app().browser()
    await ada.get('/')
    const planted = ada.cookies()['adonis-session']

    await sendForm(ada, '/', '/login', ADA)
    assert.include((await ada.get('/')).text, 'Hello, Ada')
    assert.notEqual(ada.cookies()['adonis-session'], planted)

    await sendForm(ada, '/', '/logout')
    assert.notInclude((await ada.get('/')).text, 'Hello')
  })

  test('shows the form again after a wrong password, without it', async ({ assert }) => {
    const ada = app().browser()
    await sendForm(ada, '/', '/login', { ...ADA, password: 'wrong' })
    const { text } = await ada.get('/')
    assert.include(text, 'No account has this address and password')
    assert.include(text, 'value="ada@example.com"')
    assert.notInclude(text, 'wrong')
  })
})

test.group('The guide to auth', (group) => {
  const app = guideApp(group, 'docs/guides/auth.md')

  test('leads a user who has logged in back to the page', async ({ assert }) => {
    const ada = app().browser()
    const turnedAway = await ada.get('/account?tab=orders')
    assert.equal(turnedAway.headers.location, '/login')
    assert.include((await ada.get('/login')).text, 'Log in to see this page')

    const login = await sendForm(ada, '/login', '/login', ADA)
    assert.equal(login.headers.location, '/account?tab=orders')
    const account = await ada.get('/account')
    assert.equal(account.text, 'Logged in as ada@example.com')
    assert.equal(account.headers['cache-control'], 'no-store')
  })

  test('shows what was wrong, and keeps the address but not the password', async ({ assert }) => {
    const ada = app().browser()
    await sendForm(ada, '/login', '/login', { ...ADA, password: 'guessed' })
    const { text } = await ada.get('/login')
    assert.include(text, 'The address or the password is wrong')
    assert.include(text, 'value="ada@example.com"')
    assert.notInclude(text, 'guessed')
  })

  test('does not say whether an account has the address', async ({ assert }) => {
    const eve = app().browser()
    await sendForm(eve, '/login', '/login', { ...ADA, email: 'bob@example.com' })
    const { text } = await eve.get('/login')
    assert.include(text, 'The address or the password is wrong')
    assert.notInclude(text, 'E_INVALID_AUTH')
  })

  test('ends the session at logout', async ({ assert }) => {
    const ada = app().browser()
    const { text } = await ada.get('/login')
    await sendForm(ada, '/login', '/login', ADA)
    const thief = ada.clone()

    const _csrf = /name='_csrf' value='(.*?)'/.exec(text)![1]
    await ada.post('/logout', { _csrf }, { headers: { accept: 'text/html' } })
    assert.equal((await ada.get('/account')).headers.location, '/login')
    assert.equal((await thief.get('/account')).headers.location, '/login')
  })

  test('remembers a user whose browser has lost the session', async ({ assert }) => {
    const ada = app().browser()
    await sendForm(ada, '/login', '/login', { ...ADA, remember_me: 'on' })
    ada.jar.delete('adonis-session')
    assert.include((await ada.get('/account')).text, 'ada@example.com')
  })

  test('shows a form again whose session has ended', async ({ assert }) => {
    const ada = app().browser()
    await ada.get('/login')
    const headers = { accept: 'text/html' }
    const sent = await ada.post('/login', { _csrf: 'expired', ...ADA }, { headers })
    assert.include(sent.headers.location, '/login')
    assert.include((await ada.get('/login')).text, 'This form has expired. Send it again')
  })
})
