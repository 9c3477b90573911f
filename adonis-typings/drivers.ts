declare module '@ioc:Adonis/Addons/Session' {
  /**
   * The four methods that every session driver must have. A driver of these alone is exact within one
   * process; one that implements `AtomicDriverContract` is exact across processes.
   */
  export interface SessionDriverContract {
    /** The values stored under an id, equal to what `write` was given, or `null`. */
    read(sessionId: string): Promise<Record<string, any> | null> | Record<string, any> | null

    /** Stores the values under an id, in place of what was there. */
    write(sessionId: string, values: Record<string, any>): Promise<void> | void

    /** Removes an id and its values. An unknown id is fine. */
    destroy(sessionId: string): Promise<void> | void

    /** Resets the expiry. May answer `false`: the session is no longer there. */
    touch(sessionId: string): Promise<boolean | void | Changed> | boolean | void

    /**
     * The error that keeps the driver from reaching its store, such as a refused connection; `null`: none
     * that it knows of. Asked when a call got no answer within `storeTimeout`: the error of the request
     * then names it, and later requests fail at once until the store answers again.
     */
    connectionError?(): Error | null
  }

  /**
   * What the package keeps about a session beside its values. Times are milliseconds since the epoch. A
   * record of 6.4 has none of it.
   */
  export interface SessionMeta {
    createdAt?: number
    updatedAt?: number
    /** Different for each record that is written: it tells records of equal values from each other. */
    revision?: string
    /** When the session got its id. Kept while `rotateEvery` is set. */
    issuedAt?: number
    /** For each flash message that waits: a token of the request that flashed it. */
    flashed?: Record<string, string>
    /** Set by `session.setAge`, in milliseconds. */
    age?: number
    /** Set by `session.persist`: does its cookie outlive the browser? */
    persist?: boolean
    /** Shared by sessions that were logged in from the same retired id: ending one ends all. */
    family?: string
  }

  /** A session as a driver is asked to keep it: the values, the same as JSON text, and the meta. */
  export interface SessionRecord {
    values: Record<string, any>
    json: string
    meta: SessionMeta
  }

  /** A session as a driver holds it now. */
  export interface StoredRecord extends SessionRecord {
    /** Names this very state of the record; opaque to everybody but the driver. */
    version: string
    /** When the driver ends the session, in milliseconds since the epoch; `null`: not known. */
    expiresAt: number | null
  }

  /** What remains of a retired id. */
  export interface SessionTombstone {
    /** `regenerated` and `rotated`: the session has another id. The others: it has ended for good. */
    reason: 'regenerated' | 'rotated' | 'invalidated' | 'revoked'
    /** What may be read under the retired id for `retireFor`. */
    values: Record<string, any>
    /** The id that the session has instead. */
    successor?: string
    /** What a session that is begun under the retired id inherits. */
    meta?: Pick<SessionMeta, 'createdAt' | 'age' | 'persist'>
    /** Different for each tombstone: a command that is sent twice recognises its own. */
    revision?: string
  }

  /** What stands under a session id. */
  export type Found =
    | { state: 'stored'; record: StoredRecord }
    /** `expiresAt` is when the tombstone ends, in milliseconds since the epoch. */
    | { state: 'retired'; tombstone: SessionTombstone; expiresAt: number }
    /**
     * A record was there, could not be read, and has been put out of the way. `isBarred`: it could not, and
     * the visitor gets another id.
     */
    | { state: 'unreadable'; reason: string; isBarred?: boolean }
    | { state: 'absent' }

  /** The answer to a conditional change: it was done, or something else stands there. */
  export type Changed = { done: true; version: string } | { done: false; found: Found }

  /**
   * A driver that compares before it changes, in one step. `expected` is the version that must stand
   * under the id, `null` for none, `undefined` for whatever stands there. Durations are milliseconds.
   *
   * A tombstone refuses every change under its id until it ends. Only the driver's own clock or time to
   * live ends it, where it has one.
   */
  export interface AtomicDriverContract extends SessionDriverContract {
    /** What stands under an id. Where a tombstone stands, that is the answer. */
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
     * Puts a tombstone in the place of a record. Where one stands already it stays, and a record that is
     * left beside it is removed. Works in a full store, where the tombstone itself may be left out.
     */
    retire(
      sessionId: string,
      tombstone: SessionTombstone,
      expected: string | null | undefined,
      ttlInMs: number
    ): Promise<Changed>
  }
}
