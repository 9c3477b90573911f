import type {
  ConditionalResult,
  LoadedSession,
  SessionMeta,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  StoredSession,
  TouchResult,
} from '@ioc:Adonis/Addons/Session'
import { prevails, Tombstones } from '../Tombstones'
import { isPlainObject } from '../Values/paths'
import { toJson } from '../Values/storable'

/** Two would do to drop more than are added. */
const SWEPT_PER_WRITE = 4

/** What the driver notes of the values it has put there; those that a test has put have no notes. */
interface Note {
  values: Record<string, any>
  meta: SessionMeta
  expiresAt: number | null
}

/**
 * Keeps sessions in this process. Meant for tests: the same semantics as the stores of production,
 * JSON values, copied in and out.
 */
export class MemoryDriver implements SessionStoreContract {
  /** The values of all sessions by their ids. A test may look into it and set what it needs. */
  public static sessions: Map<string, Record<string, any>> = new Map()

  private static notes = new Map<string, Note>()

  /** Where the search for expired sessions stands. */
  private static sweep = MemoryDriver.notes.keys()

  private static tombstones = new Tombstones()

  public read(sessionId: string): Record<string, any> | null {
    return this.find(sessionId)?.values ?? null
  }

  public write(sessionId: string, values: Record<string, any>): void {
    this.keep(sessionId, toJson(values), { meta: {}, expiresAt: null })
  }

  public destroy(sessionId: string): void {
    MemoryDriver.sessions.delete(sessionId)
  }

  public async touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<TouchResult> {
    const current = this.textOf(sessionId)
    if (!current) {
      return false
    }
    if (expected !== undefined && expected !== current.version) {
      return 'newer'
    }
    const note = this.noteOf(sessionId)
    if (note && ttlInMs !== undefined) {
      note.expiresAt = Date.now() + ttlInMs
    }
    return true
  }

  public async load(sessionId: string): Promise<LoadedSession> {
    const values = MemoryDriver.sessions.get(sessionId)
    if (values !== undefined && !isPlainObject(values)) {
      MemoryDriver.sessions.delete(sessionId)
      return { unreadable: 'MemoryDriver.sessions held something else than an object of values' }
    }
    return this.find(sessionId) ?? MemoryDriver.tombstones.left(sessionId)
  }

  public async replace(
    sessionId: string,
    { json, meta }: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const current = this.textOf(sessionId)
    if ((current?.version ?? null) !== expected) {
      return { done: false, current: this.find(sessionId) }
    }

    this.dropSomeOver()
    this.keep(sessionId, json, { meta, expiresAt: Date.now() + ttlInMs })
    return { done: true, version: versionOf(json, meta) }
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const current = this.find(sessionId)
    if (!current && prevails(MemoryDriver.tombstones.get(sessionId), tombstone)) {
      return { done: false, current }
    }
    if (expected !== undefined && (current?.version ?? null) !== expected) {
      return { done: false, current }
    }

    MemoryDriver.tombstones.set(sessionId, tombstone, ttlInMs)
    MemoryDriver.sessions.delete(sessionId)
    return { done: true, version: '' }
  }

  public async retired(sessionId: string): Promise<SessionTombstone | null> {
    return MemoryDriver.tombstones.get(sessionId)
  }

  private find(sessionId: string): StoredSession | null {
    const text = this.textOf(sessionId)
    return text && { ...text, values: JSON.parse(text.json) }
  }

  /** The JSON of the values as they are now: a test may have changed them in place. */
  private textOf(sessionId: string): Omit<StoredSession, 'values'> | null {
    this.dropIfOver(sessionId)
    const values = MemoryDriver.sessions.get(sessionId)
    if (!isPlainObject(values)) {
      return null
    }
    const { meta, expiresAt } = this.noteOf(sessionId) ?? { meta: {}, expiresAt: null }
    const json = toJson(values)
    return { json, meta, expiresAt, version: versionOf(json, meta) }
  }

  private keep(sessionId: string, json: string, note: Omit<Note, 'values'>) {
    const values = JSON.parse(json)
    MemoryDriver.sessions.set(sessionId, values)
    MemoryDriver.notes.set(sessionId, { values, ...note })
  }

  private noteOf(sessionId: string): Note | null {
    const note = MemoryDriver.notes.get(sessionId)
    return note && note.values === MemoryDriver.sessions.get(sessionId) ? note : null
  }

  /** Looks at a few sessions with each write, and so at all of them in the course of time. */
  private dropSomeOver() {
    for (let looks = 0; looks < SWEPT_PER_WRITE; looks++) {
      const { done, value: sessionId } = MemoryDriver.sweep.next()
      if (done) {
        MemoryDriver.sweep = MemoryDriver.notes.keys()
        return
      }
      this.dropIfOver(sessionId)
    }
  }

  /** Drops a session that has expired, and the notes of one that is no longer there. */
  private dropIfOver(sessionId: string) {
    const note = this.noteOf(sessionId)
    if (!note) {
      MemoryDriver.notes.delete(sessionId)
    } else if (note.expiresAt !== null && note.expiresAt <= Date.now()) {
      MemoryDriver.notes.delete(sessionId)
      MemoryDriver.sessions.delete(sessionId)
    }
  }
}

function versionOf(json: string, { revision }: SessionMeta): string {
  return `${json}${revision}`
}
