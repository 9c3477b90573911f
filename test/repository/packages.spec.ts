import { test } from '@japa/runner'
import { IncomingMessage } from 'http'
import { Socket } from 'net'
import { cookiesOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, Visit } from '../helpers/visits'

const messages: Handler = ({ session }) => session.flashMessages.all()

/** What inertia-adonisjs does before it asks for a full visit; the automatic commit runs after it. */
const inertia: Handler = async ({ session }) => {
  session.responseFlashMessages = session.flashMessages
  await session.commit()
}

/** What a Livewire port does to read what the components of a page have stored. */
const livewire: Handler = async ({ session }) => {
  await session.commit()
  session.initiated = false
  session.responseFlashMessages.clear()
  await session.initiate(false)
}

/** Each cookie is set once. */
function namesAreUnique(visit: Visit): boolean {
  const names = cookiesOf(visit).map(({ name }) => name)
  return new Set(names).size === names.length
}

for (const driver of ALL_DRIVERS) {
  test.group(`Habits of packages on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`inertia: the messages of this request reach the next one, once [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash({ success: 'Saved', errors: ['a', 'b'] }))
      assert.isTrue(namesAreUnique(await visit(inertia)))
      assert.deepEqual(await ask(messages), { success: 'Saved', errors: ['a', 'b'] })
      assert.deepEqual(await ask(messages), {})
    })

    test(`inertia: without messages there are none [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', 1))
      await visit(inertia)
      assert.deepEqual(await ask(messages), {})
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1 })
    })

    test(`inertia: the form fields of flashAll come along [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flashAll(), { body: { title: 'Hello' } })
      await visit(inertia)
      assert.deepEqual(await ask(messages), { title: 'Hello' })
    })

    test(`inertia: a message is flashed on top of them [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('one', 1))
      await visit(async (ctx) => {
        await inertia(ctx)
        ctx.session.flash('two', 2)
        ctx.session.flashOnly(['three'])
      })
      assert.deepEqual(await ask(messages), { one: 1, two: 2 })
    })

    test(`livewire: what was put before is read again, and what is put after is stored [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      const response = await visit(async (ctx) => {
        ctx.session.put('b', 2)
        await livewire(ctx)
        const read = ctx.session.all()
        ctx.session.put('c', 3)
        return { ...read }
      })
      assert.isTrue(namesAreUnique(response))
      assert.include(response.answer, { a: 1, b: 2 })
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1, b: 2, c: 3 })
    })

    test(`livewire: a message of before is readable, and consumed [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      const seen = await ask(async (ctx) => {
        ctx.session.flash('message', 'Hello')
        await livewire(ctx)
        return ctx.session.flashMessages.all()
      })
      assert.deepEqual(seen, { message: 'Hello' })
      assert.deepEqual(await ask(messages), {})
      await visit(({ session }) => session.flash('after', 1))
      assert.deepEqual(await ask(messages), { after: 1 })
    })

    test(`livewire: a new browser keeps what it stored [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()

      const during = await ask(async (ctx) => {
        ctx.session.put('a', 1)
        await livewire(ctx)
        ctx.session.put('b', 2)
        return ctx.session.sessionId
      })
      const [id, values] = await ask(({ session }) => [session.sessionId, session.all()])
      assert.equal(id, during)
      assert.deepEqual(values, { a: 1, b: 2 })
    })

    test(`socket.io: a context without a response reads the session of its cookie [${driver}]`, async ({
      assert,
    }) => {
      const { browser, visit, ask } = visitor()
      await visit(({ session }) => session.put('auth_web', 7))

      const request = new IncomingMessage(new Socket())
      request.headers.cookie = Object.entries(browser.cookies())
        .map((pair) => pair.join('='))
        .join('; ')
      const HttpContext = app().app.container.use('Adonis/Core/HttpContext')
      const { session } = HttpContext.create('/socket', {}, request)
      await session.initiate(true)

      assert.equal(session.get('auth_web'), 7)
      await session.commit()
      assert.equal(await ask(({ session: web }) => web.get('auth_web')), 7)
    })

    test(`auth: put and then regenerate is a login, forget a logout [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const anonymous = await ask(({ session }) => session.sessionId)

      await visit(({ session }) => {
        session.put('auth_web', 7)
        session.regenerate()
      })
      const [id, user] = await ask(({ session }) => [session.sessionId, session.get('auth_web')])
      assert.notEqual(id, anonymous)
      assert.equal(user, 7)
      await visit(({ session }) => session.forget('auth_web'))
      assert.isFalse(await ask(({ session }) => session.has('auth_web')))
    })

    test(`shield: a secret is put once and stays [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()
      const secret: Handler = ({ session }) => {
        const known = session.get('csrf-secret')
        known || session.put('csrf-secret', 'secret')
        return known
      }

      assert.isUndefined(await ask(secret))
      assert.equal(await ask(secret), 'secret')
    })

    test(`validator: the input without its token, and the errors [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const body = { _csrf: 't', _method: 'PUT', title: '', tags: ['a'] }
      const errors = { title: ['required'], 'tags.0': ['minLength', 'alpha'] }

      await visit(
        ({ session }) => {
          session.flashExcept(['_csrf', '_method'])
          session.flash('errors', errors)
        },
        { body }
      )
      const flashed = await ask(messages)
      assert.deepEqual(flashed, { title: '', tags: ['a'], errors })
    })

    test(`validator: an error of a nested field is found by its literal name [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('errors', { 'user.email': ['required'] }))
      const found = await ask(({ session }) => session.flashMessages.get('errors')['user.email'])
      assert.deepEqual(found, ['required'])
    })
  })
}
