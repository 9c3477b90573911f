import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { AppOptions, ROOT } from '../helpers/app'
import { ClientApp, startClientApp } from '../helpers/test_client'

function routes(route: RouterContract) {
  route.get('/seen', async ({ session }) => ({
    values: session.all(),
    flash: session.flashMessages.all(),
    initiated: session.initiated,
  }))

  route.post('/work', async ({ request, session }) => {
    session.put('user', { ...session.get('user'), ...request.body() })
    session.increment('visits')
    session.forget('cart')
    session.flash({ notice: 'Saved', errors: { title: ['required'] } })
    session.flashExcept(['password'])
  })

  route.post('/reflash', async ({ session }) => session.reflash())
  route.post('/clear', async ({ session }) => session.clear())
  route.post('/plain', async ({ session, response }) => {
    session.put('left', 'early')
    response.redirect('/seen')
  })
}

/** Visits of a test suite that was written for 6.4.0, and everything that it can look at. */
const VISITS: Record<string, (client: ClientApp['client']) => any> = {
  'nothing is sent': (client) => client.get('/seen'),
  'a session is sent': (client) => client.get('/seen').session({ user: { id: 1 }, cart: [1] }),
  'flash messages are sent': (client) =>
    client.get('/seen').flashMessages({ notice: 'Hi', errors: { title: ['required'] } }),
  'both are sent, in turns': (client) =>
    client
      .get('/seen')
      .session({ user: { id: 1 } })
      .flashMessages({ a: 1 })
      .session({ user: { name: 'Ada' } })
      .flashMessages({ b: { c: 2 } }),
  'the handler works with it': (client) =>
    client
      .post('/work')
      .json({ name: 'Ada', password: 'secret' })
      .session({ user: { id: 1 }, cart: [1], visits: 2 }),
  'the handler begins with nothing': (client) => client.post('/work').json({ name: 'Ada' }),
  'messages are flashed again': (client) => client.post('/reflash').flashMessages({ notice: 'Hi' }),
  'the handler clears it': (client) => client.post('/clear').session({ user: 1 }),
  'the response redirects': (client) => client.post('/plain').redirects(0),
  'the route is unknown': (client) => client.get('/nowhere').session({ user: 1 }),
}

const ASSERTIONS: [string, ...any[]][] = [
  ['assertSession', 'user'],
  ['assertSession', 'user', { id: 1 }],
  ['assertSession', 'visits', 3],
  ['assertSession', 'left', 'early'],
  ['assertSessionMissing', 'cart'],
  ['assertSessionMissing', 'user'],
  ['assertFlashMessage', 'notice'],
  ['assertFlashMessage', 'notice', 'Saved'],
  ['assertFlashMessage', 'errors', { title: ['required'] }],
  ['assertFlashMissing', 'notice'],
  ['assertFlashMissing', 'name'],
]

/** Each assertion with its outcome. */
function outcomes(response: any) {
  return ASSERTIONS.map(([name, ...args]) => {
    try {
      response[name](...args)
      return [name, args, 'passes']
    } catch (error) {
      return [name, args, error.name]
    }
  })
}

/** What a test suite sees, with each version of the package in turn. */
async function onBoth(options: AppOptions, visit: (app: ClientApp) => any) {
  const seen: any[] = []
  for (const sessionProvider of ['@adonisjs/session', `${ROOT}/providers/SessionProvider`]) {
    const app = await startClientApp('memory', { ...options, sessionProvider, routes })
    try {
      seen.push(await visit(app))
    } finally {
      await app.stop()
    }
  }
  return { expected: seen[0], actual: seen[1] }
}

test.group('The test client, beside that of 6.4.0', () => {
  for (const [name, visit] of Object.entries(VISITS)) {
    test(name, async ({ assert }) => {
      const { expected, actual } = await onBoth({}, async ({ client }) => {
        const response = await visit(client)
        const { flash, ...body } = response.body()
        return {
          body: { ...body, flash: flash ?? {} },
          session: response.session(),
          flashMessages: response.flashMessages(),
          outcomes: outcomes(response),
        }
      })
      assert.deepEqual(actual, expected)
    })
  }

  test('with sessions disabled, sending one is refused with the same hint', async ({ assert }) => {
    const hint = /Make sure to enable.*"config\/session" file/
    await onBoth({ session: { enabled: false } }, ({ client }) => {
      assert.throws(() => client.get('/seen').session({ user: 1 }), hint)
      assert.throws(() => client.get('/seen').flashMessages({ notice: 'Hi' }), hint)
    })
  })

  test('with sessions disabled, a response has none to look at', async ({ assert }) => {
    const { expected, actual } = await onBoth(
      { session: { enabled: false } },
      async ({ client }) => {
        const response = await client.get('/nowhere')
        response.assertSessionMissing('user')
        response.assertFlashMissing('notice')
        return [response.status(), response.session(), response.flashMessages()]
      }
    )
    assert.deepEqual(actual, expected)
  })
})

test.group('The test client with sessions disabled', (group) => {
  let app: ClientApp

  group.each.setup(async () => {
    app = await startClientApp('memory', {
      session: { enabled: false },
      routes: (route) => {
        route.get('/', async ({ session, request }) => ({
          initiated: session.initiated,
          cookies: Object.keys(request.cookiesList()),
        }))
      },
    })
    return () => app.stop()
  })

  test('no hook runs, on the request and in the app', async ({ assert }) => {
    const response = await app.client.get('/')
    assert.deepEqual(response.body(), { initiated: false, cookies: [] })
    assert.isEmpty(response.cookies())
    assert.isEmpty(await app.stored())
  })
})
