import { inspect, InspectOptions } from 'util'
import type { ContainerBindings } from '@ioc:Adonis/Core/Application'
import { decoded, parseHeader } from '../Client/lines'
import type { Visitor } from '../Client/Visitor'
import type { SessionManager } from '../SessionManager'
import { getPath, isEmpty, Values } from '../Values/paths'
import { defineAssertions, Trail } from './Assertions'

type Request = InstanceType<ContainerBindings['Japa/Preset/ApiRequest']>
type Response = InstanceType<ContainerBindings['Japa/Preset/ApiResponse']>

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

/** One request, with the redirects that it follows. */
class Visit {
  public readonly trail: Trail
  private visitor: Visitor
  private url: string
  private host: string

  /** Cookies that the test has set for this request alone. */
  private own = new Map<string, string>()

  /** @param known the visitor who makes it; `null`: one who makes no other */
  constructor(
    private request: Request,
    private known: Visitor | null,
    manager: SessionManager
  ) {
    this.visitor = known ?? manager.visitor()
    this.url = (request.request as any).url
    this.host = new URL(this.url).host
    this.trail = {
      cookieName: manager.cookieName,
      sentId: null,
      leftId: null,
      ending: null,
      lines: [],
    }
  }

  /** Stores what the test sends, and gives the request the cookies of the visitor. */
  public async begin() {
    const { request, visitor } = this
    const { sessionClient } = request
    const [values, messages] = [sessionClient.all(), sessionClient.flashMessages.all()]
    if (!this.known) {
      await visitor.begin()
    }
    if (!isEmpty(values) || !isEmpty(messages)) {
      await visitor.write(values, messages)
    }
    this.trail.sentId = await visitor.getSessionId()

    for (const { name, value } of Object.values(request.cookiesJar)) {
      this.own.set(name, encodeURIComponent(value))
    }
    for (const [name, value] of this.cookies()) {
      request.cookiesJar[name] = { name, value: decoded(value) }
    }
    ;(request.request as any).on('redirect', (response: unknown) => this.follow(response))
  }

  public async finish(response: Response) {
    const { visitor, trail } = this
    this.receive(response.response)
    response.sessionJar = await visitor.read()
    trail.leftId = await visitor.getSessionId()
    trail.ending = trail.sentId === null ? null : await visitor.endingOf(trail.sentId)
    await this.end()
  }

  /** The test gets an error in place of the response. */
  public async fail(response: unknown) {
    this.receive(response)
    await this.end()
  }

  private async end() {
    if (!this.known) {
      await this.visitor.forget()
    }
  }

  /** A followed redirect brings the cookies that it set, as with a browser: the client drops them. */
  private follow(response: unknown) {
    this.receive(response)
    const { request }: { request: any } = this.request
    this.url = request.url
    const cookies = [...this.cookies()].map((pair) => pair.join('=')).join('; ')
    if (cookies) {
      request.set('cookie', cookies)
    } else {
      request.unset('cookie')
    }
  }

  private receive(response: any) {
    const lines: string[] = response?.headers?.['set-cookie'] ?? []
    this.trail.lines.push(...lines)
    this.visitor.receive(lines, this.url)
  }

  private cookies(): Map<string, string> {
    const { visitor, url, own, host } = this
    const isOurs = new URL(url).host === host
    return new Map([...parseHeader(visitor.cookieHeader(url)), ...(isOurs ? own : [])])
  }
}

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
