import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { MESSAGES, TEMPLATE_CONFIG, VALUES } from '../helpers/compat'
import { ALL_DRIVERS } from '../helpers/drivers'
import { ClientApp, startClientApp } from '../helpers/test_client'

function routes(route: RouterContract) {
  route.get('/seen', async ({ session }) => ({
    values: session.all(),
    flash: session.flashMessages.all(),
  }))

  route.post('/put', async ({ request, session }) => {
    session.put(request.body())
    session.flash('notice', 'Saved')
  })

  route.post('/forget', async ({ session }) => session.forget('user'))
  route.post('/clear', async ({ session }) => session.clear())
  route.post('/reflash', async ({ session }) => session.reflash())

  route.post('/regenerate', async ({ session }) => {
    session.regenerate()
    session.put('after', true)
    session.flash('notice', 'Hello')
  })

  route.post('/invalidate', async ({ session }) => session.invalidate())

  route.post('/begin-anew', async ({ session }) => {
    session.invalidate()
    session.put('guest', true)
  })

  route.post('/fail', async ({ session }) => {
    session.put('before', 'the error')
    throw new Error('broken')
  })

  route.post('/fail-anew', async ({ session }) => {
    session.regenerate()
    throw new Error('broken')
  })

  route.post('/login', async ({ session, response }) => {
    session.put('user', 7)
    session.flash('notice', 'Welcome')
    session.regenerate()
    response.plainCookie('legacy', '50%', { encode: false } as any)
    response.redirect('/seen')
  })

  route.get('/twice', async ({ session, response }) => {
    session.increment('n')
    response.redirect(session.get('n') < 3 ? '/twice' : '/seen')
  })

  route.post('/logout', async ({ session, response }) => {
    session.invalidate()
    response.redirect('/seen')
  })

  route.post('/hang-up', async ({ session, response }) => {
    session.put('lost', true)
    response.response.destroy()
  })
}

const CONFIGS = {
  'the documented config': {},
  'the config of the template': TEMPLATE_CONFIG,
  'keys of its own, encryption and revocation': {
    ...TEMPLATE_CONFIG,
    keys: ['a key of the tests, of 32 characters', 'an older key of the tests'],
    encrypt: true,
    revocation: { driver: 'memory' },
  },
}

for (const [name, session] of Object.entries(CONFIGS)) {
  for (const driver of ALL_DRIVERS) {
    test.group(`The test client | ${driver}, ${name}`, (group) => {
      let app: ClientApp

      group.each.setup(async () => {
        app = await startClientApp(driver, { session, routes })
        return () => app.stop()
      })

      test('what a test sends is what the handler finds', async ({ assert }) => {
        const response = await app.client.get('/seen').session(VALUES).flashMessages(MESSAGES)
        assert.deepEqual(response.body(), { values: VALUES, flash: MESSAGES })
        assert.isEmpty(await app.stored())
      })

      test('what is sent in several calls comes together', async ({ assert }) => {
        const response = await app.client
          .get('/seen')
          .session({ user: { id: 1 } })
          .session({ user: { name: 'Ada' }, cart: [] })
          .flashMessages({ a: 1 })
          .flashMessages({ b: 2 })

        const values = { user: { id: 1, name: 'Ada' }, cart: [] }
        assert.deepEqual(response.body(), { values, flash: { a: 1, b: 2 } })
      })

      test('what the handler leaves is what the test finds', async ({ assert }) => {
        const response = await app.client.post('/put').json(VALUES).session({ before: 1 })
        assert.deepEqual(response.session(), { before: 1, ...VALUES })
        assert.deepEqual(response.flashMessages(), { notice: 'Saved' })
        assert.isEmpty(await app.stored())
      })

      test('a session that is only read comes back as it was', async ({ assert }) => {
        const response = await app.client.get('/seen').session({ user: 1 })
        assert.deepEqual(response.session(), { user: 1 })
        assert.deepEqual(response.flashMessages(), {})
      })

      test('flash messages that were seen are gone, and reflashed ones are back', async ({
        assert,
      }) => {
        const seen = await app.client.get('/seen').flashMessages(MESSAGES)
        assert.deepEqual(seen.flashMessages(), {})

        const reflashed = await app.client.post('/reflash').flashMessages(MESSAGES)
        assert.deepEqual(reflashed.flashMessages(), MESSAGES)
      })

      test('without a session the handler finds none, and leaves none', async ({ assert }) => {
        const response = await app.client.get('/seen')
        assert.deepEqual(response.body(), { values: {}, flash: {} })
        assert.deepEqual(response.session(), {})
        assert.isEmpty(await app.stored())
      })

      test('what the handler removes is gone', async ({ assert }) => {
        const forgot = await app.client.post('/forget').session({ user: 1, cart: 2 })
        assert.deepEqual(forgot.session(), { cart: 2 })

        const cleared = await app.client.post('/clear').session({ user: 1, cart: 2 })
        assert.deepEqual(cleared.session(), {})
        assert.isEmpty(await app.stored())
      })

      test('a session is found under the id that the handler gave it', async ({ assert }) => {
        const response = await app.client.post('/regenerate').session({ user: 1 })
        assert.deepEqual(response.session(), { user: 1, after: true })
        assert.deepEqual(response.flashMessages(), { notice: 'Hello' })
        assert.isEmpty(await app.stored())
      })

      test('an invalidated session is empty, but for what came after', async ({ assert }) => {
        const ended = await app.client.post('/invalidate').session({ user: 1 })
        assert.deepEqual(ended.session(), {})

        const anew = await app.client.post('/begin-anew').session({ user: 1 })
        assert.deepEqual(anew.session(), { guest: true })
        assert.isEmpty(await app.stored())
      })

      test('two requests are two sessions', async ({ assert }) => {
        const [one, two] = await Promise.all([
          app.client.post('/put').json({ n: 1 }).session({ from: 'one' }),
          app.client.post('/put').json({ n: 2 }).session({ from: 'two' }),
        ])
        assert.deepEqual(one.session(), { from: 'one', n: 1 })
        assert.deepEqual(two.session(), { from: 'two', n: 2 })

        const next = await app.client.get('/seen')
        assert.deepEqual(next.body(), { values: {}, flash: {} })
      })

      for (const path of ['/fail', '/fail-anew', '/hang-up']) {
        test(`a request that fails leaves nothing in the store | ${path}`, async ({ assert }) => {
          await assert.rejects(async () => {
            await app.client.post(path).session({ user: 1 })
          })
          assert.isEmpty(await app.stored())
        })
      }

      test('a followed redirect is in the session of the response before', async ({ assert }) => {
        const response = await app.client.post('/login')
        assert.deepEqual(response.body(), { values: { user: 7 }, flash: { notice: 'Welcome' } })
        assert.deepEqual(response.session(), { user: 7 })
        assert.deepEqual(response.flashMessages(), {})
        assert.isEmpty(await app.stored())
      })

      test('so are several, and a session that was sent with the request', async ({ assert }) => {
        const response = await app.client.get('/twice').session({ kept: true })
        assert.deepEqual(response.body().values, { kept: true, n: 3 })
        assert.deepEqual(response.session(), { kept: true, n: 3 })
        assert.isEmpty(await app.stored())
      })

      test('a logout ends the session on the page that it leads to', async ({ assert }) => {
        const response = await app.client.post('/logout').session({ user: 7 })
        assert.deepEqual(response.body().values, {})
        assert.deepEqual(response.session(), {})
        assert.isEmpty(await app.stored())
      })

      test('a redirect that is not followed has the session that it leaves', async ({ assert }) => {
        const response = await app.client.post('/login').redirects(0)
        assert.deepEqual(response.session(), { user: 7 })
        assert.deepEqual(response.flashMessages(), { notice: 'Welcome' })
        assert.isEmpty(await app.stored())
      })

      test('a large session goes there and back', async ({ assert }) => {
        const values = { text: 'ä'.repeat(1100) }
        const response = await app.client
          .post('/put')
          .json({ more: 'ö'.repeat(1100) })
          .session(values)
        assert.deepEqual(response.session(), { ...values, more: 'ö'.repeat(1100) })
      })
    })
  }
}

for (const driver of ALL_DRIVERS) {
  test.group(`The test client | ${driver}, an age with a fraction of a millisecond`, (group) => {
    let app: ClientApp
    group.each.teardown(() => app.stop())

    test('stores a session as with any other age', async ({ assert }) => {
      app = await startClientApp(driver, { session: { age: '2.3h' }, routes })
      const response = await app.client.get('/seen').session(VALUES)
      assert.deepEqual(response.body().values, VALUES)
    })
  })
}
