import { inspect, InspectOptions } from 'util'
import type { ContainerBindings } from '@ioc:Adonis/Core/Application'
import type { SessionManagerContract } from '@ioc:Adonis/Addons/Session'
import { withCookies } from '../Client/CookieJar'
import { getPath, Values } from '../Values/paths'

/** The assertions, by name: what they look in, and whether the key must be there. */
const ASSERTIONS = {
  assertSession: { of: 'session', present: true },
  assertSessionMissing: { of: 'session', present: false },
  assertFlashMessage: { of: 'flashMessages', present: true },
  assertFlashMissing: { of: 'flashMessages', present: false },
} as const

/** Values that a test sends with its request, by the name of the method. */
const SENDERS = {
  session: (client: any) => client,
  flashMessages: (client: any) => client.flashMessages,
} as const

/** A followed redirect brings the cookies that it set, as with a browser: the client drops them. */
function followRedirects(request: any, onRedirect: (lines: string[]) => void) {
  request.on('redirect', (response: { headers: Record<string, any> }) => {
    const lines: string[] = response.headers['set-cookie'] ?? []
    onRedirect(lines)
    if (request.get('cookie')) {
      request.set('cookie', withCookies([request.get('cookie')].flat(), lines))
    }
  })
}

/** Gives the test client of `@japa/preset-adonis` its session methods. */
export function defineTestsBindings(
  ApiRequest: ContainerBindings['Japa/Preset/ApiRequest'],
  ApiResponse: ContainerBindings['Japa/Preset/ApiResponse'],
  ApiClient: ContainerBindings['Japa/Preset/ApiClient'],
  Session: SessionManagerContract
) {
  ApiRequest.getter('sessionClient', () => Session.client(), true)

  for (const [name, storeOf] of Object.entries(SENDERS)) {
    ApiRequest.macro(name as keyof typeof SENDERS, function (values: Values) {
      if (!Session.isEnabled()) {
        throw new Error(
          `Cannot send "${name}" with a request. Make sure to enable sessions inside the "config/session" file`
        )
      }
      storeOf(this.sessionClient).merge(values)
      return this
    })
  }

  ApiResponse.macro('session', function () {
    return this.sessionJar?.session ?? {}
  })

  ApiResponse.macro('flashMessages', function () {
    return this.sessionJar?.flashMessages ?? {}
  })

  for (const [name, { of, present }] of Object.entries(ASSERTIONS)) {
    ApiResponse.macro(name as 'assertSession', function (key: string, value?: any) {
      this.ensureHasAssert()
      const actual = getPath(this[of](), key)
      if (!present) {
        return this.assert!.isUndefined(actual, `expected ${of} to not have "${key}"`)
      }
      this.assert!.isDefined(actual, `expected ${of} to have "${key}"`)
      if (value !== undefined) {
        this.assert!.deepEqual(actual, value)
      }
    })
  }

  ApiResponse.macro('dumpSession', function (options?: InspectOptions) {
    const print = { depth: 2, colors: Boolean(process.stdout.isTTY), ...options }
    console.log(`"session"        => ${inspect(this.session(), print)}`)
    console.log(`"flashMessages"  => ${inspect(this.flashMessages(), print)}`)
    return this
  })

  if (!Session.isEnabled()) {
    return
  }

  ApiClient.onRequest((request) => {
    request.setup(async ({ sessionClient }) => {
      const { cookieName, signedSessionId, encryptedCookies } = await sessionClient.commit()
      const sent = { [cookieName]: signedSessionId, ...encryptedCookies }
      for (const [name, value] of Object.entries(sent)) {
        request.cookiesJar[name] = { name, value }
      }
      followRedirects(request.request, (lines) => sessionClient.follow(lines))
      return async (error: any) => {
        if (error) {
          await sessionClient.forgetAfter(error.response?.headers?.['set-cookie'] ?? [])
        }
      }
    })

    request.teardown(async (response) => {
      const { sessionClient } = response.request
      const lines = response.headers()['set-cookie'] as unknown as string[] | undefined
      response.sessionJar = await sessionClient.load(response.cookies(), lines)
      await sessionClient.forget()
    })
  })
}
