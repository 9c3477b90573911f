declare module '@ioc:Adonis/Addons/Session' {
  import type { CookieOptions } from '@ioc:Adonis/Core/Response'
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { ApplicationContract } from '@ioc:Adonis/Core/Application'

  /**
   * Shape of `config/session.ts`. A duration is a number of milliseconds or a string that the `ms`
   * package reads, such as `'2h'`.
   */
  export interface SessionConfig {
    /** Enable or disable sessions for the entire app. */
    enabled: boolean

    /** `cookie`, `file`, `redis`, `memory`, or a name given to `Session.extend`. */
    driver: string

    /** Name of the cookie that holds the session id. */
    cookieName: string

    /** `true`: the cookie ends with the browser. The server still ends the session by `age`. */
    clearWithBrowser: boolean

    /** How long a session lives without a request. */
    age: string | number

    /** Attributes of the session id cookie and of the cookies of the cookie driver. */
    cookie: Omit<Partial<CookieOptions>, 'maxAge' | 'expires'> & {
      /** CHIPS: one cookie per top-level site. Needs `secure`. */
      partitioned?: boolean
    }

    /** Config of the file driver: an absolute path to a directory. */
    file?: { location: string }

    /** Config of the redis driver: a connection of `config/redis`. */
    redisConnection?: string

    /**
     * How stale the expiry of an unchanged session may get before store and cookie are refreshed.
     * Absent or 0: on every response.
     */
    touchEvery?: string | number

    /**
     * Absent or `true`: every visitor gets a session id cookie. `false`: no cookie until something is
     * stored.
     */
    saveUninitialized?: boolean

    /** Ends a session this long after it began, however active it is. Absent: never. */
    absoluteAge?: string | number

    /**
     * Gives a session a new id this long after it got the last one (renewal timeout). The old one is
     * retired as by `regenerate`. Absent: never by itself.
     */
    rotateEvery?: string | number

    /**
     * How long what the old and the new session both hold stays readable under an id that was
     * regenerated, for requests already on their way. Absent: 60 seconds. 0: not at all.
     */
    retireFor?: string | number

    /** Deadline of one operation of the store. Absent: 5 seconds. */
    storeTimeout?: string | number
  }

  /** The four methods that every session driver must have. */
  export interface SessionDriverContract {
    /** The values stored under an id, similar to what `write` was given, or `null`. */
    read(sessionId: string): Promise<Record<string, any> | null> | Record<string, any> | null

    /** Stores the values under an id, in place of what was there. */
    write(sessionId: string, values: Record<string, any>): Promise<void> | void

    /** Removes an id and its values. */
    destroy(sessionId: string): Promise<void> | void

    /** Resets the expiry. May answer `false`: the session is no longer there. */
    touch(sessionId: string): Promise<TouchResult | void> | TouchResult | void
  }

  /** Was the expiry reset? `newer`: another request has stored the session since. */
  export type TouchResult = boolean | 'newer'

  /** Our notes on a session. Times are milliseconds since the epoch; a record of 6.4.0 has none. */
  export interface SessionMeta {
    createdAt?: number
    updatedAt?: number
    /** Its own for each record: no two are the same text, even if they say the same at the same time. */
    revision?: string
    /** When the session got its id; noted while `rotateEvery` is set. */
    issuedAt?: number
    /** When flash messages were last stored: tells new messages from those a request has seen. */
    flashedAt?: number
    /** Set by `session.setAge`, in milliseconds. */
    age?: number
  }

  /** A session as a store keeps it: the values, the same as JSON text, and our notes. */
  export interface SessionRecord {
    values: Record<string, any>
    json: string
    meta: SessionMeta
  }

  /** A session as a store holds it now. */
  export interface StoredSession extends SessionRecord {
    /** Names this very state of the record in `replace` and `retire`; opaque to everybody else. */
    version: string
    /** When the store ends the session, in milliseconds since the epoch; `null`: not known. */
    expiresAt: number | null
  }

  /** A record was there, could not be read, and has been put out of the way. */
  export interface UnreadableSession {
    unreadable: string
  }

  /** Why an id was retired, and what may still be read under it. */
  export interface SessionTombstone {
    reason: 'regenerated' | 'rotated' | 'invalidated' | 'revoked'
    values: Record<string, any>
    /** The id that the session was given instead, when it was regenerated. */
    successor?: string
  }

  /** No record is there, but a tombstone. */
  export interface RetiredSession {
    retired: SessionTombstone
  }

  /** What a store finds under an id. `null`: nothing, or what has expired. */
  export type LoadedSession = StoredSession | RetiredSession | UnreadableSession | null

  /** The answer of a conditional change. `current` is what is there instead of the expected version. */
  export type ConditionalResult =
    { done: true; version: string } | { done: false; current: StoredSession | null }

  /**
   * A driver that also compares before it changes. The built-in drivers are such; one of your own
   * may be, and is then exact across processes. All durations are milliseconds.
   */
  export interface SessionStoreContract extends SessionDriverContract {
    /** The session under an id, with its version and expiry; or what is left of it. */
    load(sessionId: string): Promise<LoadedSession>

    /** Stores a record if the version is still the expected one; `null`: if nothing is there. */
    replace(
      sessionId: string,
      record: SessionRecord,
      expected: string | null,
      ttlInMs: number
    ): Promise<ConditionalResult>

    /**
     * Resets the expiry if the version is the expected one, or whatever there is without one. `false`:
     * the session is no longer there; `newer`: another version is there, and was left alone.
     */
    touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<TouchResult>

    /**
     * Removes a session and leaves a tombstone for the given time, in one step, or the tombstone
     * first. Only if the version is the expected one; `null`: if nothing is there; `undefined`: whatever
     * is there. An id gets a successor once: when nothing but a tombstone is there, and either names a
     * successor, the standing one stays, and `current` is null.
     */
    retire(
      sessionId: string,
      tombstone: SessionTombstone,
      expected: string | null | undefined,
      ttlInMs: number
    ): Promise<ConditionalResult>

    /** The tombstone of an id, if it has one: also where a record is. */
    retired(sessionId: string): Promise<SessionTombstone | null>
  }

  /**
   * The callback of `Session.extend`. It is called for each HTTP request. `config` is the section of
   * `config/session` named like the driver; keys it lacks are those of the whole session config.
   */
  export type ExtendCallback = (
    manager: SessionManagerContract,
    config: SessionConfig & Record<string, any>,
    ctx: HttpContextContract
  ) => SessionDriverContract

  /** The values that `session.put` takes. */
  export type AllowedSessionValues =
    string | boolean | number | bigint | object | Date | Array<any> | null

  /** Values under dotted keys. Sessions and flash messages are kept in one each. */
  export interface StoreContract {
    /** Is there nothing in the store? */
    isEmpty: boolean

    /** Set the value of a key. */
    set(key: string, value: AllowedSessionValues): void

    /** Add to a number; an absent one counts as 0. Raises E_SESSION_NOT_A_NUMBER. */
    increment(key: string, steps?: number): void

    /** Subtract from a number; an absent one counts as 0. Raises E_SESSION_NOT_A_NUMBER. */
    decrement(key: string, steps?: number): void

    /** Add items to an array; an absent one is created. Raises E_SESSION_NOT_AN_ARRAY. */
    push(key: string, ...items: AllowedSessionValues[]): void

    /** Replace all values. */
    update(values: Record<string, any>): void

    /** Merge values into the existing ones: plain objects deeply, anything else is replaced. */
    merge(values: Record<string, any>): any

    /** All values. */
    all(): any

    /** The value of a key, or the default value when it is undefined or null. */
    get(key: string, defaultValue?: any): any

    /** Is there a value other than undefined and null? An empty array counts unless told otherwise. */
    has(key: string, checkForArraysLength?: boolean): boolean

    /** Is the key there, even with null? */
    exists(key: string): boolean

    /** Remove a key. */
    unset(key: string): void

    /** Remove all keys. */
    clear(): void

    /** Read a value and remove it. */
    pull(key: string, defaultValue?: any): any

    toObject(): any
    toJSON(): any
  }

  /** The session of one HTTP request. */
  export interface SessionContract {
    /** Has the store been initiated? */
    initiated: boolean

    /** Was it initiated in readonly mode? */
    readonly: boolean

    /** Was the session id generated during this request, first or by `regenerate`? */
    fresh: boolean

    /** The session id. */
    sessionId: string

    /** Flash messages of the previous request. */
    flashMessages: StoreContract

    /** Flash messages for the next request. */
    responseFlashMessages: StoreContract

    /** Is nothing stored? */
    readonly isEmpty: boolean

    /** Do the values differ from what was read? */
    readonly hasBeenModified: boolean

    /** Has `regenerate` or `invalidate` been called? */
    readonly hasRegeneratedSession: boolean

    /** Load the session. Called by the before hook. */
    initiate(readonly: boolean): Promise<void>

    /** Store the session and set its cookie. Called by the after hook; may be called before it. */
    commit(): Promise<void>

    /** Give the session a new id and retire the old one, at commit. */
    regenerate(): void

    /** Drop all values and give the session a new id; nothing stays readable under the old one. */
    invalidate(): void

    /** The age of this session alone: milliseconds, or a string such as `'30 days'`. */
    setAge(age: string | number): void

    /** Is there a value other than undefined, null and the empty array? */
    has(key: string): boolean

    /** Is the key there, even with null? */
    exists(key: string): boolean

    /** The opposite of `exists`. */
    missing(key: string): boolean

    /** Store a value, or each value of an object. Raises E_SESSION_UNSERIALIZABLE. */
    put(key: string, value: AllowedSessionValues): void
    put(values: Record<string, AllowedSessionValues>): void

    /** The value of a key, or the default value when it is undefined or null. */
    get(key: string, defaultValue?: any): any

    /** All values. */
    all(): any

    /** Only the values of the given keys. */
    only(keys: string[]): Record<string, any>

    /** All values but those of the given keys. */
    except(keys: string[]): Record<string, any>

    /** Remove one key, or each of several. */
    forget(key: string | string[]): void

    /** Read a value and remove it. */
    pull(key: string, defaultValue?: any): any

    /** Add items to an array. Raises E_SESSION_NOT_AN_ARRAY. */
    push(key: string, ...items: AllowedSessionValues[]): void

    /** The stored value, or else that of the callback, which is then stored. */
    remember<T extends AllowedSessionValues>(
      key: string,
      callback: () => T | Promise<T>
    ): Promise<T>

    /** Add to a number. Raises E_SESSION_NOT_A_NUMBER. */
    increment(key: string, steps?: number): any

    /** Subtract from a number. Raises E_SESSION_NOT_A_NUMBER. */
    decrement(key: string, steps?: number): any

    /** Replace all values. */
    replace(values: Record<string, AllowedSessionValues>): void

    /** Remove all values; `flush` is the same. */
    clear(): void
    flush(): void

    /** Flash a value for the next request, or each value of an object. */
    flash(values: { [key: string]: AllowedSessionValues }): void
    flash(key: string, value: AllowedSessionValues): void

    /** Add a flash message for this request only. */
    flashNow(values: { [key: string]: AllowedSessionValues }): void
    flashNow(key: string, value: AllowedSessionValues): void

    /** Flash the request body. */
    flashAll(): void

    /** Flash the given fields of the request body. */
    flashOnly(keys: string[]): void

    /** Flash the request body without the given fields. */
    flashExcept(keys: string[]): void

    /** Flash the messages of the previous request again. */
    reflash(): void

    /** Flash the given messages of the previous request again. */
    reflashOnly(keys: string[]): void

    /** Flash the messages of the previous request again, without the given ones. */
    reflashExcept(keys: string[]): void
  }

  /** Reads and writes sessions from the outside, for tests. */
  export interface SessionClientContract extends StoreContract {
    isEnabled(): boolean

    /** Flash messages that the next request will find. */
    flashMessages: StoreContract

    /** The session behind the cookies of a response, and its Set-Cookie lines. */
    load(
      cookies: Record<string, any>,
      lines?: string[]
    ): Promise<{
      session: Record<string, any>
      flashMessages: Record<string, any> | null
    }>

    /** Stores the values under a new id, which goes into the cookie of the request. */
    commit(): Promise<{
      cookieName: string
      sessionId: string
      signedSessionId: string
      /** Further cookies that the driver needs, encrypted: those of the cookie driver. */
      cookies: Record<string, any>
    }>

    /** Removes what `commit` stored, and the session of the response that was loaded. */
    forget(): Promise<void>

    /** The same for a response that was not loaded, by its Set-Cookie lines. */
    forgetAfter(lines: string[]): Promise<void>
  }

  /** What a commit did. */
  export type SessionOutcome =
    'untouched' | 'touched' | 'committed' | 'merged' | 'migrated' | 'destroyed' | 'gone'

  export interface SessionManagerContract {
    application: ApplicationContract

    /** The same as `application`. */
    app: ApplicationContract

    isEnabled(): boolean
    client(): SessionClientContract
    create(ctx: HttpContextContract): SessionContract

    /** Add a driver, or put one in place of a built-in. */
    extend(driver: string, callback: ExtendCallback): void

    /** The same as `extend`, as one example of the reference page writes it. */
    get(driver: string, callback: ExtendCallback): void

    /** The session of the current request, anywhere in it. Needs `http.useAsyncLocalStorage`. */
    current(): SessionContract | null

    /** End a session from outside, by its id. A request in flight writes nothing back. */
    destroy(sessionId: string): Promise<void>
  }

  const Session: SessionManagerContract
  export default Session
}
