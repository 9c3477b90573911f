import type { ContainerBindings } from '@ioc:Adonis/Core/Application'
import { decoded, parseHeader } from '../Client/lines'
import type { Visitor } from '../Client/Visitor'
import type { SessionManager } from '../SessionManager'
import { isEmpty } from '../Values/paths'
import type { Trail } from './Assertions'

type Request = InstanceType<ContainerBindings['Japa/Preset/ApiRequest']>
type Response = InstanceType<ContainerBindings['Japa/Preset/ApiResponse']>

/** One request of the test client, with the redirects that it follows. */
export class Visit {
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
