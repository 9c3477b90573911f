import { test } from '@japa/runner'
import { eachApp } from '../helpers/ecosystem'

eachApp('A day with auth, shield, validator and view', (app) => {
  test('a visitor becomes a user, works, and leaves', async ({ assert }) => {
    const ada = app().visitor()
    assert.include(await ada.visit('/'), { status: 200, user: '', notice: null })

    const blank = await ada.visit('/login')
    const refused = await ada.send(blank, '/login', { email: 'ada', password: 'abc' })
    assert.equal(refused.path, '/login')
    assert.deepEqual(refused.errors, {
      email: ['email validation failed'],
      password: ['minLength validation failed'],
    })
    assert.equal(refused.input.email, 'ada')
    assert.deepEqual((await ada.visit('/login')).errors, {})

    const wrong = { email: 'ada@example.com', password: 'wrong horse' }
    const denied = await ada.send(refused, '/login', wrong)
    assert.equal(denied.path, '/login')
    assert.match(denied.authError!, /Password mis-match/)
    assert.equal(denied.input.email, 'ada@example.com')

    const account = await ada.send(denied, '/login', { ...wrong, password: 'correct horse' })
    assert.include(account, { path: '/account', user: 'ada@example.com', notice: 'Welcome back' })
    assert.isNull((await ada.visit('/account')).notice)

    const short = await ada.send(account, '/notes', { title: 'a' })
    assert.deepEqual(short.errors, { title: ['minLength validation failed'] })
    const noted = await ada.send(short, '/notes', { title: 'Äpfel kaufen' })
    assert.include(noted, { path: '/account', notice: 'Noted' })
    assert.deepEqual(noted.notes, ['Äpfel kaufen'])

    const goodbye = await ada.send(noted, '/leave')
    assert.include(goodbye, { path: '/login', notice: 'Goodbye', user: '' })
    const closed = await ada.visit('/account')
    assert.equal(closed.path, '/login')
    assert.match(closed.authError!, /Unauthorized access/)

    const back = await ada.send(noted, '/notes', { title: 'from the back button' })
    assert.include(back, { path: '/login', user: '' })

    const again = await ada.logIn()
    assert.include(again, { path: '/account', user: 'ada@example.com' })
    assert.deepEqual(again.notes, [])
  })

  test('two people at once do not meet', async ({ assert }) => {
    const [ada, bob] = [app().visitor(), app().visitor()]
    const credentials = { email: 'bob@example.com', password: 'battery staple' }
    const [hers, his] = await Promise.all([ada.logIn(), bob.logIn(credentials)])
    assert.deepEqual([hers.user, his.user], ['ada@example.com', 'bob@example.com'])

    const [mine, yours] = await Promise.all([
      ada.send(hers, '/notes', { title: 'of Ada' }),
      bob.send(his, '/notes', { title: 'of Bob' }),
    ])
    assert.deepEqual([mine.notes, yours.notes], [['of Ada'], ['of Bob']])
  })

  test('one person in two browsers leaves one and stays in the other', async ({ assert }) => {
    const [phone, desk] = [app().visitor(), app().visitor()]
    const page = await phone.logIn()
    await desk.logIn()

    await phone.send(page, '/leave')
    assert.isNull((await phone.me()).email)
    assert.equal((await desk.me()).email, 'ada@example.com')
  })
})
