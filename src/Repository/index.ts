import { isDeepStrictEqual } from 'util'
import type {
  SessionDriverContract,
  SessionMeta,
  SessionOutcome,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { common } from '../Values/merge'
import { join, split } from '../Values/messages'
import { rebase } from '../Values/operations'
import { GuardedStore } from './GuardedStore'
import { isTooOld, isTouchDue, timeToLive } from './lifetime'
import { inTurn } from './queue'
import {
  isSameSession,
  isUnchanged,
  lacksBeginning,
  outgoing,
  rebased,
  valuesLeft,
  valuesOf,
} from './rebasing'
import { INVALIDATED, isFinal, REVOKED, tombstoneFor } from './tombstones'
import { Change, Outgoing, Saved, Snapshot, StoredSnapshot } from './types'

/** Another request gets its commit in before ours: so often in a row is no coincidence. */
const ATTEMPTS = 100

/**
 * Loads sessions and saves what requests made of them: the rules of persistence, one store beneath.
 * It knows no request and no cookie.
 */
export class Repository {
  private store: GuardedStore

  constructor(
    driver: SessionDriverContract,
    private settings: Settings
  ) {
    this.store = new GuardedStore(driver, settings)
  }

  /** What stands under an id that came with a request; after a rotation, under the id it has by now. */
  public async load(id: string): Promise<Snapshot> {
    const found = await this.store.load(id)

    if (found && 'values' in found) {
      return isTooOld(found, this.settings)
        ? this.endOfLife(id)
        : { state: 'stored', id, record: found }
    }
    const unreadable = found && 'unreadable' in found ? found.unreadable : undefined
    const retired = found && 'retired' in found ? found.retired : null
    const tombstone = unreadable ? await this.store.tombstoneOf(id) : retired
    if (tombstone?.reason === 'rotated' && tombstone.successor) {
      return this.load(tombstone.successor)
    }
    return tombstone && tombstone.reason !== 'revoked'
      ? { state: 'retired', id, tombstone: await this.readable(tombstone) }
      : { state: 'absent', id, revoked: tombstone !== null, unreadable }
  }

  /** Ends a session from outside, whatever id it has by now. Requests in flight write nothing back. */
  public async revoke(id: string): Promise<void> {
    const successor = await inTurn(id, this.settings, () => this.end(id, REVOKED))
    if (successor) {
      await this.revoke(successor)
    }
  }

  /**
   * Saves what a request made of a session. When it raises, the stored session is as it was.
   *
   * @throws E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE, E_SESSION_STORE_UNAVAILABLE
   */
  public async save(snapshot: Snapshot, change: Change): Promise<Saved> {
    if (change.isPristine && !lacksBeginning(snapshot, this.settings)) {
      return this.keep(snapshot)
    }
    const ours = outgoing(change)
    switch (change.ended) {
      case 'invalidated':
        return inTurn(snapshot.id, this.settings, () => this.destroy(snapshot, ours))
      case 'regenerated':
      case 'rotated':
        return inTurn(snapshot.id, this.settings, () => this.migrate(snapshot, ours))
      default:
        return isUnchanged(snapshot, ours, this.settings)
          ? this.keep(snapshot)
          : inTurn(snapshot.id, this.settings, () => this.update(snapshot, ours))
    }
  }

  /** Nothing changed: refresh the expiry when it is due. */
  private async keep(snapshot: Snapshot): Promise<Saved> {
    switch (snapshot.state) {
      case 'new':
        return this.saved('untouched', snapshot)
      case 'absent':
        return inTurn(snapshot.id, this.settings, () => this.keepAbsent(snapshot))
      case 'retired':
        return this.gone(snapshot)
      case 'stored':
        return isTouchDue(snapshot.record, this.settings)
          ? inTurn(snapshot.id, this.settings, () => this.touch(snapshot))
          : this.saved('untouched', snapshot)
    }
  }

  /** In turn: a commit under way may be about to give the session another id, which must stay. */
  private async keepAbsent(snapshot: Snapshot): Promise<Saved> {
    return (await this.store.tombstoneOf(snapshot.id))
      ? this.gone(snapshot)
      : this.saved('untouched', snapshot)
  }

  private async touch(snapshot: StoredSnapshot): Promise<Saved> {
    const record = await this.store.touch(snapshot.id, snapshot.record)
    if (record === 'newer') {
      return this.saved('untouched', snapshot)
    }
    return record ? this.saved('touched', { ...snapshot, record }) : this.gone(snapshot)
  }

  /** Something changed: store it, on top of what other requests have stored meanwhile. */
  private async update(snapshot: Snapshot, ours: Outgoing): Promise<Saved> {
    let current = snapshot.state === 'stored' ? snapshot.record : null

    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const json = rebased(snapshot, ours, current)
      const result = await this.store.replace(snapshot.id, json, current, ours)

      if (result.done) {
        if (snapshot.state === 'absent' && (await this.store.tombstoneOf(snapshot.id))) {
          await this.store.destroy(snapshot.id)
          return this.gone(snapshot)
        }
        const stored = { state: 'stored' as const, id: snapshot.id, record: result.record }
        return this.saved(attempt ? 'merged' : 'committed', stored)
      }

      current = result.current
      if (snapshot.state === 'stored' && !isSameSession(snapshot.record, current)) {
        return this.updateRotated(snapshot, ours)
      }
      if (!current && (await this.store.tombstoneOf(snapshot.id))) {
        return this.gone(snapshot)
      }
    }
    throw this.store.contended('write', ATTEMPTS)
  }

  /**
   * The id was rotated while this request was under way. What it did belongs to the session under its
   * new id: as if it had ended before. `regenerate` is another matter: nothing that began before it
   * reaches what comes after, or an id that was planted could write into a login.
   */
  private async updateRotated(snapshot: StoredSnapshot, ours: Outgoing): Promise<Saved> {
    const tombstone = await this.store.tombstoneOf(snapshot.id)
    const id = tombstone?.successor
    if (tombstone?.reason !== 'rotated' || !id) {
      return this.gone(snapshot)
    }
    const found = await this.store.load(id)
    return found && 'values' in found
      ? inTurn(id, this.settings, () => this.update({ ...snapshot, id }, { ...ours, ended: null }))
      : this.gone(snapshot)
  }

  /** The session has a new id: write that one first, then retire the old one. */
  private async migrate(snapshot: Snapshot, ours: Outgoing): Promise<Saved> {
    if (snapshot.state === 'new') {
      return this.begin('migrated', ours, ours.json)
    }
    if (snapshot.state === 'retired') {
      return this.migrateRetired(snapshot, ours, snapshot.tombstone)
    }

    let current = snapshot.state === 'stored' ? snapshot.record : null
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const json = rebased(snapshot, ours, current)
      const saved = await this.begin('migrated', ours, json, current?.meta)
      const tombstone = tombstoneFor(ours, current, json, this.settings)
      const result = await this.store.retire(snapshot.id, tombstone, current)
      if (result.done) {
        return saved
      }

      await this.store.destroy(ours.id)
      current = result.current
      if (!current || (snapshot.state === 'stored' && !isSameSession(snapshot.record, current))) {
        return this.migrateLate(snapshot, ours)
      }
    }
    throw this.store.contended('migrate', ATTEMPTS)
  }

  /** Another request was first. A rotation has nothing of its own to say; what was done goes along. */
  private async migrateLate(snapshot: Snapshot, ours: Outgoing): Promise<Saved> {
    if (ours.ended === 'rotated' && snapshot.state === 'stored') {
      return isUnchanged(snapshot, ours, this.settings)
        ? this.gone(snapshot)
        : this.updateRotated(snapshot, ours)
    }
    const tombstone = await this.store.tombstoneOf(snapshot.id)
    const { reason, successor: id } = tombstone ?? {}
    if (reason === 'rotated' && id && snapshot.state === 'stored') {
      return inTurn(id, this.settings, () => this.migrate({ ...snapshot, id }, ours))
    }
    return tombstone
      ? this.migrateRetired(snapshot, ours, await this.readable(tombstone))
      : this.gone(snapshot)
  }

  /**
   * Two requests gave the session a new id, and the other one was first. If this one changed nothing
   * else, its work is done. If it did, as a login does, it gets a session of its own: what may still be
   * read under the old id, and what it did. A session that was ended for good leaves nothing.
   */
  private async migrateRetired(snapshot: Snapshot, ours: Outgoing, tombstone: SessionTombstone) {
    const endedMeanwhile = snapshot.state !== 'retired' && isFinal(tombstone)
    const { values: base } = split(valuesOf(snapshot))
    const values = rebase(base, valuesLeft(ours), ours.operations, tombstone.values)
    if (isDeepStrictEqual(values, tombstone.values) || endedMeanwhile) {
      return this.gone(snapshot)
    }
    return this.begin('migrated', ours, JSON.stringify(join(values, ours.messages.next)))
  }

  /** The session ends, under every id it got meanwhile; what was put since begins a new one. */
  private async destroy(snapshot: Snapshot, ours: Outgoing): Promise<Saved> {
    const tombstone = snapshot.state === 'new' ? null : await this.store.tombstoneOf(snapshot.id)
    if (snapshot.state === 'stored' && tombstone && isFinal(tombstone)) {
      return this.gone(snapshot)
    }

    const saved = await this.begin('destroyed', ours, ours.json)
    let next = snapshot.state === 'new' ? undefined : await this.end(snapshot.id, INVALIDATED)
    while (next) {
      const id: string = next
      next = await inTurn(id, this.settings, () => this.end(id, INVALIDATED))
    }
    return saved
  }

  /** Ends what is stored under an id for good. If it was given another id, that one is the answer. */
  private async end(id: string, tombstone: SessionTombstone): Promise<string | undefined> {
    const result = await this.store.retire(id, tombstone)
    return result.done ? undefined : (await this.store.tombstoneOf(id))?.successor
  }

  /** Writes values, as JSON, under an id that is new; no values need no record. */
  private async begin(
    outcome: SessionOutcome,
    ours: Outgoing,
    json: string,
    meta: SessionMeta = {}
  ) {
    if (json === '{}') {
      return this.saved(outcome, { state: 'new', id: ours.id })
    }
    const first = await this.store.replace(ours.id, json, null, ours, meta)
    const { id } = ours
    // An attempt before, which failed later on, may have left its record: the id is nobody else's.
    const result = first.done
      ? first
      : await this.store.replace(id, json, first.current, ours, meta)
    if (!result.done) {
      throw this.store.contended('write', 2)
    }
    return this.saved(outcome, { state: 'stored', id, record: result.record })
  }

  /**
   * A tombstone with what may be read under it now: what the session still holds under the id it has
   * by now. Nothing, when it has ended since: a logout is one for the old ids, too.
   */
  private async readable(tombstone: SessionTombstone): Promise<SessionTombstone> {
    let { values, successor } = tombstone
    while (successor && Object.keys(values).length) {
      const found = await this.store.load(successor)
      if (found && 'values' in found) {
        return { ...tombstone, values: common(values, split(found.values).values) }
      }
      const next = await this.store.tombstoneOf(successor)
      values = common(values, next?.values ?? {})
      successor = next?.successor
    }
    return { ...tombstone, values }
  }

  /** The browser has no newer cookie that could be lost: a new session may begin, under another id. */
  private async endOfLife(id: string): Promise<Snapshot> {
    await this.revoke(id)
    return { state: 'absent', id, revoked: true }
  }

  private saved(outcome: SessionOutcome, snapshot: Snapshot): Saved {
    const meta = snapshot.state === 'stored' ? snapshot.record.meta : {}
    return { outcome, snapshot, ttlInMs: timeToLive(meta, this.settings) }
  }

  private gone(snapshot: Snapshot): Saved {
    return this.saved('gone', snapshot)
  }
}
