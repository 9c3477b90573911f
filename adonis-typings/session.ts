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
