import type {
  AtomicDriverContract,
  Changed,
  Found,
  ListedSession,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { ExpiringMap } from '../ExpiringMap'
import { prevails, Tombstones } from '../Tombstones'
import { REFUSED_IN_MS } from '../Tombstones/age'
import { isPlainObject } from '../Values/paths'
import { toJson } from '../Values/storable'

/** Two would do to drop more than are added. */
const SWEPT_PER_WRITE = 4

/** What the driver knows of the values it has put there; it knows nothing of those that a test has put. */
interface Known {
  values: Record<string, any>
  meta: SessionMeta
  expiresAt: number | null
}

/** A record without a copy of its values. */
type Text = Omit<StoredRecord, 'values'>

/**
 * Keeps sessions in this process. Meant for tests: the same semantics as the drivers of production,
 * JSON values, copied in and out.
 */
export class MemoryDriver implements AtomicDriverContract {
  /** The values of all sessions by their ids. A test may look into it and set what it needs. */
  public static sessions: Map<string, Record<string, any>> = new Map()

  private static known = new Map<string, Known>()

  /** Where the search for expired sessions stands. */
  private static sweep = MemoryDriver.known.keys()

  private static tombstones = new Tombstones()

  /** Sessions with a tag that have expired lately: a request under way may store them again. */
  private static lately = new ExpiringMap<SessionMeta>()

  public read(sessionId: string): Record<string, any> | null {
    return this.find(sessionId)?.values ?? null
  }

  public write(sessionId: string, values: Record<string, any>): void {
    this.keep(sessionId, toJson(values), { meta: {}, expiresAt: null })
  }

  public destroy(sessionId: string): void {
    MemoryDriver.sessions.delete(sessionId)
  }

  public async load(sessionId: string): Promise<Found> {
    const retired = MemoryDriver.tombstones.find(sessionId)
    if (retired) {
      return retired
    }
    const values = MemoryDriver.sessions.get(sessionId)
    if (values !== undefined && !isPlainObject(values)) {
      MemoryDriver.sessions.delete(sessionId)
      return {
        state: 'unreadable',
        reason: 'MemoryDriver.sessions held something else than an object of values',
      }
    }
    const record = this.find(sessionId)
    return record ? { state: 'stored', record } : { state: 'absent' }
  }

  public replace(
    sessionId: string,
    { json, meta }: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    return this.change(sessionId, expected, () => {
      this.dropSomeOver()
      this.keep(sessionId, json, { meta, expiresAt: Date.now() + ttlInMs })
      return versionOf(json, meta)
    })
  }

  public async touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<Changed> {
    if (!this.textOf(sessionId)) {
      return { done: false, found: await this.load(sessionId) }
    }
    return this.change(sessionId, expected, (current) => {
      const known = this.knownOf(sessionId)
      if (known && ttlInMs !== undefined) {
        known.expiresAt = Date.now() + ttlInMs
      }
      return current!.version
    })
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    const standing = MemoryDriver.tombstones.find(sessionId)
    if (standing) {
      MemoryDriver.sessions.delete(sessionId)
      return prevails(standing.tombstone, tombstone)
        ? { done: false, found: standing }
        : { done: true, version: '' }
    }
    return this.change(sessionId, expected, () => {
      MemoryDriver.tombstones.set(sessionId, tombstone, ttlInMs)
      MemoryDriver.sessions.delete(sessionId)
      return ''
    })
  }

  public async *tagged(tag: string): AsyncGenerator<ListedSession> {
    const { sessions, lately } = MemoryDriver
    const metaOf = (id: string) => this.knownOf(id)?.meta ?? lately.get(id)
    const ids = new Set([...lately.keys(), ...sessions.keys()])
    const tagged = [...ids].map((id) => ({ id, meta: metaOf(id) }))
    for (const { id, meta } of tagged.filter((one) => one.meta?.tag === tag)) {
      yield { sessionId: id, record: this.find(id), handle: meta!.handle }
    }
  }

  public async *list(): AsyncGenerator<ListedSession> {
    for (const sessionId of [...MemoryDriver.sessions.keys()]) {
      const record = this.find(sessionId)
      if (record) {
        yield { sessionId, record }
      }
    }
  }

  /** Makes a change, if no tombstone stands there and the record is what is expected. */
  private async change(
    sessionId: string,
    expected: string | null | undefined,
    make: (current: Text | null) => string
  ): Promise<Changed> {
    const current = this.textOf(sessionId)
    const isExpected = expected === undefined || (current?.version ?? null) === expected
    return isExpected && !MemoryDriver.tombstones.get(sessionId)
      ? { done: true, version: make(current) }
      : { done: false, found: await this.load(sessionId) }
  }

  private find(sessionId: string): StoredRecord | null {
    const text = this.textOf(sessionId)
    return text && { ...text, values: JSON.parse(text.json) }
  }

  /** The JSON of the values as they are now: a test may have changed them in place. */
  private textOf(sessionId: string): Text | null {
    this.dropIfOver(sessionId)
    const values = MemoryDriver.sessions.get(sessionId)
    if (!isPlainObject(values)) {
      return null
    }
    const { meta, expiresAt } = this.knownOf(sessionId) ?? { meta: {}, expiresAt: null }
    const json = toJson(values)
    return { json, meta, expiresAt, version: versionOf(json, meta) }
  }

  private keep(sessionId: string, json: string, known: Omit<Known, 'values'>) {
    const values = JSON.parse(json)
    MemoryDriver.sessions.set(sessionId, values)
    MemoryDriver.known.set(sessionId, { values, ...known })
  }

  private knownOf(sessionId: string): Known | null {
    const known = MemoryDriver.known.get(sessionId)
    return known && known.values === MemoryDriver.sessions.get(sessionId) ? known : null
  }

  /** Looks at a few sessions with each write, and so at all of them in the course of time. */
  private dropSomeOver() {
    for (let looks = 0; looks < SWEPT_PER_WRITE; looks++) {
      const { done, value: sessionId } = MemoryDriver.sweep.next()
      if (done) {
        MemoryDriver.sweep = MemoryDriver.known.keys()
        return
      }
      this.dropIfOver(sessionId)
    }
  }

  /** Drops a session that has expired, and what is known of one that is no longer there. */
  private dropIfOver(sessionId: string) {
    const known = this.knownOf(sessionId)
    if (!known) {
      MemoryDriver.known.delete(sessionId)
    } else if (known.expiresAt !== null && known.expiresAt <= Date.now()) {
      known.meta.tag && MemoryDriver.lately.set(sessionId, known.meta, REFUSED_IN_MS)
      MemoryDriver.known.delete(sessionId)
      MemoryDriver.sessions.delete(sessionId)
    }
  }
}

function versionOf(json: string, { revision }: SessionMeta): string {
  return `${json}${revision}`
}
