import type { ContainerBindings } from '@ioc:Adonis/Core/Application'
import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { getPath, isPlainObject, Values } from '../Values/paths'

/** What the cookies of a request and its responses say. */
export interface Trail {
  cookieName: string
  /** The id that the request was sent with; `null`: none. */
  sentId: string | null
  /** The id after the response; `null`: none. */
  leftId: string | null
  /** Why the id that was sent is retired; `null`: it is not. */
  ending: SessionTombstone['reason'] | null
  /** The Set-Cookie lines of the response, and of the redirects before it. */
  lines: string[]
}

type Response = InstanceType<ContainerBindings['Japa/Preset/ApiResponse']>

/** The assertions on a key, by name: what they look in, and whether the key must be there. */
const ON_KEYS = {
  assertSession: { of: 'session', present: true },
  assertSessionMissing: { of: 'session', present: false },
  assertFlashMessage: { of: 'flashMessages', present: true },
  assertFlashMissing: { of: 'flashMessages', present: false },
} as const

/** Messages are for one page: it may have been one that the client was led to. */
function hintOf(response: Response): string {
  return response.redirects().length
    ? '. The client followed a redirect, and its page has received the messages of the response before: use redirects(0)'
    : ''
}

/** Where the validator puts the messages of a field. `inputErrorsBag` has them alone. */
const BAGS = ['inputErrorsBag', 'errors']

function bagsOf(response: Response): Values[] {
  const messages = response.flashMessages()
  return BAGS.map((name) => messages[name]).filter(isPlainObject)
}

/** The messages of a field. A name such as `user.email` is one key, or else a path. */
function messagesOf(response: Response, field: string): unknown[] {
  const found = bagsOf(response).map((bag) => getPath(bag, field))
  return [found.find((messages) => messages !== undefined) ?? []].flat()
}

function fieldsOf(response: Response): string[] {
  return [...new Set(bagsOf(response).flatMap(Object.keys))]
}

/** Says whether something holds, and what was there instead. */
function evaluate(response: Response, holds: boolean, message: string, shown: object = {}) {
  response.ensureHasAssert()
  response.assert!.evaluate(holds, message, { operator: 'session', ...shown } as any)
}

function assertHasErrors(response: Response, field: string, messages: unknown[] = []) {
  const actual = messagesOf(response, field)
  evaluate(
    response,
    actual.length > 0,
    `expected a validation error of "${field}", and there are ${inWords(fieldsOf(response))}${hintOf(response)}`
  )
  for (const message of messages) {
    evaluate(
      response,
      actual.includes(message),
      `expected the validation errors of "${field}" to include #{exp}, and they are #{act}`,
      { expected: message, actual }
    )
  }
}

function assertHasNoErrors(response: Response, field: string) {
  const actual = messagesOf(response, field)
  evaluate(
    response,
    actual.length === 0,
    `expected no validation error of "${field}", and there is #{act}`,
    { actual }
  )
}

function inWords(fields: string[]): string {
  return fields.length ? `those of ${fields.map((field) => `"${field}"`).join(', ')}` : 'none'
}

/** `'title'`, `['title', 'body']`, or `{ title: 'is required' }`, as fields and their messages. */
function expectedErrors(
  fields: string | string[] | Values
): [field: string, messages: unknown[]][] {
  return isPlainObject(fields)
    ? Object.entries(fields).map(([field, messages]) => [field, [messages].flat()])
    : [fields].flat().map((field) => [field, []])
}

/** Gives the responses of the test client what they say about sessions. */
export function defineAssertions(
  ApiResponse: ContainerBindings['Japa/Preset/ApiResponse'],
  trailOf: (response: Response) => Trail | undefined
) {
  for (const [name, { of, present }] of Object.entries(ON_KEYS)) {
    ApiResponse.macro(name as 'assertSession', function (key: string, value?: any) {
      this.ensureHasAssert()
      const actual = getPath(this[of](), key)
      if (!present) {
        return this.assert!.isUndefined(actual, `expected ${of} to not have "${key}"`)
      }
      const hint = of === 'flashMessages' ? hintOf(this) : ''
      this.assert!.isDefined(actual, `expected ${of} to have "${key}"${hint}`)
      if (value !== undefined) {
        this.assert!.deepEqual(actual, value)
      }
    })
  }

  ApiResponse.macro('assertHasValidationError', function (field) {
    assertHasErrors(this, field)
  })

  ApiResponse.macro('assertDoesNotHaveValidationError', function (field) {
    assertHasNoErrors(this, field)
  })

  ApiResponse.macro('assertValidationError', function (field, message) {
    assertHasErrors(this, field, [message])
  })

  ApiResponse.macro('assertValidationErrors', function (field, messages) {
    assertHasErrors(this, field)
    this.assert!.deepEqual(messagesOf(this, field), messages)
  })

  ApiResponse.macro('assertSessionHasErrors', function (fields) {
    if (fields === undefined) {
      const isAny = fieldsOf(this).length > 0
      return evaluate(this, isAny, `expected validation errors, and there are none${hintOf(this)}`)
    }
    expectedErrors(fields).forEach(([field, messages]) => assertHasErrors(this, field, messages))
  })

  ApiResponse.macro('assertSessionHasNoErrors', function () {
    const fields = fieldsOf(this)
    const message = `expected no validation errors, and there are ${inWords(fields)}`
    evaluate(this, fields.length === 0, message)
  })

  ApiResponse.macro('assertRegenerated', function () {
    const { sentId = null, leftId = null, ending = null } = trailOf(this) ?? {}
    evaluate(
      this,
      sentId !== null,
      'expected the session to have a new id, and the visitor had no session before the request. Give it one with "withSession", or make a request before'
    )
    evaluate(
      this,
      leftId !== null && leftId !== sentId && ending !== 'rotated',
      ending === 'rotated'
        ? 'expected the session to have a new id by "regenerate", and it has one because of "rotateEvery" in the config'
        : 'expected the session to have a new id, and it has the one from before the request'
    )
  })

  ApiResponse.macro('assertNoSessionCookie', function () {
    const { cookieName, lines = [] } = trailOf(this) ?? {}
    const set = lines.filter((line) => line.startsWith(`${cookieName}=`))
    evaluate(this, set.length === 0, `expected no "${cookieName}" cookie, and there is #{act}`, {
      actual: set.join(', '),
    })
  })
}
