import type { SessionTombstone, StoredSession } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { common } from '../Values/merge'
import { split } from '../Values/messages'
import { Outgoing } from './types'

/** Ended for good: nothing is left to read. */
export const INVALIDATED: SessionTombstone = { reason: 'invalidated', values: {} }
export const REVOKED: SessionTombstone = { reason: 'revoked', values: {} }

/** Was the session ended for good, and not given another id? */
export function isFinal({ reason }: SessionTombstone): boolean {
  return reason === 'invalidated' || reason === 'revoked'
}

/** What is left of an id whose session goes on, as JSON, under another one: what both hold. */
export function tombstoneFor(
  { id, ended }: Outgoing,
  current: StoredSession | null,
  json: string,
  { retireForInMs }: Settings
): SessionTombstone {
  const isReadable = current !== null && retireForInMs > 0
  const shared = isReadable ? common(JSON.parse(current.json), JSON.parse(json)) : {}
  const leadsOn = ended === 'rotated' && isReadable
  const reason = leadsOn ? 'rotated' : 'regenerated'
  return { reason, values: split(shared).values, successor: id }
}
