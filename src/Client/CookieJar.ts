import type { CookieClientContract } from '@ioc:Adonis/Core/CookieClient'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { joinParts } from '../Cookies/session'
import { Values } from '../Values/paths'

/** The cookies of Set-Cookie lines, by name, as they are. */
export function parseLines(lines: string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))]
    })
  )
}

/** Stands in for the cookie driver in the test client: it holds what the browser would hold. */
export class CookieJar implements SessionDriverContract {
  /** The values that go out with the request, each in an encrypted cookie of this name. */
  public cookies: Record<string, Values> = {}
  private received: Record<string, string> = {}

  constructor(private cookieClient: CookieClientContract) {}

  /** Takes over the cookies of a response. */
  public receive(lines: string[]) {
    this.received = parseLines(lines)
  }

  public read(sessionId: string): Values | null {
    const sealed = joinParts(sessionId, (name) => this.received[name])
    return sealed ? this.cookieClient.decrypt(sessionId, sealed) : (this.cookies[sessionId] ?? null)
  }

  public write(sessionId: string, values: Values) {
    this.cookies[sessionId] = values
  }

  public destroy(sessionId: string) {
    delete this.cookies[sessionId]
  }

  public touch() {}
}
