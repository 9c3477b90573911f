import type { RetiredSession, SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { ExpiringMap } from '../ExpiringMap'

/**
 * Must a tombstone stay where no record is left, and what comes next give up? An id is given a successor
 * once: the first one to say so is right, and whoever wants to end the session finds it there. Repeating
 * oneself is fine.
 */
export function prevails(
  standing: SessionTombstone | null,
  next: SessionTombstone
): standing is SessionTombstone {
  if (!standing) {
    return false
  }
  return next.successor ? standing.successor !== next.successor : Boolean(standing.successor)
}

/** What is left of retired ids, for stores that have no place of their own for it. */
export class Tombstones extends ExpiringMap<SessionTombstone> {
  /** What a store finds where nothing else is left. */
  public left(sessionId: string): RetiredSession | null {
    const retired = this.get(sessionId)
    return retired && { retired }
  }
}
