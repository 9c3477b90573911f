import type {
  AtomicDriverContract,
  Changed,
  Found,
  ListedSession,
  SessionDriverContract,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { atomicDriver } from '../AtomicBridge/capabilities'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { Values } from '../Values/paths'
import { timeToLive, tombstoneTtl } from './lifetime'
import { outageOf } from './Outage'
import { Snapshot } from './states'

type Written = { done: true; record: StoredRecord } | { done: false; found: Found }

/** Lost races in a row before a commit gives up: such a driver is broken, not busy. */
export const LOST_RACES = 100

/** Most drivers take the text: the values are made for those that do not. */
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

/** The version of a record that stands somewhere; `null`: none does. */
function versionIn(found: Snapshot['found']): string | null {
  return found.state === 'stored' ? found.record.version : null
}

/**
 * A driver as the rules ask it: every answer is waited for within a deadline, and every record and
 * tombstone has its time to live. Changes are made if `expected` still stands.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE from each method
 */
export class GuardedDriver {
  private driver: AtomicDriverContract

  constructor(
    driver: SessionDriverContract,
    private settings: Settings
  ) {
    this.driver = atomicDriver(driver, settings)
  }

  public load(id: string): Promise<Found> {
    return this.ask('read', () => this.driver.load(id))
  }

  public async replace(
    id: string,
    json: string,
    meta: SessionMeta,
    expected: Snapshot['found']
  ): Promise<Written> {
    const ttlInMs = timeToLive(meta, this.settings)
    const changed = await this.ask('write', () =>
      this.driver.replace(id, recordOf(json, meta), versionIn(expected), ttlInMs)
    )
    if (!changed.done) {
      return changed
    }
    // Not the record that the driver got: it may have changed that one.
    const { version } = changed
    const record = Object.assign(recordOf(json, meta), {
      version,
      expiresAt: Date.now() + ttlInMs,
    })
    return { done: true, record }
  }

  /** Resets the expiry of a record. One that would outlive its entry in a list is stored again, which renews that. */
  public async touch(id: string, record: StoredRecord): Promise<Written> {
    const ttlInMs = timeToLive(record.meta, this.settings)
    const { listedUntil = Infinity } = record.meta
    if (Date.now() + ttlInMs > listedUntil) {
      const meta = { ...record.meta, revision: revision() }
      return this.replace(id, record.json, meta, { state: 'stored', record })
    }
    const changed = await this.ask('touch', () => this.driver.touch(id, ttlInMs, record.version))
    if (!changed.done) {
      return changed
    }
    const { values, json, meta } = record
    const { version } = changed
    return {
      done: true,
      record: { values, json, meta, version, expiresAt: Date.now() + ttlInMs },
    }
  }

  public retire(
    id: string,
    tombstone: SessionTombstone,
    expected: Snapshot['found'] | undefined,
    ttlInMs = tombstoneTtl(this.settings)
  ): Promise<Changed> {
    const version = expected && versionIn(expected)
    return this.ask('retire', () => this.driver.retire(id, tombstone, version, ttlInMs))
  }

  public destroy(id: string): Promise<void> {
    return this.ask('destroy', () => this.driver.destroy(id))
  }

  /** The sessions with a tag; absent: all. */
  public listed(tag?: string): AsyncIterable<ListedSession> {
    const { driver } = this
    const listed = tag === undefined ? driver.list?.() : driver.tagged?.(tag)
    if (!listed) {
      throw SessionException.taggingNotSupported(this.settings.driver)
    }
    return listed
  }

  /** Other requests kept changing a session: an outage, for this one. */
  public contended(operation: string): SessionException {
    const reason = new Error(`other requests kept changing it, ${LOST_RACES} times in a row`)
    return SessionException.storeUnavailable(this.settings.driver, operation, reason)
  }

  private ask<T>(operation: string, question: () => T | Promise<T>): Promise<T> {
    return outageOf(this.settings).ask(this.driver, operation, question)
  }
}
