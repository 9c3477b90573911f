import type {
  AtomicDriverContract,
  Found,
  SessionMeta,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { revision } from '../Tombstones'
import { common } from '../Values/merge'

/** The tombstone of a session that has ended. */
export type Retired = Extract<Found, { state: 'retired' }>

/** What stands for an id when nothing of its session may be read any more. */
export const ENDED: SessionTombstone = { reason: 'revoked', values: {} }

/** Whether a session may be sent to the browser: the meta to send it with, or the tombstone that refuses it. */
export type Admission = { ended: Retired } | { ended: null; meta: SessionMeta }

/**
 * Remembers which sessions have ended, for a driver that leaves sessions with the browser: a copy of their cookies
 * would be good for the rest of its time.
 */
export abstract class Endings {
  /** See `AtomicDriverContract`. Absent if it can't. */
  public readonly endTagged?: AtomicDriverContract['endTagged']
  public readonly prune?: AtomicDriverContract['prune']

  /** The tombstone of an id as it was left. `null`: none. */
  protected abstract standing(id: string): Promise<Retired | null>

  /**
   * Leaves a tombstone, which is readable for `ttlInMs`, and refuses its id for at least `ageInMs`. Returns the one that
   * stands there instead; `null`: it was left.
   */
  protected abstract leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null>

  /**
   * The tombstone of a session, by its id and its meta; `null`: it goes on. It has no successor, which can't be loaded
   * from here: its cookies are with another request. What may be read is what the tombstones of the successors leave of
   * it; nothing once the session has ended.
   */
  public async find(id: string, _?: SessionMeta): Promise<Retired | null> {
    const standing = await this.standing(id)
    const { successor, ...tombstone } = standing?.tombstone ?? {}
    if (!standing || !successor) {
      return standing
    }
    const next = await this.find(successor)
    const values = next && common(standing.tombstone.values, next.tombstone.values)
    return {
      ...standing,
      tombstone: { ...(tombstone as SessionTombstone), ...(values && { values }) },
    }
  }

  /** Asked before a session is sent to the browser. */
  public async admit(id: string, meta: SessionMeta): Promise<Admission> {
    const ended = await this.find(id)
    return ended ? { ended } : { ended, meta }
  }

  /**
   * Ends a session, for as long as its cookies may be good. Returns the tombstone of an id that has ended before. If
   * its session goes on under another id, and is to end for good, it ends there.
   */
  public async end(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null> {
    const standing = await this.leave(id, tombstone, ttlInMs, ageInMs)
    if (!standing) {
      return null
    }
    if (!tombstone.successor) {
      await this.endSuccessors(standing, ttlInMs, ageInMs)
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
