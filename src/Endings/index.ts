import type {
  AtomicDriverContract,
  Found,
  SessionMeta,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { isLatelyRetired } from '../Tombstones/age'
import { common } from '../Values/merge'
import { isEmpty, Values } from '../Values/paths'

/** The tombstone of a session that has ended. */
export type Retired = Extract<Found, { state: 'retired' }>

/** The tombstone of an id whose session can't be read any more. */
export const ENDED: SessionTombstone = { reason: 'revoked', values: {} }

/** How long cookies may be valid: those of the session that ends, and those of a session that isn't known here. */
export interface Ages {
  ageInMs: number
  longestAgeInMs: number
}

/** Whether a session may be sent to the browser: the meta to send it with, or the tombstone that refuses it. */
export type Admission = { ended: Retired } | { ended: null; meta: SessionMeta }

/**
 * Remembers which sessions have ended, for a driver that stores sessions in the browser. Otherwise, a copy of the
 * cookies would work until it expires.
 */
export abstract class Endings {
  /** See `AtomicDriverContract`. Absent if it can't. */
  public readonly endTagged?: AtomicDriverContract['endTagged']
  public readonly prune?: AtomicDriverContract['prune']

  constructor(protected settings: Settings) {}

  /** The tombstone of an id as it was left. `null`: none. */
  protected abstract standing(id: string): Promise<Retired | null>

  /**
   * Stores a tombstone, which is readable for `ttlInMs` and refuses its id for at least `ageInMs`. Returns the existing
   * tombstone if there is one, or `null` if the new one was stored.
   */
  protected abstract leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null>

  /**
   * Returns the tombstone of a session, found by its id and its meta, or `null` if the session hasn't ended. The
   * tombstone has no successor: the cookies of the successor belong to another request, so it can't be loaded here. Its
   * values are those that all tombstones of the successors still contain, or none if the session has ended.
   */
  public async find(id: string, _?: SessionMeta): Promise<Retired | null> {
    const standing = await this.standing(id)
    if (!standing) {
      return null
    }
    const { successor, ...tombstone } = standing.tombstone
    // Later on, nothing of it is read any more, and nobody needs to know what the successors leave of it.
    const isReadable = isLatelyRetired(standing, this.settings)
    const values = isReadable ? await this.readable(standing.tombstone) : tombstone.values
    return { ...standing, tombstone: { ...tombstone, values } }
  }

  /** Asks no further where nothing can be read. */
  private async readable(tombstone: SessionTombstone): Promise<Values> {
    const { values, successor } = tombstone
    if (isEmpty(values) || !successor) {
      return values
    }
    const [next, hasEnded] = await Promise.all([this.find(successor), this.hasHeirEnded(tombstone)])
    return hasEnded ? {} : next ? common(values, next.tombstone.values) : values
  }

  /** Has the session that a tombstone leads to been ended in a way that its id doesn't tell? */
  protected async hasHeirEnded(_: SessionTombstone): Promise<boolean> {
    return false
  }

  /** Asked before a session is sent to the browser. */
  public async admit(id: string, meta: SessionMeta): Promise<Admission> {
    const ended = await this.find(id)
    return ended ? { ended } : { ended, meta }
  }

  /**
   * Ends a session, for as long as its cookies may be valid. Returns the tombstone if the id has ended before, or
   * `null`. If the session continues under another id and must end permanently, that id is ended too.
   */
  public async end(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    { ageInMs, longestAgeInMs }: Ages
  ): Promise<Retired | null> {
    const standing = await this.leave(id, tombstone, ttlInMs, ageInMs)
    if (!standing) {
      return null
    }
    if (!tombstone.successor) {
      await this.endSuccessors(standing, ttlInMs, longestAgeInMs)
    }
    return this.find(id)
  }

  private async endSuccessors({ tombstone }: Retired, ttlInMs: number, ageInMs: number) {
    for (let id = tombstone.successor; id;) {
      const ending = { ...ENDED, revision: revision() }
      const standing = await this.leave(id, ending, ttlInMs, ageInMs)
      id = standing?.tombstone.successor
    }
  }
}
