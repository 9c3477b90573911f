import { inspect, InspectOptions } from 'util'
import type { ContainerBindings } from '@ioc:Adonis/Core/Application'
import type { Visitor } from '../Client/Visitor'
import type { SessionManager } from '../SessionManager'
import { getPath, Values } from '../Values/paths'
import { defineAssertions } from './Assertions'
import { Visit } from './Visit'

type Request = InstanceType<ContainerBindings['Japa/Preset/ApiRequest']>

/** Values that a test sends with its request, by the name of the method. */
const SENDERS = {
  session: (client: any) => client,
  withSession: (client: any) => client,
  flashMessages: (client: any) => client.flashMessages,
  withFlashMessages: (client: any) => client.flashMessages,
} as const

/** The methods of a visitor, beside those of the client that it makes its requests with. */
const OF_VISITOR = [
  'getSessionId',
  'getSession',
  'setSession',
  'getFlashMessages',
  'setFlashMessages',
  'cookieHeader',
  'receive',
  'travel',
  'closeBrowser',
  'forget',
] as const

/** Gives the test client of `@japa/preset-adonis` its session methods. */
export function defineTestsBindings(
  ApiRequest: ContainerBindings['Japa/Preset/ApiRequest'],
  ApiResponse: ContainerBindings['Japa/Preset/ApiResponse'],
  ApiClient: ContainerBindings['Japa/Preset/ApiClient'],
  Session: SessionManager
) {
  const visitors = new WeakMap<Request, Visitor>()
  const visits = new WeakMap<Request, Visit>()

  ApiRequest.getter('sessionClient', () => Session.client(), true)

  for (const [name, storeOf] of Object.entries(SENDERS)) {
    ApiRequest.macro(name as keyof typeof SENDERS, function (values: Values) {
      Session.requireEnabled(`Cannot send "${name}" with a request`)
      storeOf(this.sessionClient).merge(values)
      return this
    })
  }

  ApiResponse.macro('session', function (key?: string) {
    const values = this.sessionJar?.session ?? {}
    return key === undefined ? values : getPath(values, key)
  })

  ApiResponse.macro('flashMessages', function () {
    return this.sessionJar?.flashMessages ?? {}
  })

  ApiResponse.macro('flashMessage', function (key) {
    return getPath(this.flashMessages(), key)
  })

  ApiResponse.getter('sessionBag', function () {
    return { values: this.session(), flashMessages: this.flashMessages() }
  })

  ApiResponse.macro('dumpSession', function (options?: InspectOptions) {
    const print = { depth: 2, colors: Boolean(process.stdout.isTTY), ...options }
    console.log(`"session"        => ${inspect(this.session(), print)}`)
    console.log(`"flashMessages"  => ${inspect(this.flashMessages(), print)}`)
    return this
  })

  defineAssertions(ApiResponse, ({ request }) => visits.get(request)?.trail)

  ApiClient.macro('visitor', function () {
    Session.requireEnabled('Cannot make a visitor')
    const visitor = Session.visitor()
    const client = Object.create(this)
    client.request = (endpoint: string, method: string) => {
      const request = this.request(endpoint, method)
      visitors.set(request, visitor)
      return request
    }
    OF_VISITOR.forEach((name) => (client[name] = visitor[name].bind(visitor)))
    return client
  })

  if (!Session.isEnabled()) {
    return
  }

  ApiClient.onRequest((request) => {
    request.setup(async () => {
      const visit = new Visit(request, visitors.get(request) ?? null, Session)
      visits.set(request, visit)
      await visit.begin()
      return (error: any) => (error ? visit.fail(error.response) : undefined)
    })

    request.teardown((response) => visits.get(request)!.finish(response))
  })
}
