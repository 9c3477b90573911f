import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { ALL_DRIVERS } from '../helpers/drivers'
import { ClientApp, startClientApp } from '../helpers/test_client'

const SESSION = {
  user: { id: 1, roles: ['admin', 'editor'] },
  nothing: null,
  zero: 0,
  empty: [],
}

const MESSAGES = {
  notice: 'Saved',
  errors: { title: ['required'], 'lines.0': ['number'], user: { email: 'taken' } },
  'dotted.key': 'literal',
}

function routes(route: RouterContract) {
  route.get('/', async ({ session }) => {
    session.put(SESSION)
    session.flash(MESSAGES)
  })
}

/** Runs an assertion that must fail, and gives its error. */
function failureOf(assertion: () => void): any {
  try {
    assertion()
  } catch (error) {
    return error
  }
  throw new Error('The assertion did not fail')
}

/** What holds of the session above, by assertion: it passes, and so its opposite fails. */
const HOLDS: [string, ...any[]][] = [
  ['assertSession', 'user'],
  ['assertSession', 'user', SESSION.user],
  ['assertSession', 'user.id'],
  ['assertSession', 'user.id', 1],
  ['assertSession', 'user.roles', ['admin', 'editor']],
  ['assertSession', 'user.roles.1', 'editor'],
  ['assertSession', 'dotted.key', 'literal'],
  ['assertSession', 'nothing'],
  ['assertSession', 'nothing', null],
  ['assertSession', 'zero', 0],
  ['assertSession', 'empty', []],
  ['assertSessionMissing', 'cart'],
  ['assertSessionMissing', 'user.name'],
  ['assertSessionMissing', 'user.id.deeper'],
  ['assertSessionMissing', 'notice'],
  ['assertFlashMessage', 'notice'],
  ['assertFlashMessage', 'notice', 'Saved'],
  ['assertFlashMessage', 'errors.title', ['required']],
  ['assertFlashMessage', 'errors', MESSAGES.errors],
  ['assertFlashMessage', 'dotted.key', 'literal'],
  ['assertFlashMissing', 'warning'],
  ['assertFlashMissing', 'errors.body'],
  ['assertFlashMissing', 'user'],
  ['assertHasValidationError', 'title'],
  ['assertHasValidationError', 'lines.0'],
  ['assertHasValidationError', 'user.email'],
  ['assertDoesNotHaveValidationError', 'body'],
  ['assertDoesNotHaveValidationError', 'lines'],
  ['assertDoesNotHaveValidationError', 'length'],
  ['assertValidationError', 'title', 'required'],
  ['assertValidationError', 'user.email', 'taken'],
  ['assertValidationErrors', 'title', ['required']],
  ['assertSessionHasErrors'],
  ['assertSessionHasErrors', 'title'],
  ['assertSessionHasErrors', ['title', 'lines.0']],
  ['assertSessionHasErrors', { title: 'required', 'lines.0': ['number'] }],
]

/** What does not hold, and what the failure must say. */
const FAILS: [string, any[], RegExp][] = [
  ['assertSession', ['cart'], /expected.*session.*cart/i],
  ['assertSession', ['user.name'], /expected.*session.*user\.name/i],
  ['assertSession', ['notice'], /notice/],
  ['assertSession', ['user.id', 2], /expected 1 to .*equal 2/],
  ['assertSession', ['user.id', '1'], /expected 1 to .*equal '1'/],
  ['assertSession', ['zero', false], /expected \+?0 to .*equal false/],
  ['assertSessionMissing', ['user'], /expected.*session.*not.*user/i],
  ['assertSessionMissing', ['user.id'], /not.*user\.id/],
  ['assertSessionMissing', ['dotted.key'], /not.*dotted\.key/],
  ['assertSessionMissing', ['nothing'], /not.*nothing/],
  ['assertFlashMessage', ['warning'], /expected.*flash.*warning/i],
  ['assertFlashMessage', ['notice', 'Lost'], /expected 'Saved' to .*equal 'Lost'/],
  ['assertFlashMissing', ['notice'], /expected.*flash.*not.*notice/i],
  ['assertFlashMissing', ['errors.title'], /not.*errors\.title/],
  ['assertHasValidationError', ['body'], /error of "body".*those of "title", "lines\.0", "user"/],
  ['assertDoesNotHaveValidationError', ['title'], /no validation error of "title".*required/],
  ['assertValidationError', ['title', 'number'], /"title" to include 'number'.*required/],
  ['assertValidationError', ['body', 'required'], /error of "body"/],
  ['assertValidationErrors', ['title', ['required', 'number']], /to deeply equal/],
  ['assertValidationErrors', ['body', []], /error of "body"/],
  ['assertSessionHasErrors', [['title', 'body']], /error of "body"/],
  ['assertSessionHasErrors', [{ title: ['required', 'number'] }], /"title" to include 'number'/],
  ['assertSessionHasNoErrors', [], /no validation errors.*"title", "lines\.0"/],
]

for (const driver of ALL_DRIVERS) {
  test.group(`Assertions of the test client | ${driver}`, (group) => {
    let app: ClientApp
    let response: any

    group.setup(async () => {
      app = await startClientApp(driver, { routes })
      response = await app.client.get('/').session({ 'dotted.key': 'literal' })
      return () => app.stop()
    })

    for (const [assertion, ...args] of HOLDS) {
      test(`${assertion}(${args.map((arg) => JSON.stringify(arg)).join(', ')}) passes`, () => {
        response[assertion](...args)
      })
    }

    for (const [assertion, args, message] of FAILS) {
      test(`${assertion}(${args.map((arg) => JSON.stringify(arg)).join(', ')}) fails`, ({
        assert,
      }) => {
        const error = failureOf(() => response[assertion](...args))
        assert.equal(error.name, 'AssertionError')
        assert.match(error.message, message)
      })
    }

    test('a value that differs is shown beside the expected one', ({ assert }) => {
      const error = failureOf(() => response.assertSession('user', { id: 2 }))
      assert.deepEqual(error.actual, SESSION.user)
      assert.deepEqual(error.expected, { id: 2 })
    })

    test('dumpSession prints the session and the flash messages', ({ assert }) => {
      const lines: string[] = []
      const { log } = console
      Object.assign(console, { log: (line: string) => lines.push(line) })
      try {
        response.dumpSession({ colors: false, depth: 5 })
      } finally {
        Object.assign(console, { log })
      }

      assert.lengthOf(lines, 2)
      assert.match(lines[0], /^"session" {8}=> \{[^]*roles: \[ 'admin', 'editor' \]/)
      assert.match(lines[1], /^"flashMessages" {2}=> \{[^]*notice: 'Saved'/)
    })
  })
}
