import type {
  HttpContextConstructorContract,
  HttpContextContract,
} from '@ioc:Adonis/Core/HttpContext'
import type {
  AtomicDriverContract,
  Changed,
  Found,
  SessionConfig,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { Ages, Endings } from '../Endings'
import { EndingsInProcess } from '../Endings/inProcess'
import { SessionException } from '../Exceptions'
import { ExpiringMap } from '../ExpiringMap'
import { KeyRing, keyRingOf } from '../KeyRing'
import { embed, extract, needsEmbedding } from '../Serializer'
import { endsWithBrowser, LONGEST_COOKIE_IN_MS, needsMeta, Settings, settingsOf } from '../Settings'
import { isPlainObject, Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { Opened, openedBy, OpenedTexts } from '../Cookies/opened'
import { SessionCookies } from '../Cookies/session'

/** How long requests are under way that began before a session was written. */
const UNDER_WAY_IN_MS = 60_000

/**
 * Keeps the session in the browser: encrypted, with its expiry inside, in a cookie named by the id and
 * as many more (`<id>.1`, `<id>.2`) as it needs. It is bound to one request and its response.
 */
export class CookieDriver implements AtomicDriverContract {
  /** Ids that were written lately, and by which driver: what a request before has is old. */
  private static writes = new ExpiringMap<number>()
  private static drivers = 0

  public readonly encrypts = true

  /** Absent if endings are remembered in the process. */
  public endTagged: AtomicDriverContract['endTagged']
  public prune: AtomicDriverContract['prune']

  private settings: Settings
  private cookies: SessionCookies
  private number = ++CookieDriver.drivers

  /** Sessions as this request has opened them, or written them since, by id. `null`: removed. */
  private known = new Map<string, Omit<SessionRecord, 'values'> | null>()

  constructor(
    config: SessionConfig,
    private ctx: HttpContextContract,
    private endings: Endings = new EndingsInProcess(settingsOf(config))
  ) {
    this.settings = settingsOf(config)
    this.cookies = new SessionCookies(ctx, this.settings)
    this.endTagged = endings.endTagged
    this.prune = endings.prune
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
    this.cookies.drop(sessionId)
  }

  public async load(sessionId: string): Promise<Found> {
    const found = this.find(sessionId)
    const ended = await this.endings.find(sessionId, found?.meta)
    if (ended) {
      return ended
    }
    if (!found) {
      return !this.known.has(sessionId) && this.cookies.has(sessionId)
        ? {
            state: 'unreadable',
            reason: 'The session cookie could not be verified, or its time is over',
          }
        : { state: 'absent' }
    }

    const { values, json, meta } = found
    const expiresAt = meta.updatedAt ? meta.updatedAt + (meta.age ?? this.settings.ageInMs) : null
    return { state: 'stored', record: { values, json, meta, expiresAt, version: json } }
  }

  /**
   * There is nothing to compare with: each request brings its own state of the session.
   *
   * @throws E_SESSION_COOKIE_TOO_LARGE, E_SESSION_RESPONSE_SENT
   */
  public async replace(
    sessionId: string,
    record: SessionRecord,
    _: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    const admission = await this.endings.admit(sessionId, record.meta)
    if (admission.ended) {
      return { done: false, found: admission.ended }
    }
    const { json, values } = record
    if (this.ctx.response.headersSent) {
      throw SessionException.responseSent()
    }
    this.keep(sessionId, { json, values, meta: admission.meta }, ttlInMs)
    CookieDriver.writes.set(sessionId, CookieDriver.drivers, UNDER_WAY_IN_MS)
    this.dropOthers(sessionId)
    return { done: true, version: record.json }
  }

  /** Not if a request has stored the session since: the browser has newer cookies. */
  public async touch(
    sessionId: string,
    ttlInMs = this.settings.ageInMs,
    expected?: string
  ): Promise<Changed> {
    const found = this.find(sessionId)
    const admission = found && (await this.endings.admit(sessionId, found.meta))
    if (!admission || admission.ended) {
      return { done: false, found: admission?.ended ?? (await this.load(sessionId)) }
    }
    if (this.isOutdated(sessionId)) {
      const { values, json, meta } = found
      const newer = { values, json, meta, expiresAt: null, version: `newer than ${json}` }
      return { done: false, found: { state: 'stored', record: newer } }
    }
    const meta = { ...admission.meta, updatedAt: Date.now() }
    this.keep(sessionId, { ...found, meta }, ttlInMs)
    if (expected !== undefined) {
      this.dropOthers(sessionId)
    }
    return { done: true, version: found.json }
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    _: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    const ages = this.agesOf(sessionId, tombstone)
    const standing = await this.endings.end(sessionId, tombstone, ttlInMs, ages)
    if (standing) {
      return { done: false, found: standing }
    }
    this.destroy(sessionId)
    return { done: true, version: '' }
  }

  /**
   * The cookies of a session that didn't come with this request may have any age: it was named by somebody else, or the
   * browser has lost them. An id that a login has left, and that came without a session, is taken for that of a visitor
   * who had none.
   */
  private agesOf(sessionId: string, { successor }: SessionTombstone): Ages {
    const { ageInMs, absoluteAgeInMs } = this.settings
    const found = this.find(sessionId)
    const longestAgeInMs = Math.max(Math.min(LONGEST_COOKIE_IN_MS, absoluteAgeInMs), ageInMs)
    const isKnown = found || (successor && this.cookies.isNamed(sessionId))
    return {
      ageInMs: isKnown ? Math.max(found?.meta.age ?? 0, ageInMs) : longestAgeInMs,
      longestAgeInMs,
    }
  }

  private get remembered(): OpenedTexts {
    return openedBy(this.settings)
  }

  private get ring(): KeyRing {
    const { app } = this.ctx.constructor as HttpContextConstructorContract
    return keyRingOf(app!, this.settings)
  }

  /** Has a request stored the session since this one began? Then the browser has newer cookies. */
  private isOutdated(sessionId: string): boolean {
    return (CookieDriver.writes.get(sessionId) ?? 0) > this.number
  }

  /** A session of this request, its values a copy; `null` when there is none, or none we trust. */
  private find(sessionId: string): SessionRecord | null {
    const known = this.known.get(sessionId)
    if (known !== undefined) {
      return known && { ...known, values: JSON.parse(known.json) }
    }
    const opened = this.newest(sessionId)
    if (!opened) {
      return null
    }
    this.known.set(sessionId, opened)
    return { ...opened, values: JSON.parse(opened.json) }
  }

  /** What the cookies of the request hold; of several of one name, what was stored last. */
  private newest(sessionId: string) {
    const all = this.cookies.read(sessionId).flatMap((sealed) => this.open(sessionId, sealed))
    return all.reduce<Opened | null>(
      (best, next) =>
        best && (best.meta.updatedAt ?? 0) >= (next.meta.updatedAt ?? 0) ? best : next,
      null
    )
  }

  private dropOthers(sessionId: string) {
    this.cookies.dropOthers(sessionId, (id, sealed) => this.open(id, sealed).length > 0)
  }

  /** What a text of ours holds whose time is not over; else nothing. */
  private open(sessionId: string, sealed: string): Opened[] {
    const opened = this.remembered.find(sessionId, sealed) ?? this.decrypt(sessionId, sealed)
    return opened && !this.isOver(opened.meta) ? [opened] : []
  }

  private decrypt(sessionId: string, sealed: string): Opened | null {
    const stored = this.ring.decrypt(sessionId, sealed)
    if (!isPlainObject(stored)) {
      return null
    }
    const { values, meta } = extract(stored)
    const opened = { json: JSON.stringify(values), meta }
    if (meta.updatedAt !== undefined) {
      this.remembered.add(sessionId, sealed, opened)
    }
    return opened
  }

  /** The text was made to last longer if the age in the config was longer then. */
  private isOver({ updatedAt, age = this.settings.ageInMs }: SessionMeta): boolean {
    return updatedAt !== undefined && updatedAt + age < Date.now()
  }

  private keep(sessionId: string, { values, json, meta }: SessionRecord, ttlInMs: number) {
    const { touchEveryInMs } = this.settings
    const isEmbedded =
      touchEveryInMs > 0 || needsMeta(meta, this.settings) || needsEmbedding(values)
    const stored = isEmbedded ? embed(values, meta) : values
    const sealed = this.ring.encrypt(sessionId, stored, ttlInMs)

    const cookieAgeInMs = endsWithBrowser(meta, this.settings) ? null : ttlInMs
    this.cookies.write(sessionId, sealed, values, cookieAgeInMs)
    this.known.set(sessionId, { json, meta })
    const opened = { json, meta: extract(stored).meta }
    this.remembered.add(sessionId, sealed, opened, Date.now() + ttlInMs)
  }
}
