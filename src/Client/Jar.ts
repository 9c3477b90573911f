import type { VisitorCookies } from './StoredSession'
import { endOf, parseLine } from './lines'

interface Cookie {
  name: string
  value: string
  path: string
  /** Milliseconds since the epoch; `null`: it ends with the browser. */
  endsAt: number | null
}

/** Stands in for the address where nobody has made a request yet. */
const NO_URL = 'http://localhost/'

/**
 * The cookies of a visitor, as a browser keeps them: by name and path, for as long as they last. `domain` and
 * `secure` don't matter, since the test visits the app under another name than its users do.
 */
export class Jar implements VisitorCookies {
  private cookies = new Map<string, Cookie>()

  /** The host and port that the first request went to. Others get no cookies. */
  private host: string | undefined

  public headers() {
    const cookie = pairs(this.alive)
    return this.host === undefined ? { cookie } : { host: this.host, cookie }
  }

  public receive(lines: string[], url?: string) {
    if (url && !this.isOurs(url)) {
      return
    }
    lines.map(parseLine).forEach((line) => {
      const { name, value, attributes } = line
      const { pathname } = new URL(url ?? NO_URL)
      const path = attributes.path?.startsWith('/') ? attributes.path : directoryOf(pathname)
      this.cookies.delete(`${name};${path}`)
      this.cookies.set(`${name};${path}`, { name, value, path, endsAt: endOf(line) })
    })
  }

  /** The Cookie header of a request. Longer paths come first (RFC 6265, section 5.4). */
  public headerFor(url: string): string {
    const { pathname } = new URL(url)
    const sent = this.isOurs(url) ? this.alive.filter(({ path }) => isWithin(pathname, path)) : []
    return pairs(sent.sort((one, other) => other.path.length - one.path.length))
  }

  public age(timeInMs: number) {
    this.cookies.forEach((cookie) => {
      cookie.endsAt = cookie.endsAt === null ? null : cookie.endsAt - timeInMs
    })
  }

  /** Drops the cookies that end with the browser. */
  public closeBrowser() {
    this.cookies.forEach(({ endsAt }, key) => endsAt === null && this.cookies.delete(key))
  }

  private get alive(): Cookie[] {
    const now = Date.now()
    return [...this.cookies.values()].filter(({ endsAt }) => endsAt === null || endsAt > now)
  }

  private isOurs(url: string): boolean {
    const { host } = new URL(url)
    return host === (this.host ??= host)
  }
}

function pairs(cookies: Cookie[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

/** The default path of a cookie (RFC 6265, section 5.1.4). */
function directoryOf(pathname: string): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/'
}

/** RFC 6265, section 5.1.4. */
function isWithin(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}
