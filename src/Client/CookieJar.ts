import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { joinParts } from '../Cookies/session'
import { CookieSealer } from '../KeyRing'
import { Values } from '../Values/paths'
import { decoded, endOf, parseLine } from './lines'

/** The cookies of Set-Cookie lines, by name, as they are; `null`: it is to be dropped. */
export function parseLines(lines: string[]): Record<string, string | null> {
  return Object.fromEntries(
    lines.map(parseLine).map((line) => {
      const endsAt = endOf(line)
      const isDropped = endsAt !== null && endsAt <= Date.now()
      return [line.name, isDropped ? null : decoded(line.value)]
    })
  )
}

/** Stands in for the cookie driver in the test client: it holds what the browser would hold. */
export class CookieJar implements SessionDriverContract {
  /** The values that go out with the request, each in an encrypted cookie of this name. */
  public cookies: Record<string, Values> = {}
  private received: Record<string, string | null> = {}

  /** The same as they are sent. */
  public get encrypted(): Record<string, string> {
    const texts = Object.entries(this.cookies).map(([name, values]) => [
      name,
      this.cookieClient.encrypt(name, values),
    ])
    return Object.fromEntries(texts)
  }

  constructor(private cookieClient: CookieSealer) {}

  /** Takes over the cookies of a response, on top of those of the redirects before. */
  public receive(lines: string[]) {
    Object.assign(this.received, parseLines(lines))
  }

  public read(sessionId: string): Values | null {
    const sealed = joinParts(sessionId, (name) => this.received[name] ?? undefined)
    if (sealed) {
      return this.cookieClient.decrypt(sessionId, sealed)
    }
    return this.received[sessionId] === null ? null : (this.cookies[sessionId] ?? null)
  }

  public write(sessionId: string, values: Values) {
    this.cookies[sessionId] = values
  }

  public destroy(sessionId: string) {
    delete this.cookies[sessionId]
  }

  public touch() {}
}
