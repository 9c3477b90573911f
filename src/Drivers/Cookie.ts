import type { CookieOptions } from '@ioc:Adonis/Core/Response'
import type { EncryptionContract } from '@ioc:Adonis/Core/Encryption'
import type {
  HttpContextConstructorContract,
  HttpContextContract,
} from '@ioc:Adonis/Core/HttpContext'
import type {
  ConditionalResult,
  LoadedSession,
  SessionConfig,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  TouchResult,
} from '@ioc:Adonis/Addons/Session'
import {
  cookieLine,
  CookieToSet,
  dropCookie,
  measureCookie,
  setCookie,
  writeAsIs,
} from '../Cookies'
import { SessionException } from '../Exceptions'
import { ExpiringMap } from '../ExpiringMap'
import { embed, extract, needsEmbedding } from '../Serializer'
import { needsMeta, Settings, settingsOf } from '../Settings'
import { prevails, Tombstones } from '../Tombstones'
import { isPlainObject, Values } from '../Values/paths'
import { common } from '../Values/merge'
import { toJson } from '../Values/storable'

/** What browsers keep of one cookie, name and attributes included (RFC 6265bis, section 5.6). */
const COOKIE_LIMIT_IN_BYTES = 4096

/** Together they must fit into the 16 KB that Node.js allows for all headers of a request. */
const COOKIES_LIMIT = 3

/** `2~e:…` is the first of two parts; a session in one cookie is a plain `e:…`, as 6.4.0 writes it. */
const PARTS = /^([2-9])~/

/** How long requests are under way that began before a session was written. */
const UNDER_WAY_IN_MS = 60_000

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

/** What is left when a tombstone is over. */
const ENDED: SessionTombstone = { reason: 'revoked', values: {} }

/**
 * Keeps the session in the browser: encrypted, with its expiry inside, in a cookie named by the id and
 * as many more (`<id>.1`, `<id>.2`) as it needs. It is bound to one request and its response.
 */
export class CookieDriver implements SessionStoreContract {
  private static tombstones = new Tombstones()

  /** Ids whose time was cut short: a copy of their cookie would be good for the rest of it. */
  private static barred = new Tombstones()

  /** Ids that were written lately, and by which driver: what a request before has is old. */
  private static writes = new ExpiringMap<number>()
  private static drivers = 0

  private settings: Settings
  private number = ++CookieDriver.drivers

  /** Sessions as this request has opened them, or written them since, by id. `null`: removed. */
  private known = new Map<string, Omit<SessionRecord, 'values'> | null>()

  constructor(
    config: SessionConfig,
    private ctx: HttpContextContract
  ) {
    this.settings = settingsOf(config)
  }

  public read(sessionId: string): Values | null {
    return this.find(sessionId)?.values ?? null
  }

  public write(sessionId: string, values: Values): void {
    const json = toJson(values)
    this.keep(sessionId, { values: JSON.parse(json), json, meta: {} }, this.settings.ageInMs)
  }

  public destroy(sessionId: string): void {
    this.known.set(sessionId, null)
    for (let part = 0; part < COOKIES_LIMIT; part++) {
      this.dropPart(sessionId, part)
    }
  }

  public async touch(sessionId: string, ttlInMs = this.settings.ageInMs): Promise<TouchResult> {
    const found = this.find(sessionId)
    if (!found || this.tombstoneOf(sessionId)) {
      return false
    }
    if (this.isOutdated(sessionId)) {
      return 'newer'
    }
    this.keep(sessionId, { ...found, meta: { ...found.meta, updatedAt: Date.now() } }, ttlInMs)
    return true
  }

  public async load(sessionId: string): Promise<LoadedSession> {
    const retired = this.tombstoneOf(sessionId)
    if (retired) {
      return { retired }
    }

    const found = this.find(sessionId)
    if (!found) {
      return !this.known.has(sessionId) && this.rawCookie(sessionId) !== undefined
        ? { unreadable: 'The session cookie could not be verified, or its time is over' }
        : null
    }

    const { values, json, meta } = found
    const expiresAt = meta.updatedAt ? meta.updatedAt + (meta.age ?? this.settings.ageInMs) : null
    return { values, json, meta, expiresAt, version: json }
  }

  /** There is nothing to compare with: each request brings its own state of the session. */
  public async replace(
    sessionId: string,
    record: SessionRecord,
    _: string | null,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    if (this.tombstoneOf(sessionId)) {
      return { done: false, current: null }
    }
    this.keep(sessionId, record, ttlInMs)
    CookieDriver.writes.set(sessionId, CookieDriver.drivers, UNDER_WAY_IN_MS)
    return { done: true, version: record.json }
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    _: string | null | undefined,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const standing = CookieDriver.tombstones.get(sessionId)
    if (prevails(standing, tombstone)) {
      if (standing.successor && !tombstone.successor) {
        CookieDriver.barred.set(standing.successor, ENDED, this.settings.ageInMs)
      }
      return { done: false, current: null }
    }
    const age = this.find(sessionId)?.meta.age ?? 0
    CookieDriver.tombstones.set(sessionId, tombstone, ttlInMs)
    CookieDriver.barred.set(sessionId, ENDED, Math.max(age, this.settings.ageInMs, ttlInMs))
    this.destroy(sessionId)
    return { done: true, version: '' }
  }

  public async retired(sessionId: string): Promise<SessionTombstone | null> {
    return this.tombstoneOf(sessionId)
  }

  /** The successor is with the browser, out of reach from here, so that only its end is known. */
  private tombstoneOf(sessionId: string): SessionTombstone | null {
    const tombstone = CookieDriver.tombstones.get(sessionId) ?? CookieDriver.barred.get(sessionId)
    if (!tombstone?.successor) {
      return tombstone
    }
    const { successor, ...rest } = tombstone
    const next = this.tombstoneOf(successor)
    return next ? { ...rest, values: common(rest.values, next.values) } : rest
  }

  private get encryption(): EncryptionContract {
    const { app } = this.ctx.constructor as HttpContextConstructorContract
    return app!.container.use('Adonis/Core/Encryption')
  }

  /** Has a request stored the session since this one began? Then the browser has newer cookies. */
  private isOutdated(sessionId: string): boolean {
    return (CookieDriver.writes.get(sessionId) ?? 0) > this.number
  }

  private rawCookie(name: string): string | undefined {
    const value = this.ctx.request.cookiesList()[name]
    return typeof value === 'string' ? value : undefined
  }

  /** A session of this request, its values a copy; `null` when there is none, or none we trust. */
  private find(sessionId: string): SessionRecord | null {
    const known = this.known.get(sessionId)
    if (known !== undefined) {
      return known && { ...known, values: JSON.parse(known.json) }
    }
    const opened = this.open(sessionId)
    if (!opened) {
      return null
    }
    const { values, meta } = extract(opened)
    const json = JSON.stringify(values)
    this.known.set(sessionId, { json, meta })
    return { values, json, meta }
  }

  /** The values in the cookies of the request, with our notes among them. */
  private open(sessionId: string): Values | null {
    const sealed = joinParts(sessionId, (name) => this.rawCookie(name))
    if (!sealed) {
      return null
    }

    try {
      const values = this.encryption.decrypt(sealed.slice('e:'.length), sessionId)
      return isPlainObject(values) ? values : null
    } catch {
      return null
    }
  }

  private keep(sessionId: string, { values, json, meta }: SessionRecord, ttlInMs: number) {
    const { touchEveryInMs } = this.settings
    const needsNotes =
      touchEveryInMs > 0 || needsMeta(meta, this.settings) || needsEmbedding(values)
    const stored = needsNotes ? embed(values, meta) : values
    const sealed = `e:${this.encryption.encrypt(stored, ttlInMs, sessionId)}`

    const parts = this.split(sessionId, sealed, values, ttlInMs)
    parts.forEach((part, index) => this.setPart(sessionId, index, part, ttlInMs))
    for (let part = parts.length; part < COOKIES_LIMIT; part++) {
      this.dropPart(sessionId, part)
    }
    this.known.set(sessionId, { json, meta })
  }

  private split(sessionId: string, sealed: string, values: Values, ttlInMs: number): string[] {
    const emptyLine = this.withPart(sessionId, 0, '', ttlInMs, (cookie, write) =>
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

  private setPart(sessionId: string, part: number, value: string, ttlInMs: number) {
    this.withPart(sessionId, part, value, ttlInMs, (cookie, write) =>
      setCookie(this.ctx.response, cookie, write)
    )
  }

  private withPart<T>(
    sessionId: string,
    part: number,
    value: string,
    ttlInMs: number,
    use: (cookie: CookieToSet, write: (options: Partial<CookieOptions>) => void) => T
  ): T {
    const name = partName(sessionId, part)
    const { cookie: attributes, clearWithBrowser } = this.settings
    const maxAgeInSeconds = clearWithBrowser ? null : Math.ceil(ttlInMs / 1000)
    return use({ name, attributes, maxAgeInSeconds }, (options) =>
      writeAsIs(this.ctx.response, name, value, options)
    )
  }

  private dropPart(sessionId: string, part: number) {
    const name = partName(sessionId, part)
    if (this.rawCookie(name) !== undefined || cookieLine(this.ctx.response, name)) {
      dropCookie(this.ctx.response, name, this.settings.cookie)
    }
  }
}

function largestKeys(values: Values): string[] {
  return Object.keys(values)
    .map((key) => ({ key, bytes: Buffer.byteLength(JSON.stringify(values[key])) }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, 3)
    .map(({ key, bytes }) => `"${key}" (${bytes} bytes)`)
}
