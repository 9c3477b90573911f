import type {
  LoadedSession,
  SessionDriverContract,
  SessionMeta,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  StoredSession,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { Values } from '../Values/paths'
import { storeOf } from './capabilities'
import { within } from './deadline'
import { metaNow, timeToLive } from './lifetime'
import { Change } from './types'

/** With nothing to read, a tombstone still bars its id, for requests that are on their way. */
const BARE_TOMBSTONE_IN_MS = 60_000

/** Most stores take the text: the values are made for those that do not. */
function recordOf(json: string, meta: SessionMeta): SessionRecord {
  let values: Values | undefined
  return {
    json,
    meta,
    get values() {
      return (values ??= JSON.parse(json) as Values)
    },
  }
}

type Replaced =
  { done: true; record: StoredSession } | { done: false; current: StoredSession | null }

/**
 * The store of a driver, as the rules of persistence ask it: every answer is waited for within a
 * deadline, and every record has its time to live.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE from each method
 */
export class GuardedStore {
  private store: SessionStoreContract

  constructor(
    driver: SessionDriverContract,
    private settings: Settings
  ) {
    this.store = storeOf(driver, settings)
  }

  public load(id: string): Promise<LoadedSession> {
    return this.ask('read', () => this.store.load(id))
  }

  /**
   * Stores the JSON of what a request leaves in place of what is expected; answers what is stored then, or is there
   * instead. `inherited` are the notes that go on, by default those of the record that was there.
   */
  public async replace(
    id: string,
    json: string,
    expected: StoredSession | null,
    { age, messages }: Pick<Change, 'age' | 'messages'>,
    inherited: SessionMeta = expected?.meta ?? {}
  ): Promise<Replaced> {
    const keepsId = expected !== null
    const noting = { inherited, age, keepsId, flashes: messages.areNew }
    const meta = metaNow(noting, this.settings)
    const ttlInMs = timeToLive(meta, this.settings)

    const result = await this.ask('write', () =>
      this.store.replace(id, recordOf(json, meta), expected?.version ?? null, ttlInMs)
    )
    if (!result.done) {
      return result
    }
    // Not the record that the store got: it may have changed that one.
    const { version } = result
    const record = Object.assign(recordOf(json, meta), {
      version,
      expiresAt: Date.now() + ttlInMs,
    })
    return { done: true, record }
  }

  /** The record with its new expiry. `null`: it is no longer there; `newer`: another one is. */
  public async touch(id: string, record: StoredSession): Promise<StoredSession | 'newer' | null> {
    const ttlInMs = timeToLive(record.meta, this.settings)
    const answer = await this.ask('touch', () => this.store.touch(id, ttlInMs, record.version))
    if (answer === 'newer') {
      return answer
    }
    const { values, json, meta, version } = record
    return answer ? { values, json, meta, version, expiresAt: Date.now() + ttlInMs } : null
  }

  public destroy(id: string): Promise<void> {
    return this.ask('destroy', () => this.store.destroy(id))
  }

  /** Removes a record and leaves a tombstone; `expected` as in `SessionStoreContract.retire`. */
  public retire(id: string, tombstone: SessionTombstone, expected?: StoredSession | null) {
    const ttlInMs = this.settings.retireForInMs || BARE_TOMBSTONE_IN_MS
    const version = expected === undefined ? undefined : (expected?.version ?? null)
    return this.ask('retire', () => this.store.retire(id, tombstone, version, ttlInMs))
  }

  public tombstoneOf(id: string): Promise<SessionTombstone | null> {
    return this.ask('read', () => this.store.retired(id))
  }

  /** Other requests kept changing a session under our hands: an outage, for this one. */
  public contended(operation: string, attempts: number): SessionException {
    const reason = new Error(`other requests kept changing it, ${attempts} times in a row`)
    return SessionException.storeUnavailable(this.settings.driver, operation, reason)
  }

  private ask<T>(operation: string, question: () => T | Promise<T>): Promise<T> {
    return within(this.settings, operation, question)
  }
}
