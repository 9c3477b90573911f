import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { apps, Handler, sharedApp } from '../helpers/visits'

const FORM = {
  email: 'ada@example.com',
  password: 'secret',
  user: { name: 'Ada', password: 'secret', cards: [{ number: '42', cvc: '123', kept: 'kept' }] },
  card: { number: '42' },
}
const messages: Handler = ({ session }) => session.flashMessages.all()

for (const driver of ALL_DRIVERS) {
  test.group(`dontFlash: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      session: { dontFlash: ['password', 'cvc', 'card.number'] },
    })

    async function flashed(handler: Handler) {
      const one = visitor()
      await one.visit(handler, { body: FORM })
      return one.ask(messages)
    }
    const kept = {
      email: FORM.email,
      user: { name: 'Ada', cards: [{ number: '42', kept: 'kept' }] },
      card: {},
    }

    test(`flashAll leaves out a name at any depth, and a path [${driver}]`, async ({ assert }) => {
      assert.deepEqual(await flashed(({ session }) => session.flashAll()), kept)
    })

    test(`flashExcept does, too [${driver}]`, async ({ assert }) => {
      const { email, ...rest } = kept
      assert.deepEqual(await flashed(({ session }) => session.flashExcept(['email'])), rest)
    })

    test(`flashOnly and flash flash what they name [${driver}]`, async ({ assert }) => {
      const only = await flashed(({ session }) => session.flashOnly(['password']))
      assert.deepEqual(only, { password: 'secret' })
      const named = await flashed(({ session }) => session.flash('password', 'chosen'))
      assert.deepEqual(named, { password: 'chosen' })
    })

    test(`the request body stays as it is [${driver}]`, async ({ assert }) => {
      const body = await visitor().ask(
        ({ session, request }) => {
          session.flashAll()
          return request.all()
        },
        { body: FORM }
      )
      assert.deepEqual(body, FORM)
    })

    test(`a body that is nested too deeply is our error [${driver}]`, async ({ assert }) => {
      let deep: any = { password: 'secret' }
      for (let level = 0; level < 4000; level++) {
        deep = { deep }
      }
      const code = await visitor().codeOf(({ session }) => session.flashAll(), { body: deep })
      assert.equal(code, 'E_SESSION_UNSERIALIZABLE')
    })
  })
}

test.group('dontFlash', (group) => {
  const start = apps(group)

  test('holds for what the validator flashes', async ({ assert }) => {
    const app = await start('memory', {
      session: { dontFlash: ['password'] },
      providers: ['@adonisjs/validator'],
    })
    const one = app.visitor()
    const validator = app.app.container.use('Adonis/Core/Validator')
    const { schema, rules } = validator
    await one.visit(
      async (ctx) => {
        try {
          await ctx.request.validate({
            schema: schema.create({ email: schema.string({}, [rules.email()]) }),
          })
        } catch (error) {
          // As the exception handler of an app does.
          await error.handle(error, ctx)
        }
      },
      {
        body: { email: 'none', password: 'secret' },
        headers: { accept: 'text/html' },
        followRedirects: false,
      }
    )
    const shown = await one.ask(messages)
    assert.equal(shown.email, 'none')
    assert.isUndefined(shown.password)
    assert.isDefined(shown.errors)
  })

  test('absent, all is flashed, as documented', async ({ assert }) => {
    const app = await start('memory')
    const one = app.visitor()
    await one.visit(({ session }) => session.flashAll(), { body: FORM })
    assert.deepEqual(await one.ask(messages), FORM)
  })
})
