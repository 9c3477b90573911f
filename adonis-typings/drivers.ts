declare module '@ioc:Adonis/Addons/Session' {
  /**
   * The four methods that every session driver must have. A driver with only these is exact within one
   * process; one that implements `AtomicDriverContract` is exact across processes.
   */
  export interface SessionDriverContract {
    /** Returns the values stored under an id, equal to what `write` was given, or `null`. */
    read(sessionId: string): Promise<Record<string, any> | null> | Record<string, any> | null

    /** Stores the values under an id, replacing what was there. */
    write(sessionId: string, values: Record<string, any>): Promise<void> | void

    /** Removes an id and its values. An unknown id is fine. */
    destroy(sessionId: string): Promise<void> | void

    /** Resets the expiry. May return `false`: the session is no longer there. */
    touch(sessionId: string): Promise<boolean | void | Changed> | boolean | void

    /** `true`: the driver encrypts what it stores by itself, and `encrypt` in the config doesn't apply to it. */
    readonly encrypts?: boolean

    /**
     * Returns the error that keeps the driver from reaching its store, such as a refused connection, or
     * `null` if the driver knows of none. Called when an operation got no answer within `storeTimeout`: the
     * request's error then names this one, and later requests fail at once until the store answers again.
     */
    connectionError?(): Error | null

    /**
     * Removes ended sessions in batches, and yields after each batch how many it removed. For a store that
     * doesn't remove ended sessions by itself. Called by `Session.prune` and, unless `prune` is `false` in
     * the config, from time to time after a response. May run in several processes at once.
     */
    prune?(): AsyncIterable<number>
  }

  /**
   * What the package keeps about a session besides its values. Times are in milliseconds since the epoch.
   * A record written by version 6.4 has none of this.
   */
  export interface SessionMeta {
    createdAt?: number
    updatedAt?: number
    /** Different for each record that is written, so that records with equal values can be told apart. */
    revision?: string
    /** When the session got its id. Kept while `rotateEvery` is set. */
    issuedAt?: number
    /** For each flash message waiting to be read: a token of the request that flashed it. */
    flashed?: Record<string, string>
    /** Set by `session.setAge`, in milliseconds. */
    age?: number
    /** Set by `session.persist`: whether the session's cookies survive closing the browser. */
    persist?: boolean
    /** Whose session it is. Set by `session.tag` or `registry.tagUsers`. */
    tag?: string
    /** When the session was tagged. */
    taggedAt?: number
    /** The epoch of its tag in which the session was tagged; used with `revocation` in the config. */
    epoch?: string
    /** Identifies the session in lists, for pages and operators. It can't be used as a session id. */
    handle?: string
    /** Until when, at least, the driver's list of sessions with this tag has an entry for this session. */
    listedUntil?: number
    /** The client of the request that last stored the session. Updated while `registry.trackClient` is set. */
    client?: { ip?: string; userAgent?: string }
    /** The name of the key that the values and `client` are encrypted with, if they are. */
    sealed?: string
    /** Shared by sessions that were logged in from the same retired id: ending one ends them all. */
    family?: string
  }

  /** A session as a driver is asked to store it: the values, the same values as JSON text, and the meta. */
  export interface SessionRecord {
    values: Record<string, any>
    json: string
    meta: SessionMeta
  }

  /** A session as a driver currently holds it. */
  export interface StoredRecord extends SessionRecord {
    /** Identifies this exact state of the record. Opaque to everything except the driver. */
    version: string
    /** When the driver ends the session, in milliseconds since the epoch, or `null` if not known. */
    expiresAt: number | null
  }

  /** What remains of a retired id. */
  export interface SessionTombstone {
    /** `regenerated`, `rotated`: the session now has another id. The others: it has ended for good. */
    reason: 'regenerated' | 'rotated' | 'invalidated' | 'revoked'
    /** What can still be read under the retired id for `retireFor`. */
    values: Record<string, any>
    /** The id that the session got instead. */
    successor?: string
    /** What a session that is started under the retired id inherits. */
    meta?: Pick<SessionMeta, 'createdAt' | 'age' | 'persist' | 'tag' | 'epoch' | 'handle'>
    /** For a driver that can't load the successor: the tag, the handle and the epoch of the successor. */
    heir?: Pick<SessionMeta, 'tag' | 'handle' | 'epoch'>
    /** If the values can't be read for as long as the tombstone is kept: until when, in ms since the Unix epoch. */
    readableUntil?: number
    /** The name of the key that `values` is encrypted with, if it is. */
    sealed?: string
    /** Different for each tombstone, so that a command that is sent twice recognises its own. */
    revision?: string
  }

  /** What is found under a session id. */
  export type Found =
    | { state: 'stored'; record: StoredRecord }
    /** `expiresAt` is when the tombstone ends, in milliseconds since the epoch. */
    | { state: 'retired'; tombstone: SessionTombstone; expiresAt: number }
    /**
     * There was a record that could not be read, and it has been moved out of the way. `isBarred`: it could
     * not be moved, and the visitor gets another id. `sealed`: the record, which could not be decrypted.
     */
    | { state: 'unreadable'; reason: string; isBarred?: boolean; sealed?: StoredRecord }
    | { state: 'absent' }

  /** The result of a conditional change: it was done, or something else was found there. */
  export type Changed = { done: true; version: string } | { done: false; found: Found }

  /**
   * A driver that compares before it changes something, in one atomic step. `expected` is the version that
   * must be stored under the id, `null` if there must be no record, or `undefined` to accept whatever is
   * there. Durations are in milliseconds.
   *
   * A tombstone refuses every change under its id until it ends. If the driver has its own clock or time to
   * live, only that ends it.
   */
  export interface AtomicDriverContract extends SessionDriverContract {
    /** Finds what is stored under an id. If there is a tombstone, that is the answer. */
    load(sessionId: string): Promise<Found>

    /** Stores a record. */
    replace(
      sessionId: string,
      record: SessionRecord,
      expected: string | null,
      ttlInMs: number
    ): Promise<Changed>

    /** Resets the expiry. */
    touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<Changed>

    /**
     * Replaces a record with a tombstone. A tombstone that is already there stays, and a record left next to
     * it is removed. Works even when the store is full; the tombstone itself may then be left out.
     */
    retire(
      sessionId: string,
      tombstone: SessionTombstone,
      expected: string | null | undefined,
      ttlInMs: number
    ): Promise<Changed>

    /**
     * Finds the sessions with a tag. May also yield ids that have no such session (`record` is `null`), such as those
     * of sessions that expired within the last hour, but must not leave out a session. So `replace` must add the id
     * to the driver's list before it stores a record with the tag. Requires `list`.
     */
    tagged?(tag: string): AsyncIterable<ListedSession>

    /**
     * For a driver that can't list sessions: ends the sessions with a tag. `only` and `except` are handles.
     */
    endTagged?(tag: string, options: { only?: string; except?: string }): Promise<void>

    /** Finds all sessions. Must not change anything, not even records that can't be read. */
    list?(): AsyncIterable<ListedSession>
  }

  /** A session in a list. */
  export interface ListedSession {
    /** The id that `load` and `retire` accept for it: the session id, or a value derived from it. */
    sessionId: string
    /** `null`: there is no session under this id, or it has not been stored yet. */
    record: StoredRecord | null
    /** If the driver knows it: the handle of the session that had this id until it expired. */
    handle?: string
  }
}
