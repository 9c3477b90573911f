import type { Found, SessionMeta, SessionOutcome } from '@ioc:Adonis/Addons/Session'
import { FlashChange } from '../Values/messages'
import { Operation } from '../Values/operations'

/** What a request began with. */
export interface Snapshot {
  id: string
  /** The id that the request came with. Another one than `id` when that was rotated. */
  cameAs: string
  /** Does the response carry the id already, since an earlier commit? */
  isSent: boolean
  /** `new`: the id was made for this request, and no driver knows it. */
  found: Found | { state: 'new' }
  /** JSON of the values that the request goes on from, without messages. */
  base: string
  /** Milliseconds since the epoch. */
  loadedAt: number
  /** The id is retired and must not be used again: the visitor gets a new one. */
  isRefused: boolean
}

/** What a request made of a session. */
export interface Change {
  /** The id that the session shall have; another one than that of the snapshot with an `idChange`. */
  id: string
  idChange: IdChange
  /** JSON of the values, without messages. */
  values: string
  operations: Operation[]
  flash: FlashChange
  /** What this request set for this session alone; `null`: nothing. */
  own: OwnSettings | null
  /** What the config has every request note. */
  notes: Notes
  /** Is the request use of the session, also when it changes nothing? */
  prolongs: boolean
}

/** What a request says of a session without being told so by its handler. */
export interface Notes {
  /** The user that it logged in; `null`: out. Absent: neither. */
  user?: string | null
  /** Where the request came from. */
  client?: SessionMeta['client']
}

/** What a session may have in place of what the config says for all. */
export interface OwnSettings extends Pick<SessionMeta, 'age' | 'persist'> {
  /** `null`: none. */
  tag?: string | null
}

/** Why a session gets another id: asked for, due (`rotateEvery`), or because it ends. */
export type IdChange = 'regenerated' | 'rotated' | 'invalidated' | null

/** What became of a change. */
export interface Saved {
  outcome: SessionOutcome
  /** Where a second commit of the same request goes on. */
  snapshot: Snapshot
  /** How long the browser keeps the cookie of the session; `null`: until it is closed. */
  cookieAgeInMs: number | null
}
