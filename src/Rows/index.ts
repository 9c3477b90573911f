/** A row that has not expired. */
export interface Row {
  /** `null` if the row holds a tombstone. */
  data: string | null
  tombstone: string | null
  /** Unique. Replaced whenever `data` or `tombstone` changes. */
  version: string
  /** In milliseconds since the epoch. */
  expiresAt: number
}

/** What a change needs: the hash of the id, the version to store, and the time to live. */
export interface Change {
  id: string
  /** Whose session it is; absent for a tombstone, and where nobody said so. */
  tag?: string | null
  version: string
  ttlInMs: number
}

/**
 * The rows of sessions in a store that compares and changes in one atomic step. A change returns whether it
 * found what it was meant to change. A row that has expired counts as absent. Without `expected`, any session
 * is accepted, whatever its version.
 */
export interface SessionRows {
  /** The maximum size of a session, in bytes. */
  maxBytes: number

  find(id: string): Promise<Row | null>

  /** Stores a session or a tombstone if there is no row. */
  insert(change: Change & { data: string | null; tombstone: string | null }): Promise<boolean>

  /** Replaces a session with another one. */
  replace(change: Change & { data: string; expected?: string }): Promise<boolean>

  /** Changes the expiry of the session with this version. */
  touch(change: Change): Promise<boolean>

  /** Replaces a session with a tombstone. */
  retire(change: Change & { tombstone: string; expected?: string }): Promise<boolean>

  /** Removes a session, but not a tombstone. */
  remove(id: string): Promise<void>

  /** Removes the row if it still has the expected version. */
  discard(id: string, expected: string): Promise<void>
}

/** An error of a store, without session ids and session data. */
export class RowsError extends Error {
  constructor(
    message: string,
    /** The error code of the store. */
    public code: unknown,
    /** `tooLarge`: the session is too large. `full`: the store has no space left. */
    public kind?: 'tooLarge' | 'full'
  ) {
    super(message)
  }
}
