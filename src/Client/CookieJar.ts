import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { joinParts } from '../Cookies/session'
import { CookieSealer } from '../KeyRing'
import { Values } from '../Values/paths'

/** The cookies of Set-Cookie lines, by name, as they are; `null`: it is to be dropped. */
export function parseLines(lines: string[]): Record<string, string | null> {
  return Object.fromEntries(
    lines.map((line) => {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      const isDropped = /;\s*max-age=(0|-\d+)/i.test(line)
      return [pair.slice(0, at), isDropped ? null : decoded(pair.slice(at + 1))]
    })
  )
}

/** A Cookie header with what Set-Cookie lines say since, each as it came. */
export function withCookies(sent: string[], lines: string[]): string {
  const pairs = sent
    .flatMap((text) => text.split('; '))
    .concat(lines.map((line) => line.split(';')[0]))
  const byName = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair]))
  const dropped = Object.entries(parseLines(lines)).filter(([, value]) => value === null)
  dropped.forEach(([name]) => byName.delete(name))
  return [...byName.values()].join('; ')
}

/** A cookie of the app may be anything. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
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
