import type { SessionOutcome, SessionTombstone, StoredSession } from '@ioc:Adonis/Addons/Session'
import { Messages } from '../Values/messages'
import { Operation } from '../Values/operations'
import { Values } from '../Values/paths'

/** What a request found under its id when it began. */
export type Snapshot =
  /** The id was made for this request: no store knows it. */
  | { state: 'new'; id: string }
  /** Nothing is stored under the id, or no longer. A revoked id must not be used again. */
  | { state: 'absent'; id: string; revoked: boolean; unreadable?: string }
  | { state: 'stored'; id: string; record: StoredSession }
  /** The id was regenerated or invalidated: what is left of it can be read, and nothing written. */
  | { state: 'retired'; id: string; tombstone: SessionTombstone }

export type StoredSnapshot = Extract<Snapshot, { state: 'stored' }>

/** What a request made of a session. */
export interface Change {
  /** The id that the session shall have; another one than that of the snapshot when it has `ended`. */
  id: string
  /** Live: a handler may change them while they are saved. */
  values: Values
  operations: Operation[]
  /** Was nothing changed, in no way? Then nobody needs to compare the values. */
  isPristine: boolean
  messages: Messages & {
    /** The next ones are not stored yet, even if they read like those that are. */
    areNew: boolean
  }
  /** The age that this request gave to this session alone, in milliseconds; `null`: it gave none. */
  age: { inMs: number } | null
  ended: Ended
}

/** The same, in the form in which it is stored: values and messages as they are now. */
export interface Outgoing extends Omit<Change, 'values' | 'isPristine'> {
  json: string
}

/** Why the id is another one: asked for, due (`rotateEvery`), or since the session ended. */
export type Ended = 'regenerated' | 'rotated' | 'invalidated' | null

/** What became of it. */
export interface Saved {
  outcome: SessionOutcome
  /** Where a second commit of the same request goes on. */
  snapshot: Snapshot
  /** How long the session lives from now on. */
  ttlInMs: number
}
