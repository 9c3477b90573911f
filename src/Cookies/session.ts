import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { CookieOptions } from '@ioc:Adonis/Core/Response'
import {
  cookieLine,
  CookieToSet,
  cookieValues,
  dropCookie,
  measureCookie,
  setCookie,
  writeAsIs,
} from './index'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { Values } from '../Values/paths'

/** What browsers keep of one cookie, name and attributes included (RFC 6265bis, section 5.6). */
const COOKIE_LIMIT_IN_BYTES = 4096

/** Together they must fit into the 16 KB that Node.js allows for all headers of a request. */
const COOKIES_LIMIT = 3

/** `2~e:…` is the first of two parts; a session in one cookie is a plain `e:…`, as 6.4.0 writes it. */
const PARTS = /^([2-9])~/

/** Named by an id of ours or a `cuid` of 6.4.0, the further parts with a number. */
const SESSION_COOKIE = /^([0-9a-f]{40}|c[0-9a-z]{24})(\.[12])?$/

function partName(sessionId: string, part: number) {
  return part === 0 ? sessionId : `${sessionId}.${part}`
}

/** The encrypted text of a session from its cookies; `null` when there is none. */
export function joinParts(
  sessionId: string,
  valueOf: (name: string) => string | undefined
): string | null {
  const first = valueOf(sessionId) ?? ''
  const count = Math.min(Number(PARTS.exec(first)?.[1] ?? 1), COOKIES_LIMIT)
  const rest = Array.from({ length: count - 1 }, (_, n) => valueOf(partName(sessionId, n + 1)))
  const sealed = [first.replace(PARTS, ''), ...rest].join('')
  return sealed.startsWith('e:') ? sealed : null
}

/** The cookies that hold sessions: those of one request, and those of its response. */
export class SessionCookies {
  constructor(
    private ctx: HttpContextContract,
    private settings: Settings
  ) {}

  public has(sessionId: string): boolean {
    return this.rawCookie(sessionId) !== undefined
  }

  /** The encrypted texts of a session: several where the browser has cookies of several domains or paths. */
  public read(sessionId: string): string[] {
    const first = cookieValues(this.ctx.request, sessionId)
    const texts = first.map((_, nth) =>
      joinParts(sessionId, (name) => {
        const values = cookieValues(this.ctx.request, name)
        return values[nth] ?? values[0]
      })
    )
    return texts.filter((text): text is string => text !== null)
  }

  /**
   * Sets as many cookies as the text needs. `values` are those in it, for the error.
   *
   * @throws E_SESSION_COOKIE_TOO_LARGE
   */
  public write(sessionId: string, sealed: string, values: Values, ageInMs: number | null) {
    const parts = this.split(sessionId, sealed, values, ageInMs)
    parts.forEach((part, index) => this.setPart(sessionId, index, part, ageInMs))
    this.drop(sessionId, parts.length)
  }

  /** Drops the cookies of a session from this part on. */
  public drop(sessionId: string, from = 0) {
    for (let part = from; part < COOKIES_LIMIT; part++) {
      this.dropPart(sessionId, part)
    }
  }

  /**
   * Drops the cookies of sessions that the browser had before: each is up to 12 KB, and the headers of a
   * request have room for one.
   */
  public dropOthers(sessionId: string) {
    for (const [name, value] of Object.entries(this.ctx.request.cookiesList())) {
      const [id] = name.split('.')
      if (id !== sessionId && SESSION_COOKIE.test(name) && isSealed(name, value)) {
        dropCookie(this.ctx.response, name, this.settings.cookieFor(this.ctx))
      }
    }
  }

  private rawCookie(name: string): string | undefined {
    const value = this.ctx.request.cookiesList()[name]
    return typeof value === 'string' ? value : undefined
  }

  private split(
    sessionId: string,
    sealed: string,
    values: Values,
    ageInMs: number | null
  ): string[] {
    const emptyLine = this.withPart(sessionId, 0, '', ageInMs, (cookie, write) =>
      measureCookie(this.ctx.response, cookie, write)
    )
    // Of what is sealed, the colon alone takes more than one byte in a cookie.
    if (emptyLine + sealed.length + '%3A'.length - ':'.length <= COOKIE_LIMIT_IN_BYTES) {
      return [sealed]
    }

    const room = COOKIE_LIMIT_IN_BYTES - emptyLine - '2~.1'.length - '%3A%7E'.length
    const needed = Math.ceil(sealed.length / room)
    if (needed > COOKIES_LIMIT) {
      const bytes = sealed.length + needed * (COOKIE_LIMIT_IN_BYTES - room)
      const limit = COOKIES_LIMIT * COOKIE_LIMIT_IN_BYTES
      throw SessionException.cookieTooLarge(bytes, limit, largestKeys(values))
    }
    return Array.from({ length: needed }, (_, index) => {
      const part = sealed.slice(index * room, (index + 1) * room)
      return index === 0 ? `${needed}~${part}` : part
    })
  }

  private setPart(sessionId: string, part: number, value: string, ageInMs: number | null) {
    this.withPart(sessionId, part, value, ageInMs, (cookie, write) =>
      setCookie(this.ctx.response, cookie, write)
    )
  }

  private withPart<T>(
    sessionId: string,
    part: number,
    value: string,
    ageInMs: number | null,
    use: (cookie: CookieToSet, write: (options: Partial<CookieOptions>) => void) => T
  ): T {
    const name = partName(sessionId, part)
    const cookie = { name, attributes: this.settings.cookieFor(this.ctx), ageInMs }
    return use(cookie, (options) => writeAsIs(this.ctx.response, name, value, options))
  }

  private dropPart(sessionId: string, part: number) {
    const name = partName(sessionId, part)
    if (this.rawCookie(name) !== undefined || cookieLine(this.ctx.response, name)) {
      dropCookie(this.ctx.response, name, this.settings.cookieFor(this.ctx))
    }
  }
}

/** Is it the first part of a session, or a further one, which is any text? */
function isSealed(name: string, value: unknown): boolean {
  const isFurther = name.includes('.')
  return typeof value === 'string' && (isFurther || value.replace(PARTS, '').startsWith('e:'))
}

function largestKeys(values: Values): string[] {
  return Object.keys(values)
    .map((key) => ({ key, bytes: Buffer.byteLength(JSON.stringify(values[key])) }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, 3)
    .map(({ key, bytes }) => `"${key}" (${bytes} bytes)`)
}
