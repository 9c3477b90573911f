import { test } from '@japa/runner'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, VisitedApp } from '../helpers/visits'

const messages: Handler = ({ session }) => session.flashMessages.all()

const SUMMARY = 'The form could not be saved. Please check the errors below.'

/** A form, which shows what is wrong with it in the ways of AdonisJS 6. */
const FORM = [
  "@error('E_VALIDATION_FAILURE')",
  '{{ $message }}',
  '@end',
  "@inputError('user.name')",
  '{{ $messages.join() }}',
  '@end',
  "@inputError('tags.1')",
  '{{ $messages.join() }}',
  '@end',
  `[{{ old('user.name', '') }}] [{{ old('password', '') }}]`,
].join('\n')

const form: Handler = ({ view, response }) =>
  view.renderRaw(FORM).then((html) => response.send(html))

const BODY = {
  _csrf: 'token',
  _method: 'PUT',
  user: { name: '<b>', password: 'secret' },
  tags: ['fine', 'x'],
  password: 'secret',
  password_confirmation: 'secret',
  pin: '1234',
}

/** Validates as an app does. */
function validate({ request }: HttpContextContract, { app }: VisitedApp, reporter?: string) {
  const { schema, rules, validator } = app.container.use('Adonis/Core/Validator')
  return request.validate({
    schema: schema.create({
      user: schema.object().members({ name: schema.string({}, [rules.minLength(5)]) }),
      tags: schema.array().members(schema.string({}, [rules.minLength(3)])),
    }),
    ...(reporter && { reporter: (validator.reporters as any)[reporter] }),
  })
}

const FIELDS = {
  'user.name': ['minLength validation failed'],
  'tags.1': ['minLength validation failed'],
}

for (const driver of ALL_DRIVERS) {
  test.group(`Errors of a form on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      providers: ['@adonisjs/view', '@adonisjs/validator'],
      session: { dontFlash: ['pin', 'password'] },
    })

    test(`the tags show what the validator flashes, without a line in the app [${driver}]`, async ({
      assert,
    }) => {
      const { visit } = visitor()
      // As the exception handler of AdonisJS does.
      const handler: Handler = (ctx) =>
        validate(ctx, app()).catch((error) => error.handle(error, ctx))
      const headers = { accept: 'text/html' }
      await visit(handler, { body: BODY, headers, followRedirects: false })

      const { text } = await visit(form)
      const failed = 'minLength validation failed'
      assert.equal(text, [SUMMARY, failed, failed, '[&lt;b&gt;] []'].join('\n'))
    })

    for (const reporter of ['vanilla', 'api', 'jsonapi']) {
      test(`flashValidationErrors takes an error of the ${reporter} reporter [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()
        await visit(
          (ctx) =>
            validate(ctx, app(), reporter).catch((error) =>
              ctx.session.flashValidationErrors(error)
            ),
          { body: BODY }
        )
        assert.deepEqual(await ask(messages), {
          user: { name: '<b>' },
          tags: ['fine', 'x'],
          errors: FIELDS,
          inputErrorsBag: FIELDS,
          errorsBag: { E_VALIDATION_FAILURE: SUMMARY },
        })
      })
    }
  })
}

test.group('flashErrors and flashValidationErrors', (group) => {
  const { visitor } = sharedApp(group, 'memory', { providers: ['@adonisjs/view'] })

  const after = async (handler: Handler, body: any = BODY) => {
    const { visit, ask } = visitor()
    await visit(handler, { body })
    return ask(messages)
  }

  test('passwords, tokens and spoofed methods are never flashed, without dontFlash either', async ({
    assert,
  }) => {
    const flashed = await after(({ session }) =>
      session.flashValidationErrors({ code: 'E_X', messages: {} })
    )
    assert.deepEqual(flashed, {
      user: { name: '<b>' },
      tags: ['fine', 'x'],
      pin: '1234',
      errors: {},
      inputErrorsBag: {},
      errorsBag: { E_X: SUMMARY },
    })
  })

  test('without input, the errors alone are flashed', async ({ assert }) => {
    const flashed = await after(({ session }) =>
      session.flashValidationErrors({ messages: { title: ['short'] } }, false)
    )
    assert.deepEqual(flashed, {
      errors: { title: ['short'] },
      inputErrorsBag: { title: ['short'] },
      errorsBag: { E_VALIDATION_FAILURE: SUMMARY },
    })
  })

  test('it takes a list of messages, as of VineJS, under the code of its error', async ({
    assert,
  }) => {
    const { errors, errorsBag } = await after(({ session }) =>
      session.flashValidationErrors({
        code: 'E_VALIDATION_ERROR',
        messages: [
          { field: 'user.name', message: 'short', rule: 'minLength' },
          { field: 'user.name', message: 'odd', rule: 'alpha' },
          { field: 'constructor', message: 'taken', rule: 'unique' },
        ],
      })
    )
    assert.deepEqual(errors['user.name'], ['short', 'odd'])
    assert.deepEqual(errorsBag, { E_VALIDATION_ERROR: SUMMARY })
  })

  test('a field may be named errors, and a message be no list', async ({ assert }) => {
    const { inputErrorsBag } = await after(({ session }) =>
      session.flashValidationErrors({ messages: { errors: ['none'], title: 'short' } })
    )
    assert.deepEqual(inputErrorsBag, { errors: ['none'], title: ['short'] })
  })

  test('its code is the only one that @errors shows', async ({ assert }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) =>
      session.flashValidationErrors({ code: 'E_V', messages: { a: ['b'] } }, false)
    )
    const template = '@errors()\n{{ Object.keys($messages).join() }}\n@end'
    assert.equal((await ask(({ view }) => view.renderRaw(template))).trim(), 'E_V')
  })

  for (const [title, error] of Object.entries({
    'no error': undefined,
    'an error without messages': new Error('Oops'),
    'a text': { messages: 'Oops' },
    'a list of texts': { messages: ['Oops'] },
    'a list without fields': { messages: [{ message: 'Oops' }] },
    'a list with nothing in it': { messages: [null] },
    'nested messages': { messages: { user: { name: ['short'] } } },
  })) {
    test(`${title} is an error that says so, and nothing is flashed`, async ({ assert }) => {
      const { codeOf, ask } = visitor()
      const code = await codeOf(({ session }) => session.flashValidationErrors(error as any), {
        body: BODY,
      })
      assert.equal(code, 'E_SESSION_NOT_A_VALIDATION_ERROR')
      assert.deepEqual(await ask(messages), {})
    })
  }

  test('flashErrors adds to what was flashed, and replaces the error of a code', async ({
    assert,
  }) => {
    const flashed = await after(({ session }) => {
      session.flashErrors({ E_A: 'one', 'E_B.C': 'two' })
      session.flashErrors({ E_A: 'three' })
    })
    assert.deepEqual(flashed, { errorsBag: { E_A: 'three', 'E_B.C': 'two' } })
  })
})
