/** A row that has not ended. */
export interface Row {
  /** `null`: a tombstone. */
  data: string | null
  tombstone: string | null
  /** Different for each state of the row. */
  version: string
  /** In milliseconds since the epoch. */
  expiresAt: number
}

/** What a change needs: the hash of the id, the version that is to stand there, and for how long. */
export interface Change {
  id: string
  /** Whose session it is; absent for a tombstone, and where nobody said so. */
  tag?: string | null
  version: string
  ttlInMs: number
}

/**
 * The rows of sessions in a store that compares in one step. Each change answers whether it found what it was
 * to change; what has ended counts as nothing. `expected` absent: whatever session stands there.
 */
export interface SessionRows {
  /** The largest session, in bytes. */
  maxBytes: number

  find(id: string): Promise<Row | null>

  /** Stores a session or a tombstone where nothing stands. */
  insert(change: Change & { data: string | null; tombstone: string | null }): Promise<boolean>

  /** Stores a session in the place of another one. */
  replace(change: Change & { data: string; expected?: string }): Promise<boolean>

  /** Moves the expiry of the session with this version. */
  touch(change: Change): Promise<boolean>

  /** Stores a tombstone in the place of a session. */
  retire(change: Change & { tombstone: string; expected?: string }): Promise<boolean>

  /** Removes a session; a tombstone stays. */
  remove(id: string): Promise<void>

  /** Removes what stands there, if it is still the expected one. */
  discard(id: string, expected: string): Promise<void>
}

/** An error of a store, without what it was about. */
export class RowsError extends Error {
  constructor(
    message: string,
    /** The code of the store. */
    public code: unknown,
    /** Is the session too large, or is there no room for it? */
    public kind?: 'tooLarge' | 'full'
  ) {
    super(message)
  }
}
