import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { ALL_DRIVERS } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'
import { ClientApp, startClientApp } from '../helpers/test_client'
import type { Handler } from '../helpers/visits'

const HANDLERS: Record<string, Handler> = {
  nothing: () => {},
  put: ({ session }) => session.put('a', 1),
  login: ({ session }) => {
    session.regenerate()
    session.put('user', 7)
  },
  'login-and-on': ({ session, response }) => {
    session.regenerate()
    response.redirect('/nothing')
  },
  'begin-anew': ({ session }) => {
    session.invalidate()
    session.put('guest', true)
  },
  logout: ({ session }) => session.invalidate(),
  bags: ({ session }) =>
    session.flash({
      errors: { title: ['of errors'], body: ['only there'] },
      inputErrorsBag: { title: ['of the bag'] },
    }),
  text: ({ session }) => session.flash('errors', 'broken'),
  fails: ({ session, response }) => {
    session.flash('errors', { title: ['required'] })
    response.redirect('/nothing')
  },
  form: async (ctx) => {
    const { schema } = require('@adonisjs/validator/build/src/Schema')
    const user = schema.object().members({ age: schema.number() })
    const form = schema.create({ title: schema.string(), user })
    // As the exception handler of an app does.
    await ctx.request.validate({ schema: form }).catch((error) => error.handle(error, ctx))
  },
}

function routes(route: RouterContract) {
  Object.entries(HANDLERS).forEach(([name, handler]) => {
    route.post(name, handler)
    route.get(name, handler)
  })
}

async function failureOf(assertion: () => void): Promise<string> {
  const error = await errorOf(assertion)
  return error.name === 'AssertionError' ? error.message : String(error)
}

for (const driver of ALL_DRIVERS) {
  test.group(`What a request of the test client did to its session | ${driver}`, (group) => {
    let app: ClientApp
    const post = (name: string) => app.client.post(name)

    group.each.setup(async () => {
      app = await startClientApp(driver, { session: { saveUninitialized: false }, routes })
      return () => app.stop()
    })

    test('assertRegenerated passes after a login, and where a new session was begun', async () => {
      for (const name of ['login', 'login-and-on', 'begin-anew']) {
        const response = await post(name).withSession({ cart: [1] })
        response.assertRegenerated()
      }
    })

    test('it fails where the id stayed, or nothing has one', async ({ assert }) => {
      for (const name of ['put', 'nothing', 'logout']) {
        const response = await post(name).withSession({ cart: [1] })
        assert.match(
          await failureOf(() => response.assertRegenerated()),
          /expected the session to have a new id, and it has/
        )
      }
    })

    test('it says that a visitor without a session proves nothing', async ({ assert }) => {
      const response = await app.client.visitor().post('login')
      const message = await failureOf(() => response.assertRegenerated())
      assert.match(message, /had no session before the request/)
    })

    test('assertNoSessionCookie passes where none is set or removed', async () => {
      const guest = await app.client.get('nothing')
      guest.assertNoSessionCookie()
    })

    test('it fails where one is set, also by a redirect, or removed', async ({ assert }) => {
      for (const name of ['put', 'login-and-on', 'logout']) {
        const response = await post(name).withSession({ cart: [1] })
        const message = await failureOf(() => response.assertNoSessionCookie())
        assert.match(message, /expected no "adonis-session" cookie.*adonis-session=/)
      }
    })
  })
}

test.group('What a request of the test client was told of its fields', (group) => {
  let app: ClientApp

  group.each.setup(async () => {
    app = await startClientApp('memory', { routes })
    return () => app.stop()
  })

  test('a new id because of rotateEvery is no login', async ({ assert }) => {
    await app.stop()
    app = await startClientApp('memory', { session: { rotateEvery: '1m' }, routes })
    const visitor = app.client.visitor()
    await visitor.setSession({ cart: [1] })
    await visitor.travel('2m')
    const id = await visitor.getSessionId()
    const rotated = await visitor.post('put')
    assert.notEqual(await visitor.getSessionId(), id)
    assert.match(await failureOf(() => rotated.assertRegenerated()), /because of "rotateEvery"/)

    const login = await visitor.post('login')
    login.assertRegenerated()
  })

  test('what the validator of AdonisJS 5 flashes is found', async () => {
    const response = await app.client
      .post('form')
      .form({ user: { age: 'old' } })
      .redirects(0)
    response.assertHasValidationError('title')
    response.assertHasValidationError('user.age')
    response.assertValidationErrors('title', ['required validation failed'])
    response.assertSessionHasErrors({ 'user.age': 'number validation failed' })
    response.assertDoesNotHaveValidationError('user')
  })

  test('inputErrorsBag counts before errors', async () => {
    const response = await app.client.post('bags')
    response.assertValidationErrors('title', ['of the bag'])
    response.assertValidationErrors('body', ['only there'])
  })

  test('no errors are none, and so is what is no object of fields', async ({ assert }) => {
    for (const name of ['nothing', 'text']) {
      const response = await app.client.post(name)
      response.assertSessionHasNoErrors()
      const message = await failureOf(() => response.assertSessionHasErrors())
      assert.equal(message, 'expected validation errors, and there are none')
    }
  })

  test('a failure says that a redirect was followed', async ({ assert }) => {
    const response = await app.client.post('fails')
    for (const assertion of [
      () => response.assertSessionHasErrors(),
      () => response.assertHasValidationError('title'),
      () => response.assertFlashMessage('errors'),
    ]) {
      assert.match(await failureOf(assertion), /followed a redirect.*redirects\(0\)/)
    }
  })

  test('values and messages are there by key, and in one object', async ({ assert }) => {
    const response = await app.client.post('bags').withSession({ user: { id: 1 }, 'a.b': 2 })
    assert.equal(response.session('user.id'), 1)
    assert.equal(response.session('a.b'), 2)
    assert.deepEqual(response.flashMessage('inputErrorsBag.title'), ['of the bag'])
    assert.deepEqual(response.sessionBag, {
      values: response.session(),
      flashMessages: response.flashMessages(),
    })
  })
})
