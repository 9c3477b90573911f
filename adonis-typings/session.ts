declare module '@ioc:Adonis/Addons/Session' {
  /**
   * The session of one HTTP request, `ctx.session`.
   *
   * Changes are made in memory and stored by `commit`, which runs by itself before the response leaves. A
   * change of a value that was read counts as well: `session.get('user').name = 'Ada'`. Verbs are applied to
   * what other requests have stored meanwhile, so `increment` and `push` lose nothing.
   *
   * @throws E_RUNTIME_EXCEPTION by each verb before `initiate`, and by each one that writes in a readonly session
   */
  export interface SessionContract {
    /** Whether the session was loaded. */
    initiated: boolean

    /** Whether it was loaded in readonly mode, as for a request without a response of its own. */
    readonly: boolean

    /** Whether the id was made during this request: a new visitor, `regenerate` or `invalidate`. */
    fresh: boolean

    /** The session id. After `regenerate` and `invalidate` it is the new one, from `commit` on. */
    sessionId: string

    /** Messages that the request before has flashed: they are there for this request alone. */
    flashMessages: StoreContract

    /** Messages for the next request. The flash verbs write here. */
    responseFlashMessages: StoreContract

    /** Whether the session holds no values. */
    readonly isEmpty: boolean

    /** Whether the values differ from those that were read. */
    readonly hasBeenModified: boolean

    /** Whether `regenerate` or `invalidate` was called in this request. */
    readonly hasRegeneratedSession: boolean

    /**
     * Loads the session. A hook of the package calls it before the route; call it for a context that you
     * made yourself. A second call does nothing.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    initiate(readonly: boolean): Promise<void>

    /**
     * Stores the changes and sets the cookie. A hook of the package calls it before the response leaves.
     * Call it yourself where the next step needs the session stored; it may be called several times.
     *
     * With `flushHeaders` the status and the headers are sent right after, and the cookie with them: before
     * you write to `response.response`, as for server-sent events.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE, E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE,
     * E_SESSION_RESPONSE_SENT
     */
    commit(options?: CommitOptions): Promise<void>

    /**
     * Gives the session a new id, at commit. **Call this at login**, and wherever a user gets more rights:
     * an id that somebody planted or saw before is then worth nothing (session fixation; ASVS 7.2.4). The
     * auth package does so in its `login`.
     *
     * The values stay. What the session still holds can be read under the old id for `retireFor`.
     */
    regenerate(): void

    /**
     * Ends the session and begins an empty one with a new id, at commit. **Call this at logout.** What other
     * requests of the session do meanwhile is not stored, and a copy of its cookies is worth nothing.
     * Values that are put after it belong to the new session.
     */
    invalidate(): void

    /**
     * Gives this session an age of its own, such as `'30 days'` for "remember me". A number is
     * milliseconds, and a second is the least. It holds for the ids that the session gets later, too, and until it is set again.
     *
     * @throws E_SESSION_INVALID_AGE
     */
    setAge(age: string | number): void

    /**
     * Whether the cookies of this session outlive the browser, whatever `clearWithBrowser` says: `true` where
     * a user ticked "remember me", `false` where not. It holds until it is set again or the session ends.
     */
    persist(outlivesBrowser: boolean): void

    /**
     * Lets this request not count as use of the session, for polling and health checks: it prolongs nothing,
     * and sends no cookie, unless it changes the session. To have no session at all, see `skip` in the config.
     */
    passive(): void

    /**
     * When the session ends unless a later request uses it: after its age, or at the end of `absoluteAge`.
     * `null`: nothing is stored, or the driver does not tell.
     */
    readonly expiresAt: Date | null

    /**
     * Reads the session once more, for a socket or a long stream: the values are those that others have
     * stored since, with the changes of this one that are not committed yet on top. When the session has ended
     * meanwhile, it is empty, and the changes are gone. Values that were read before are no longer live.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    reload(): Promise<void>

    /**
     * Keeps the URL that a visitor wanted, for after the login. A URL of another site is not kept, so that
     * the login redirects to none (ASVS 3.7.2).
     */
    setIntendedUrl(url: string): void

    /** The URL that was kept: the path and query of a page of this site. */
    getIntendedUrl(): string | null
    getIntendedUrl(fallback: string): string

    /** Reads the kept URL and forgets it. */
    pullIntendedUrl(): string | null
    pullIntendedUrl(fallback: string): string

    /** Forgets the kept URL. */
    clearIntendedUrl(): void

    /** Whether a key has a value other than undefined, null and the empty array. */
    has(key: string): boolean

    /** Whether a key is there, also with null. */
    exists(key: string): boolean

    /** The opposite of `exists`. */
    missing(key: string): boolean

    /**
     * Stores a value, or each value of an object. A dot in a key leads into an object: `user.name`.
     *
     * @throws E_SESSION_UNSERIALIZABLE
     */
    put(key: string, value: AllowedSessionValues): void
    put(values: Record<string, AllowedSessionValues>): void

    /** The value of a key; the default value when it is undefined or null. */
    get(key: string, defaultValue?: any): any

    /** All values. */
    all(): any

    /** The values of some keys. */
    only(keys: string[]): Record<string, any>

    /** The values of all keys but some. */
    except(keys: string[]): Record<string, any>

    /** Removes a key, or each of several. */
    forget(key: string | string[]): void

    /** Reads a value and removes it. */
    pull(key: string, defaultValue?: any): any

    /**
     * Adds items to the end of an array. An absent one is created.
     *
     * @throws E_SESSION_NOT_AN_ARRAY, E_SESSION_UNSERIALIZABLE
     */
    push(key: string, ...items: AllowedSessionValues[]): void

    /** The value of a key. If it has none, that of the callback, which is then stored. */
    remember<T extends AllowedSessionValues>(
      key: string,
      callback: () => T | Promise<T>
    ): Promise<T>

    /**
     * Adds to a number, 1 unless told otherwise. An absent one counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    increment(key: string, steps?: number): any

    /**
     * Subtracts from a number, 1 unless told otherwise. An absent one counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    decrement(key: string, steps?: number): any

    /** Replaces all values by these. */
    replace(values: Record<string, AllowedSessionValues>): void

    /** Removes all values. To log a user out, use `invalidate`. */
    clear(): void

    /** The same as `clear`. */
    flush(): void

    /** Flashes a message, or each one of an object: the next request finds it in `flashMessages`. */
    flash(values: { [key: string]: AllowedSessionValues }): void
    flash(key: string, value: AllowedSessionValues): void

    /** Adds a message to those of this request, for a page that it renders itself. */
    flashNow(values: { [key: string]: AllowedSessionValues }): void
    flashNow(key: string, value: AllowedSessionValues): void

    /** Flashes the request body, for a form that is shown again. */
    flashAll(): void

    /** Flashes some fields of the request body. */
    flashOnly(keys: string[]): void

    /** Flashes the request body without some fields, such as the password. */
    flashExcept(keys: string[]): void

    /** Flashes the messages of the request before once more. */
    reflash(): void

    /** Flashes some messages of the request before once more. */
    reflashOnly(keys: string[]): void

    /** Flashes the messages of the request before once more, without some. */
    reflashExcept(keys: string[]): void
  }

  export interface CommitOptions {
    /** @default false */
    flushHeaders?: boolean
  }

  /**
   * What a commit did. `untouched`: nothing was due. `touched`: the expiry was reset. `committed`: the
   * values were stored. `merged`: they were stored on top of what another request had stored meanwhile.
   * `migrated`: they were stored under a new id. `destroyed`: the session was ended. `gone`: the session had
   * ended or has another id, nothing was stored, and no cookie is sent.
   */
  export type SessionOutcome =
    'untouched' | 'touched' | 'committed' | 'merged' | 'migrated' | 'destroyed' | 'gone'
}
