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
import { largestKeys } from '../Values/sizes'

/** What browsers keep of one cookie, name and attributes included (RFC 6265bis, section 5.6). */
const COOKIE_LIMIT_IN_BYTES = 4096

/** So many hold what `maxCookieBytes` allows at most. */
const COOKIES_LIMIT = 3

/** More than the name and the attributes of a cookie take, but for its path and its domain. */
const ATTRIBUTES_BYTES = 512

/** An HMAC with SHA-256, as Base64 without padding. */
const SIGNATURE_BYTES = 43

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

  /** Is the id in a cookie of our name, signed by whichever key? */
  public isNamed(sessionId: string): boolean {
    const texts = cookieValues(this.ctx.request, this.settings.cookieName)
    return texts.some((text) => idIn(text) === sessionId)
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
   * Drops the cookies of sessions that the browser had before: the headers of a request have room for one. Those
   * of another app on the same host stay.
   */
  public dropOthers(sessionId: string, isOurs: (id: string, sealed: string) => boolean) {
    const names = Object.keys(this.ctx.request.cookiesList()).filter((name) =>
      SESSION_COOKIE.test(name)
    )
    for (const id of new Set(names.map((name) => name.split('.')[0]))) {
      if (
        id !== sessionId &&
        (this.isNamed(id) || this.read(id).every((text) => isOurs(id, text)))
      ) {
        this.drop(id)
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
    const parts = this.partsOf(sessionId, sealed, ageInMs)
    const limit = this.settings.maxCookieBytes
    const bytes = this.requestBytes(sessionId, parts)
    if (bytes > limit || parts.length > COOKIES_LIMIT) {
      throw SessionException.cookieTooLarge(bytes, limit, largestKeys(values))
    }
    return parts
  }

  private partsOf(sessionId: string, sealed: string, ageInMs: number | null): string[] {
    const { path = '', domain = '' } = this.settings.cookieFor(this.ctx)
    const most = sealed.length + ATTRIBUTES_BYTES + path.length + domain.length
    if (most <= COOKIE_LIMIT_IN_BYTES) {
      return [sealed]
    }
    const emptyLine = this.withPart(sessionId, 0, '', ageInMs, (cookie, write) =>
      measureCookie(this.ctx.response, cookie, write)
    )
    // Of what is sealed, the colon alone takes more than one byte in a cookie.
    if (emptyLine + sealed.length + '%3A'.length - ':'.length <= COOKIE_LIMIT_IN_BYTES) {
      return [sealed]
    }

    const room = COOKIE_LIMIT_IN_BYTES - emptyLine - '2~.1'.length - '%3A%7E'.length
    const needed = Math.ceil(sealed.length / room)
    return Array.from({ length: needed }, (_, index) => {
      const part = sealed.slice(index * room, (index + 1) * room)
      return index === 0 ? `${needed}~${part}` : part
    })
  }

  /** What a request has for this session in its `Cookie` header, the id cookie included. */
  private requestBytes(sessionId: string, parts: string[]): number {
    const { cookieName } = this.settings
    const id = JSON.stringify({ message: sessionId, purpose: cookieName }).length
    const cookies = [
      cookieName.length + 's%3A.'.length + Math.ceil((id * 4) / 3) + SIGNATURE_BYTES,
      ...parts.map(
        (part, nth) => partName(sessionId, nth).length + encodeURIComponent(part).length
      ),
    ]
    return cookies.reduce((sum, bytes) => sum + bytes + '=; '.length, 0)
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

/** The id in a signed text, whoever has signed it. */
function idIn(text: string): unknown {
  try {
    const [message] = text.slice('s:'.length).split('.')
    return JSON.parse(Buffer.from(message, 'base64url').toString()).message
  } catch {
    return undefined
  }
}
