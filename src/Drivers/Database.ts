import type {
  AtomicDriverContract,
  Changed,
  Found,
  SessionConfig,
  SessionRecord,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { decode, decodeTombstone, encode, encodeTombstone } from '../Serializer'
import { Settings, settingsOf } from '../Settings'
import { hashOf, seal, unseal } from '../Sql/atRest'
import { DIALECTS } from '../Sql/dialects'
import { isOfKind } from '../Sql/errors'
import { Connection, Row, SessionTable } from '../Sql/SessionTable'
import { revision } from '../Tombstones'
import { largestKeys } from '../Values/sizes'
import { toJson } from '../Values/storable'

/** What is used of Lucid. Its own types would be missing in an app without it. */
export interface LucidDatabase {
  connection(
    name: string | undefined,
    options: { mode: 'write' }
  ): { dialect: { name: string }; getWriteClient(): Connection & { client: { pool?: Pool } } }
}

const TABLE = 'sessions'

const ABSENT: Found = { state: 'absent' }

const UNREADABLE: Found = {
  state: 'unreadable',
  reason: 'A row of the table of sessions held no session of its id and was removed',
}

/**
 * Keeps each session in a row of a table, by the hash of its id, or its tombstone in the same place. One read
 * by the primary key, and one conditional statement for each change, on the connection that writes: what a
 * replica answers may be old.
 */
export class DatabaseDriver implements AtomicDriverContract {
  private settings: Settings
  private tableName: string

  constructor(
    private config: SessionConfig,
    private database: LucidDatabase
  ) {
    this.settings = settingsOf(config)
    this.tableName = config.database?.table ?? TABLE
  }

  public async read(sessionId: string): Promise<Record<string, any> | null> {
    const found = await this.load(sessionId)
    return found.state === 'stored' ? found.record.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    const id = hashOf(sessionId)
    const change = {
      id,
      data: encode(id, toJson(values)),
      version: revision(),
      ttlInMs: this.settings.ageInMs,
    }
    if (!(await this.table.replace(change))) {
      await this.table.insert({ ...change, tombstone: null })
    }
  }

  public async destroy(sessionId: string): Promise<void> {
    await this.table.remove(hashOf(sessionId))
  }

  public async load(sessionId: string): Promise<Found> {
    const id = hashOf(sessionId)
    const row = await this.table.find(id)
    return row ? this.toFound(row, id, sessionId) : ABSENT
  }

  public async replace(
    sessionId: string,
    record: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    const id = hashOf(sessionId)
    const { json, meta } = record
    const version = meta.revision ?? revision()
    const change = { id, data: encode(id, json, meta), version, ttlInMs }
    return (await this.put(record, change, expected))
      ? { done: true, version }
      : this.otherwise(sessionId, version)
  }

  public async touch(
    sessionId: string,
    ttlInMs: number = this.settings.ageInMs,
    expected?: string
  ): Promise<Changed> {
    if (expected === undefined) {
      const found = await this.load(sessionId)
      return found.state === 'stored'
        ? this.touch(sessionId, ttlInMs, found.record.version)
        : { done: false, found }
    }
    const change = { id: hashOf(sessionId), version: expected, ttlInMs }
    return (await this.table.touch(change))
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
      id: hashOf(sessionId),
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

  public async *prune(): AsyncGenerator<number> {
    for (let removed = 1; removed > 0;) {
      removed = await this.table.prune()
      yield removed
    }
  }

  /** A pool without a free connection is what keeps an answer from coming. */
  public connectionError(): Error | null {
    const { pool } = this.client.getWriteClient().client
    return pool ? errorOf(pool) : null
  }

  private get client() {
    const { connection } = this.config.database ?? {}
    return this.database.connection(connection, { mode: 'write' })
  }

  private get table() {
    const { client, tableName, settings } = this
    const dialect = DIALECTS[client.dialect.name]!
    return new SessionTable(client.getWriteClient(), dialect, tableName, settings.storeTimeoutInMs)
  }

  private async put(
    record: SessionRecord,
    change: { id: string; data: string; version: string; ttlInMs: number },
    expected: string | null
  ): Promise<boolean> {
    const bytes = Buffer.byteLength(change.data)
    const tooLarge = (limit: string) =>
      SessionException.rowTooLarge(bytes, limit, largestKeys(record.values))
    const { table } = this
    if (bytes > table.maxBytes) {
      throw tooLarge(`its column takes ${table.maxBytes}`)
    }
    try {
      return expected === null
        ? await table.insert({ ...change, tombstone: null })
        : await table.replace({ ...change, expected })
    } catch (error) {
      throw isOfKind(error, 'tooLarge') ? tooLarge(`it answers: ${error.message}`) : error
    }
  }

  /** A full disk may have no room for a tombstone, and lets a session end all the same. */
  private async putTombstone(
    change: { id: string; tombstone: string; version: string; ttlInMs: number },
    expected: string | null | undefined,
    { successor }: SessionTombstone
  ): Promise<boolean> {
    try {
      const isPut = expected !== null && (await this.table.retire({ ...change, expected }))
      const mayInsert = expected === null || expected === undefined
      return isPut || (mayInsert && (await this.table.insert({ ...change, data: null })))
    } catch (error) {
      if (successor || !isOfKind(error, 'full')) {
        throw error
      }
      await this.table.remove(change.id)
      return true
    }
  }

  /** What was to be changed is not there; or the change is, which had been made, and whose answer was lost. */
  private async otherwise(sessionId: string, version: string): Promise<Changed> {
    const id = hashOf(sessionId)
    const row = await this.table.find(id)
    return row?.version === version
      ? { done: true, version }
      : { done: false, found: row ? await this.toFound(row, id, sessionId) : ABSENT }
  }

  private async toFound(row: Row, id: string, sessionId: string): Promise<Found> {
    const { version, expiresAt } = row
    if (row.tombstone !== null) {
      return { state: 'retired', tombstone: tombstoneIn(row.tombstone, sessionId), expiresAt }
    }
    const decoded = decode(id, row.data ?? '')
    if (decoded) {
      const { values, json, meta } = decoded
      return { state: 'stored', record: { values, json, meta, version, expiresAt } }
    }
    await this.table.discard(id, version)
    return UNREADABLE
  }
}

/** A tombstone whose text is damaged refuses its id all the same. */
function tombstoneIn(text: string, sessionId: string): SessionTombstone {
  const decoded = decodeTombstone(text)
  return decoded ? unseal(decoded.tombstone, sessionId) : { reason: 'revoked', values: {} }
}

/** The pool of a knex client. */
interface Pool {
  max: number
  numUsed(): number
  numPendingCreates(): number
}

function errorOf(pool: Pool): Error | null {
  if (pool.numPendingCreates() > 0) {
    return new Error('the database takes no connection')
  }
  return pool.numUsed() >= pool.max
    ? new Error(`all ${pool.max} connections of the pool are in use`)
    : null
}
