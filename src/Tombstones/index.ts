import { randomBytes } from 'crypto'
import type { Found, SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { ExpiringMap } from '../ExpiringMap'

const PROCESS = randomBytes(6).toString('base64')
let revisions = 0

/** A text that is unique: a token of this process, and a counter. */
export function revision(): string {
  return `${PROCESS}${(revisions++).toString(36)}`
}

/**
 * Does a tombstone that stands stay where another one is to be left? The first one always does: an id is
 * retired once, and whoever comes later finds out why and where the session is. Its own repetition, as
 * after a connection that broke, is done.
 */
export function prevails(
  standing: SessionTombstone | null | undefined,
  next: SessionTombstone
): standing is SessionTombstone {
  return Boolean(standing) && (next.revision === undefined || standing!.revision !== next.revision)
}

/** Tombstones in this process, for drivers that have no other place for them. */
export class Tombstones extends ExpiringMap<SessionTombstone> {
  /** The tombstone of an id, as a driver finds it; `null`: none. */
  public find(sessionId: string): Extract<Found, { state: 'retired' }> | null {
    const tombstone = this.get(sessionId)
    return tombstone && { state: 'retired', tombstone, expiresAt: this.endOf(sessionId)! }
  }
}
