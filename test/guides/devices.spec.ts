import { test } from '@japa/runner'
import { filesOf, GuideApp, guideApp, sendForm } from '../helpers/guides'

const PAGE = 'docs/guides/limit-devices.md'
const ADA = { email: 'ada@example.com', password: 'correct horse' }

/** What the login of the first guide needs, where a page only says that it needs one. */
const LOGIN = {
  'start/routes.ts': `
    import Route from '@ioc:Adonis/Core/Route'

    Route.get('/login', ({ view }) => view.render('login'))
    Route.post('/login', async ({ auth, request, response }) => {
      await auth.use('web').attempt(request.input('email'), request.input('password'))
      return response.redirect('/me')
    })
    Route.get('/me', async ({ auth }) => {
      await auth.use('web').check()
      return auth.use('web').user?.email ?? 'nobody'
    })`,
}

/** A browser of Ada, in which she has logged in. */
async function logIn(app: GuideApp, userAgent: string) {
  const browser = app.browser()
  browser.headers = { 'user-agent': userAgent }
  const { status } = await sendForm(browser, '/login', '/login', ADA)
  return Object.assign(browser, { status })
}

const {
  'start/routes.ts': routes,
  'start/kernel.ts': kernel,
  ...others
} = filesOf('docs/guides/auth.md')

/** The app of the guide to auth, whose routes this guide adds its own to. */
const AUTH = {
  ...others,
  'start/login.ts': routes,
  'start/kernel.ts': `import './login'\n${kernel}`,
}

test.group('The guide to logging out other devices', (group) => {
  const app = guideApp(group, 'docs/guides/log-out-other-devices.md', { files: AUTH })

  test('shows the devices, and ends all others or one', async ({ assert }) => {
    const phone = await logIn(app(), 'Phone')
    const tablet = await logIn(app(), 'Tablet')
    const laptop = await logIn(app(), 'Laptop')

    const { text } = await laptop.get('/devices')
    assert.match(text, /Phone from 127\.0\.0\.1\s/)
    assert.match(text, /Laptop from 127\.0\.0\.1, this device/)

    const handle = /Phone[^]*?name="handle" value="(.*?)"/.exec(text)![1]
    const { password } = ADA
    await sendForm(laptop, '/devices', '/devices/logout', { handle, password })
    assert.equal((await phone.get('/devices')).status, 302)
    assert.equal((await tablet.get('/devices')).status, 200)

    await sendForm(laptop, '/devices', '/devices/logout', { password })
    assert.equal((await tablet.get('/devices')).status, 302)
    assert.equal((await laptop.get('/devices')).status, 200)
  })

  test('ends nothing without the password', async ({ assert }) => {
    const phone = await logIn(app(), 'Phone')
    const laptop = await logIn(app(), 'Laptop')
    await sendForm(laptop, '/devices', '/devices/logout', { password: 'guessed' })
    assert.include((await laptop.get('/devices')).text, 'The password is wrong')
    assert.equal((await phone.get('/devices')).status, 200)
  })
})

const FILES = {
  ...LOGIN,
  'start/kernel.ts': kernel,
  'resources/views/login.edge': '{{ csrfField() }}',
}

test.group('The guide to limiting devices, evict', (group) => {
  const app = guideApp(group, PAGE, { files: FILES })

  test('logs out the device that logged in first', async ({ assert }) => {
    const [first, second, third] = [
      await logIn(app(), 'First'),
      await logIn(app(), 'Second'),
      await logIn(app(), 'Third'),
    ]
    assert.equal((await first.get('/me')).text, 'nobody')
    assert.equal((await second.get('/me')).text, ADA.email)
    assert.equal((await third.get('/me')).text, ADA.email)
  })
})

test.group('The guide to limiting devices, refuse', (group) => {
  const config = `registry: { tagUsers: true, maxPerTag: 2, whenFull: 'refuse' },`
  const app = guideApp(group, PAGE, { files: FILES, config })

  test('refuses the third login with the answer of the page', async ({ assert }) => {
    const first = await logIn(app(), 'First')
    const second = await logIn(app(), 'Second')
    const third = await logIn(app(), 'Third')

    assert.equal(third.status, 403)
    assert.equal((await third.get('/me')).text, 'nobody')
    assert.equal((await first.get('/me')).text, ADA.email)
    assert.equal((await second.get('/me')).text, ADA.email)
  })
})
