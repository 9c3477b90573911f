import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { TEMPLATE_CONFIG } from '../helpers/compat'
import { ALL_DRIVERS } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'
import { ClientApp, startClientApp } from '../helpers/test_client'

function routes(route: RouterContract) {
  route.get('/seen', async ({ session, request }) => ({
    values: session.all(),
    flash: session.flashMessages.all(),
    cookies: request.cookiesList(),
  }))

  route.get('/admin/seen', async ({ session }) => ({ values: session.all() }))

  route.post('/login', async ({ request, session, response }) => {
    session.regenerate()
    session.put('user', request.input('user'))
    session.flash('notice', 'Welcome')
    response.redirect('/seen')
  })

  route.post('/logout', async ({ session, response }) => {
    session.invalidate()
    response.redirect('/seen')
  })

  route.post('/cookies', async ({ response }) => {
    response.plainCookie('theme', 'dark', { maxAge: '1h', path: '/', encode: false } as any)
    response.plainCookie('lines', '50%', { encode: false, path: '/admin' } as any)
  })

  route.post('/age', async ({ session }) => {
    session.put('user', 7)
    session.setAge('10h')
  })

  route.post('/remember', async ({ session }) => {
    session.put('user', 7)
    session.persist(true)
  })

  route.get('/poll', async ({ session }) => {
    session.passive()
    return { user: session.get('user', null) }
  })

  route.get('/away', async ({ request, response }) => {
    response.redirect(`http://localhost:${request.input('port')}/seen`)
  })

  route.post('/fail', async ({ session }) => {
    session.regenerate()
    session.put('before', 'the error')
    throw new Error('broken')
  })
}

for (const driver of ALL_DRIVERS) {
  test.group(`A visitor of the test client | ${driver}`, (group) => {
    let app: ClientApp
    const visitorOf = () => app.client.visitor()

    group.each.setup(async () => {
      app = await startClientApp(driver, { session: TEMPLATE_CONFIG, routes })
      return () => app.stop()
    })

    test('keeps a session over requests and redirects', async ({ assert }) => {
      const visitor = visitorOf()
      const login = await visitor.post('/login').form({ user: 'ada' })
      assert.deepEqual(login.body().values, { user: 'ada' })
      assert.deepEqual(login.body().flash, { notice: 'Welcome' })

      const seen = await visitor.get('/seen')
      assert.deepEqual(seen.body().values, { user: 'ada' })
      assert.deepEqual(seen.body().flash, {})
      seen.assertSession('user', 'ada')

      const logout = await visitor.post('/logout')
      assert.deepEqual(logout.body().values, {})
      assert.deepEqual((await visitor.get('/seen')).body().values, {})
    })

    test('is alone with its session, and so is every other request', async ({ assert }) => {
      const [one, two] = [visitorOf(), visitorOf()]
      await one.post('/login').form({ user: 'ada' })
      assert.deepEqual((await two.get('/seen')).body().values, {})
      assert.deepEqual((await app.client.get('/seen')).body().values, {})
      assert.deepEqual((await one.get('/seen')).body().values, { user: 'ada' })
    })

    test('sends values and messages on top of what it has', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.get('/seen').withSession({ user: { id: 1 }, cart: [1] })
      await visitor.setFlashMessages({ waits: 'for long' })
      const response = await visitor
        .get('/seen')
        .withSession({ user: { name: 'Ada' } })
        .withFlashMessages({ notice: 'Saved' })

      const { values, flash } = response.body()
      assert.deepEqual(values, { user: { id: 1, name: 'Ada' }, cart: [1] })
      assert.deepEqual(flash, { waits: 'for long', notice: 'Saved' })
    })

    test('is told messages below one key in several calls', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.setFlashMessages({ errors: { title: 'Required' } })
      await visitor.setFlashMessages({ errors: { body: 'Too long' } })
      const errors = { title: 'Required', body: 'Too long' }
      assert.deepEqual(await visitor.getFlashMessages(), { errors })

      const response = await visitor
        .get('/seen')
        .withFlashMessages({ errors: { name: 'Taken' } })
        .withFlashMessages({ errors: { age: 'Too young' } })
      assert.deepEqual(response.body().flash, {
        errors: { ...errors, name: 'Taken', age: 'Too young' },
      })
      assert.deepEqual(await visitor.getFlashMessages(), {})
    })

    test('can be asked and told what is stored, and no message is lost by it', async ({
      assert,
    }) => {
      const visitor = visitorOf()
      assert.isNull(await visitor.getSessionId())
      assert.deepEqual(await visitor.getSession(), {})

      await visitor.setSession({ user: { id: 1 } })
      await visitor.setFlashMessages({ notice: 'Saved' })
      assert.deepEqual(await visitor.getSession(), { user: { id: 1 } })
      assert.deepEqual(await visitor.getFlashMessages(), { notice: 'Saved' })
      assert.isString(await visitor.getSessionId())

      const seen = await visitor.get('/seen')
      assert.deepEqual(seen.body().values, { user: { id: 1 } })
      assert.deepEqual(seen.body().flash, { notice: 'Saved' })
      assert.deepEqual(await visitor.getFlashMessages(), {})
    })

    test('is given another id once its session has ended', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.setSession({ user: 7 })
      const ended = (await visitor.getSessionId())!
      await app.Session.destroy(ended)
      await visitor.setSession({ cart: [1] })

      assert.notEqual(await visitor.getSessionId(), ended)
      assert.deepEqual((await visitor.get('/seen')).body().values, { cart: [1] })
    })

    test('is given another id after a logout that its browser has not heard of', async ({
      assert,
    }) => {
      const visitor = visitorOf()
      await visitor.setSession({ user: 7 })
      const header = visitor.cookieHeader(`${app.url}/logout`)
      const pairs = header.split('; ').map((pair) => pair.split('='))
      const cookies = Object.fromEntries(pairs)
      await app.browser().post('/logout', {}, { cookies, followRedirects: false })

      await visitor.setSession({ cart: [1] })
      assert.deepEqual(await visitor.getSession(), { cart: [1] })
      assert.deepEqual((await visitor.get('/seen')).body().values, { cart: [1] })
    })

    test('keeps the cookies of the app, for their path and their time', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.post('/cookies')
      const cookiesFor = (path: string) => visitor.cookieHeader(`${app.url}${path}`).split('; ')

      assert.deepEqual((await visitor.get('/seen')).body().cookies.theme, 'dark')
      assert.includeMembers(cookiesFor('/admin/lines'), ['theme=dark', 'lines=50%25'])
      assert.notIncludeMembers(cookiesFor('/administration'), ['lines=50%25'])
      await visitor.travel('61 minutes')
      assert.notProperty((await visitor.get('/seen')).body().cookies, 'theme')
      assert.include(cookiesFor('/admin'), 'lines=50%25')
    })

    test('sends a cookie for one request beside its own', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.post('/login').form({ user: 'ada' })
      const { values, cookies } = (await visitor.get('/seen').cookie('once', 'ä;b')).body()
      assert.deepEqual(values, { user: 'ada' })
      assert.property(cookies, 'once')
      assert.notProperty((await visitor.get('/seen')).body().cookies, 'once')
    })

    test('gives its cookies to no other host', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.setSession({ user: 7 })
      await visitor.get('/seen')
      const { port } = new URL(app.url)
      const response = await visitor.get('/away').qs({ port }).cookie('own', '1')
      assert.deepEqual(response.redirects(), [`http://localhost:${port}/seen`])
      assert.deepEqual(response.body().values, {})
      assert.deepEqual(response.body().cookies, {})
      assert.deepEqual((await visitor.get('/seen')).body().values, { user: 7 })
    })

    test('takes over what a response sets that is an error', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.setSession({ user: 7 })
      await errorOf(async () => {
        await visitor.post('/fail')
      })
      assert.deepEqual(await visitor.getSession(), { user: 7, before: 'the error' })
    })

    test('leaves nothing in the store once it is forgotten', async ({ assert }) => {
      const visitor = visitorOf()
      await visitor.setSession({ cart: [1] })
      await visitor.post('/login').form({ user: 'ada' })
      await visitor.forget()
      assert.isEmpty(await app.stored())
      assert.isNull(await visitor.getSessionId())
      assert.deepEqual((await visitor.get('/seen')).body().values, {})
    })
  })

  test.group(`Time travel of a visitor | ${driver}`, (group) => {
    let app: ClientApp
    group.each.teardown(() => app.stop())

    const visit = async (session = {}) => {
      app = await startClientApp(driver, { session: { ...TEMPLATE_CONFIG, ...session }, routes })
      return app.client.visitor()
    }
    const userOf = async (visitor: any, path = '/seen') => {
      const { values, user = values.user ?? null } = (await visitor.get(path)).body()
      return user
    }

    for (const [name, config] of Object.entries({
      'touched once a minute': {},
      'touched each time': { touchEvery: 0 },
      'encrypted, with an id that rotates': { rotateEvery: '1m', encrypt: true },
    })) {
      test(`a session lives on while it is used, and ends after its age: ${name}`, async ({
        assert,
      }) => {
        const visitor = await visit(config)
        await visitor.setSession({ user: 7 })
        for (let visits = 0; visits < 3; visits++) {
          await visitor.travel('115 minutes')
          assert.equal(await userOf(visitor), 7)
        }
        await visitor.travel('70 minutes')
        await visitor.travel('55 minutes')
        assert.isNull(await userOf(visitor))
      })
    }

    test('it ends in the store as well, and not with its cookie alone', async ({ assert }) => {
      const visitor = await visit({ clearWithBrowser: true })
      await visitor.setSession({ user: 7 })
      await visitor.travel('115 minutes')
      assert.equal(await userOf(visitor), 7)
      await visitor.travel('70 minutes')
      await visitor.travel('51 minutes')
      assert.isNull(await userOf(visitor))
      assert.isEmpty(await app.stored())
    })

    for (const clearWithBrowser of [false, true]) {
      test(`polling does not prolong it: clearWithBrowser is ${clearWithBrowser}`, async ({
        assert,
      }) => {
        const visitor = await visit({ clearWithBrowser })
        await visitor.setSession({ user: 7 })
        await visitor.travel('90 minutes')
        assert.equal(await userOf(visitor, '/poll'), 7)
        await visitor.travel('40 minutes')
        assert.isNull(await userOf(visitor, '/poll'))
      })
    }

    test('it ends at its absolute age, however much it is used', async ({ assert }) => {
      const visitor = await visit({ absoluteAge: '5h' })
      await visitor.setSession({ user: 7 })
      for (let visits = 0; visits < 3; visits++) {
        await visitor.travel('90 minutes')
        assert.equal(await userOf(visitor), 7)
      }
      await visitor.travel('40 minutes')
      assert.isNull(await userOf(visitor))
    })

    test('an age of its own counts', async ({ assert }) => {
      const visitor = await visit()
      await visitor.post('/age')
      for (let visits = 0; visits < 2; visits++) {
        await visitor.travel('9h')
        assert.equal(await userOf(visitor), 7)
      }
      await visitor.travel('11h')
      assert.isNull(await userOf(visitor))
    })

    test('it passes for one visitor alone', async ({ assert }) => {
      const visitor = await visit()
      const other = app.client.visitor()
      await visitor.setSession({ user: 7 })
      await other.setSession({ user: 8 })
      await visitor.travel('3h')
      assert.equal(await userOf(other), 8)
    })

    test('a closed browser loses its session unless that was to be kept', async ({ assert }) => {
      const visitor = await visit({ clearWithBrowser: true })
      await visitor.setSession({ user: 7 })
      visitor.closeBrowser()
      assert.isNull(await userOf(visitor))

      await visitor.post('/remember')
      visitor.closeBrowser()
      assert.equal(await userOf(visitor), 7)
    })

    test('a time that is none is an error', async ({ assert }) => {
      const visitor = await visit()
      for (const time of ['soon', '', -1, NaN, 10n as any]) {
        assert.match((await errorOf(() => visitor.travel(time))).message, /^Cannot travel/)
      }
    })
  })
}

test.group('A visitor without sessions', () => {
  test('is refused with a hint', async ({ assert }) => {
    const app = await startClientApp('memory', { session: { enabled: false } })
    try {
      assert.throws(() => app.client.visitor(), /Make sure to enable.*"config\/session" file/)
    } finally {
      await app.stop()
    }
  })
})
