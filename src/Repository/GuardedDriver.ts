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
import { NO_SEALING, Sealing, sealingOf } from '../AtRest/records'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { tombstoneTtl } from '../Tombstones/age'
import { Values } from '../Values/paths'
import { largestKeys } from '../Values/sizes'
import { timeToLive } from './lifetime'
import { outageOf } from '../Outage'
import { Snapshot } from './states'

type Refused = { done: false; found: Found }
type Written = { done: true; record: StoredRecord } | Refused

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

/** The driver has seen what is encrypted: an error about its size names the keys in it. */
function withKeysOf(json: string, error: SessionException): Error {
  return error.excess
    ? SessionException.rowTooLarge(error.excess, largestKeys(JSON.parse(json)))
    : error
}

/** The version of a record that stands somewhere; `null`: none does. */
function versionIn(found: Snapshot['found']): string | null {
  return found.state === 'stored' ? found.record.version : null
}

/** What can't be moved out of the way is ended whatever it is, and what can't be decrypted as it was found. */
function versionToRetire(found: Snapshot['found']): string | null | undefined {
  return found.state === 'unreadable' && found.isBarred ? found.sealed?.version : versionIn(found)
}

/**
 * A driver as the rules ask it: every answer is waited for within a deadline, every record and tombstone has its
 * time to live, and is encrypted where the config says so. Changes are made if `expected` still stands.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE from each method
 */
export class GuardedDriver {
  private driver: AtomicDriverContract
  private sealing: Sealing

  constructor(
    driver: SessionDriverContract,
    private settings: Settings
  ) {
    this.driver = atomicDriver(driver, settings)
    this.sealing = driver.encrypts ? NO_SEALING : sealingOf(settings)
  }

  public async load(id: string): Promise<Found> {
    return this.sealing.open(id, await this.ask('read', () => this.driver.load(id)))
  }

  public async replace(
    id: string,
    json: string,
    meta: SessionMeta,
    expected: Snapshot['found']
  ): Promise<Written> {
    const ttlInMs = timeToLive(meta, this.settings)
    const stored = this.sealing.seal(id, { json, meta })
    const changed = await this.ask('write', () =>
      this.driver.replace(id, recordOf(stored.json, stored.meta), versionIn(expected), ttlInMs)
    ).catch((error) => {
      throw stored.meta.sealed ? withKeysOf(json, error) : error
    })
    if (!changed.done) {
      return this.opened(id, changed)
    }
    // Not the record that the driver got: it may have changed that one.
    const { version } = changed
    const record = Object.assign(recordOf(json, { ...meta, sealed: stored.meta.sealed }), {
      version,
      expiresAt: Date.now() + ttlInMs,
    })
    return { done: true, record }
  }

  /** Stores other meta with a record that can't be decrypted here. `false`: another request has changed it since. */
  public async replaceMeta(
    id: string,
    { json, meta: { sealed }, version }: StoredRecord,
    meta: SessionMeta
  ): Promise<boolean> {
    const record = recordOf(json, { ...meta, sealed })
    const ttlInMs = timeToLive(meta, this.settings)
    return (await this.ask('write', () => this.driver.replace(id, record, version, ttlInMs))).done
  }

  /**
   * Resets the expiry of a record. One that would outlive its entry in a list is stored again, which renews that, and so
   * is one that was encrypted with an older key.
   */
  public async touch(id: string, record: StoredRecord): Promise<Written> {
    const ttlInMs = timeToLive(record.meta, this.settings)
    const { listedUntil = Infinity } = record.meta
    const again = { ...record.meta, revision: revision(), updatedAt: Date.now() }
    if (Date.now() + ttlInMs > listedUntil) {
      return this.replace(id, record.json, again, { state: 'stored', record })
    }
    if (!this.sealing.isCurrent(record.meta)) {
      // It may be larger than what the store has room for. Then it stays as it is.
      const sealed = this.replace(id, record.json, again, { state: 'stored', record })
      const written = await sealed.catch(() => null)
      if (written) {
        return written
      }
    }
    const changed = await this.ask('touch', () => this.driver.touch(id, ttlInMs, record.version))
    if (!changed.done) {
      return this.opened(id, changed)
    }
    const { values, json, meta } = record
    const { version } = changed
    return {
      done: true,
      record: { values, json, meta, version, expiresAt: Date.now() + ttlInMs },
    }
  }

  public async retire(
    id: string,
    tombstone: SessionTombstone,
    expected: Snapshot['found'] | undefined,
    ttlInMs = tombstoneTtl(this.settings)
  ): Promise<Changed> {
    const version = expected && versionToRetire(expected)
    const stored = this.sealing.sealTombstone(id, tombstone)
    const changed = await this.ask('retire', () => this.driver.retire(id, stored, version, ttlInMs))
    return changed.done ? changed : this.opened(id, changed)
  }

  public destroy(id: string): Promise<void> {
    return this.ask('destroy', () => this.driver.destroy(id))
  }

  /** The sessions with a tag; absent: all. */
  public async *listed(tag?: string): AsyncGenerator<ListedSession> {
    const { driver } = this
    const listed = tag === undefined ? driver.list?.() : driver.tagged?.(tag)
    if (!listed) {
      throw SessionException.taggingNotSupported(this.settings.driver)
    }
    const iterator = listed[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await this.ask('list', () => iterator.next())
        if (done) {
          return
        }
        yield this.openListed(value)
      }
    } finally {
      // Not awaited: it may be waiting for the store, which does not answer.
      iterator.return?.().catch(() => {})
    }
  }

  /** One that can't be decrypted is listed as well, so that it can be ended. */
  private openListed(listed: ListedSession): ListedSession {
    const { sessionId, record } = listed
    const opened = record && this.sealing.openRecord(sessionId, record)
    return { ...listed, record: opened ?? (record && { ...record, values: {}, json: '{}' }) }
  }

  /** Ends the sessions with a tag, if the driver does that without a list. `false`: it doesn't. */
  public async endTagged(
    tag: string,
    options: { only?: string; except?: string }
  ): Promise<boolean> {
    const { driver } = this
    if (!driver.endTagged) {
      return false
    }
    await this.ask('retire', () => driver.endTagged!(tag, options))
    return true
  }

  /** Other requests kept changing a session: an outage, for this one. */
  public contended(operation: string): SessionException {
    const reason = new Error(`other requests kept changing it, ${LOST_RACES} times in a row`)
    return SessionException.storeUnavailable(this.settings.driver, operation, reason)
  }

  private opened(id: string, { found }: Refused): Refused {
    return { done: false, found: this.sealing.open(id, found) }
  }

  private ask<T>(operation: string, question: () => T | Promise<T>): Promise<T> {
    return outageOf(this.settings).ask(this.driver, operation, question)
  }
}
