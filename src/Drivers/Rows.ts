import type {
  AtomicDriverContract,
  Changed,
  Found,
  SessionConfig,
  SessionRecord,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { decode, decodeTombstone, encode, encodeTombstone } from '../Serializer'
import { settingsOf } from '../Settings'
import { Change, Row, SessionRows } from '../Rows'
import { keyOf } from '../AtRest/ids'
import { seal, unseal } from '../AtRest/successor'
import { revision } from '../Tombstones'
import { largestKeys } from '../Values/sizes'
import { toJson } from '../Values/storable'

const ABSENT: Found = { state: 'absent' }

const UNREADABLE: Found = {
  state: 'unreadable',
  reason: 'A row of the store held no session of its id and was removed',
}

/**
 * Keeps each session, or its tombstone, in one row, by the hash of its id. Loading a session takes one read,
 * and each change is one conditional statement or request.
 */
export abstract class RowDriver implements AtomicDriverContract {
  private ageInMs: number

  constructor(config: SessionConfig) {
    this.ageInMs = settingsOf(config).ageInMs
  }

  /** The rows of the store. Called for each operation. */
  protected abstract get rows(): SessionRows

  public async read(sessionId: string): Promise<Record<string, any> | null> {
    const found = await this.load(sessionId)
    return found.state === 'stored' ? found.record.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    const id = keyOf(sessionId)
    const change = {
      id,
      data: encode(id, toJson(values)),
      version: revision(),
      ttlInMs: this.ageInMs,
    }
    if (!(await this.rows.replace(change))) {
      await this.rows.insert({ ...change, tombstone: null })
    }
  }

  public async destroy(sessionId: string): Promise<void> {
    await this.rows.remove(keyOf(sessionId))
  }

  public async load(sessionId: string): Promise<Found> {
    const id = keyOf(sessionId)
    const row = await this.rows.find(id)
    return row ? this.toFound(row, id, sessionId) : ABSENT
  }

  public async replace(
    sessionId: string,
    record: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    const id = keyOf(sessionId)
    const { json, meta } = record
    const version = meta.revision ?? revision()
    const change = { id, tag: meta.tag ?? null, data: encode(id, json, meta), version, ttlInMs }
    return (await this.put(record, change, expected))
      ? { done: true, version }
      : this.otherwise(sessionId, version)
  }

  public async touch(
    sessionId: string,
    ttlInMs: number = this.ageInMs,
    expected?: string
  ): Promise<Changed> {
    if (expected === undefined) {
      const found = await this.load(sessionId)
      return found.state === 'stored'
        ? this.touch(sessionId, ttlInMs, found.record.version)
        : { done: false, found }
    }
    const change = { id: keyOf(sessionId), version: expected, ttlInMs }
    return (await this.rows.touch(change))
      ? { done: true, version: expected }
      : this.otherwise(sessionId, expected)
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    const version = tombstone.revision ?? revision()
    const change = {
      id: keyOf(sessionId),
      tombstone: encodeTombstone(seal(tombstone, sessionId), Date.now() + ttlInMs),
      version,
      ttlInMs,
    }
    for (;;) {
      if (await this.putTombstone(change, expected, tombstone)) {
        return { done: true, version }
      }
      const changed = await this.otherwise(sessionId, version)
      if (changed.done || expected !== undefined || changed.found.state === 'retired') {
        return changed
      }
    }
  }

  private async put(
    record: SessionRecord,
    change: Change & { data: string },
    expected: string | null
  ): Promise<boolean> {
    const bytes = Buffer.byteLength(change.data)
    const tooLarge = (limit: string) =>
      SessionException.rowTooLarge({ bytes, limit }, largestKeys(record.values))
    const { rows } = this
    if (bytes > rows.maxBytes) {
      throw tooLarge(`the limit is ${rows.maxBytes} bytes`)
    }
    try {
      return expected === null
        ? await rows.insert({ ...change, tombstone: null })
        : await rows.replace({ ...change, expected })
    } catch (error) {
      throw error.kind === 'tooLarge' ? tooLarge(`the store answered: ${error.message}`) : error
    }
  }

  /** If a full disk has no space for a tombstone, the session is removed, so that it ends anyway. */
  private async putTombstone(
    change: Change & { tombstone: string },
    expected: string | null | undefined,
    { successor }: SessionTombstone
  ): Promise<boolean> {
    try {
      const isPut = expected !== null && (await this.rows.retire({ ...change, expected }))
      const mayInsert = expected === null || expected === undefined
      return isPut || (mayInsert && (await this.rows.insert({ ...change, data: null })))
    } catch (error) {
      if (successor || error.kind !== 'full') {
        throw error
      }
      await this.rows.remove(change.id)
      return true
    }
  }

  /**
   * Returns what is stored instead of the expected version. If it's the new version, the change was made, and
   * only the answer to it was lost.
   */
  private async otherwise(sessionId: string, version: string): Promise<Changed> {
    const id = keyOf(sessionId)
    const row = await this.rows.find(id)
    return row?.version === version
      ? { done: true, version }
      : { done: false, found: row ? await this.toFound(row, id, sessionId) : ABSENT }
  }

  private async toFound(row: Row, id: string, sessionId: string): Promise<Found> {
    const { version, expiresAt } = row
    if (row.tombstone !== null) {
      return { state: 'retired', tombstone: tombstoneIn(row.tombstone, sessionId), expiresAt }
    }
    const record = recordIn(row, id)
    if (record) {
      return { state: 'stored', record }
    }
    await this.rows.discard(id, version)
    return UNREADABLE
  }
}

/** The session in a row; `null`: it cannot be read. */
export function recordIn({ data, version, expiresAt }: Row, id: string): StoredRecord | null {
  const decoded = decode(id, data ?? '')
  if (!decoded) {
    return null
  }
  const { values, json, meta } = decoded
  return { values, json, meta, version, expiresAt }
}

/** A tombstone bars its id even if its text is damaged. */
function tombstoneIn(text: string, sessionId: string): SessionTombstone {
  const decoded = decodeTombstone(text)
  return decoded ? unseal(decoded.tombstone, sessionId) : { reason: 'revoked', values: {} }
}
