import type { Found, SessionTombstone, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { hasRunOut } from './lifetime'
import { Snapshot } from './states'

/** What a request did to its session. `rotated`: its id is due for another one (`rotateEvery`). */
export type Did = 'nothing' | 'changed' | 'rotated' | 'regenerated' | 'invalidated'

/** What stands under the id now, for a request with this snapshot. */
export type Stands =
  /** What the request began with. Also nothing, where the time of a session came during the request. */
  | 'as read'
  /** The same session, stored by another request since. */
  | 'newer'
  /** The session has another id, which the old one leads to. */
  | 'rotated'
  /** The session has another id, which nobody who comes with the old one may write to. */
  | 'regenerated'
  /** The session was ended for good while the request was under way. */
  | 'ended'
  /** It had ended for good before the request began. */
  | 'ended before'
  /** Somebody removed the record and left no tombstone: a process of 6.4, an operator, an eviction. */
  | 'nothing'

/** What is done then. Each is a method of `Commit`. */
export type Action =
  /** Touch what is due, or ask whether the id that the response is about to send still stands. */
  | 'keep'
  /** Nothing is to be done. */
  | 'leave'
  /** Nothing is stored, and no cookie is sent. */
  | 'giveUp'
  /** Store the change on top of what stands there. */
  | 'write'
  /** Store it under the new id, then retire the old one. */
  | 'move'
  /** Decide again under the id that the session has by now. */
  | 'follow'
  /** Decide again as if no new id were due. */
  | 'stay'
  /** Begin a session of the same family under the new id. */
  | 'fork'
  /** Begin a session with what this request put. */
  | 'begin'
  /** End the session under every id it has, and begin one with what was put since. */
  | 'end'

/** The rules of persistence. The table in docs/guarantees.md is this one. */
export const RULES: Record<Did, Record<Stands, Action>> = {
  nothing: {
    'as read': 'keep',
    newer: 'leave',
    rotated: 'giveUp',
    regenerated: 'giveUp',
    ended: 'giveUp',
    'ended before': 'giveUp',
    nothing: 'giveUp',
  },
  changed: {
    'as read': 'write',
    newer: 'write',
    rotated: 'follow',
    regenerated: 'giveUp',
    ended: 'giveUp',
    'ended before': 'begin',
    nothing: 'giveUp',
  },
  rotated: {
    'as read': 'move',
    newer: 'move',
    rotated: 'stay',
    regenerated: 'stay',
    ended: 'stay',
    'ended before': 'stay',
    nothing: 'stay',
  },
  regenerated: {
    'as read': 'move',
    newer: 'move',
    rotated: 'follow',
    regenerated: 'fork',
    ended: 'giveUp',
    'ended before': 'begin',
    nothing: 'begin',
  },
  invalidated: {
    'as read': 'end',
    newer: 'end',
    rotated: 'end',
    regenerated: 'end',
    ended: 'end',
    'ended before': 'end',
    nothing: 'end',
  },
}

/** Which column of the table applies. */
export function standsNow(
  snapshot: Snapshot,
  found: Snapshot['found'],
  settings: Settings
): Stands {
  switch (found.state) {
    case 'stored':
      return storedNow(snapshot, found, settings)
    case 'retired':
      return retiredNow(snapshot, found.tombstone)
    default:
      return snapshot.found.state !== 'stored' || hasRunOut(snapshot, settings)
        ? 'as read'
        : 'nothing'
  }
}

function storedNow(
  snapshot: Snapshot,
  { record }: Extract<Found, { state: 'stored' }>,
  settings: Settings
): Stands {
  if (snapshot.found.state !== 'stored') {
    return 'newer'
  }
  const began = snapshot.found.record
  if (record.version === began.version) {
    return 'as read'
  }
  return isSameSession(began, record) || hasRunOut(snapshot, settings) ? 'newer' : 'ended'
}

/** Ended and begun again under the same id is another session. A record of 6.4 tells no beginning. */
export function isSameSession(one: StoredRecord, other: StoredRecord): boolean {
  const [was, is] = [one.meta.createdAt, other.meta.createdAt]
  return was === undefined || is === undefined || was === is
}

function retiredNow(snapshot: Snapshot, tombstone: SessionTombstone): Stands {
  if (isFinal(tombstone)) {
    return snapshot.found.state === 'retired' ? 'ended before' : 'ended'
  }
  return tombstone.reason === 'rotated' && tombstone.successor ? 'rotated' : 'regenerated'
}

/** Was the session ended for good, and not given another id? */
export function isFinal({ reason }: SessionTombstone): boolean {
  return reason === 'invalidated' || reason === 'revoked'
}
