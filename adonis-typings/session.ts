declare module '@ioc:Adonis/Addons/Session' {
  /**
   * The session of one HTTP request, `ctx.session`.
   *
   * Changes are made in memory and stored by `commit`, which runs automatically before the response is sent.
   * Changing a value that you read counts as well: `session.get('user').name = 'Ada'`. Verbs are re-applied
   * on top of what other requests have stored in the meantime, so `increment` and `push` lose nothing.
   *
   * @throws E_RUNTIME_EXCEPTION from every verb before `initiate`, and from every verb that writes when the
   * session is readonly
   */
  export interface SessionContract {
    /** Whether the session was loaded. */
    initiated: boolean

    /** Whether the session was loaded in readonly mode, as for a request that has no response of its own. */
    readonly: boolean

    /** Whether the id was created in this request: for a new visitor, by `regenerate` or by `invalidate`. */
    fresh: boolean

    /** The session id. After `regenerate` or `invalidate`, the new id, which takes effect at `commit`. */
    sessionId: string

    /**
     * Messages that the previous request flashed. They are available to this request only. With `flashTo: 'page'` in
     * the config, a request that doesn't show a page has none.
     */
    flashMessages: FlashMessagesContract

    /** Messages for the next request. The flash verbs write to this store. */
    responseFlashMessages: FlashMessagesContract

    /** Whether the session holds no values. */
    readonly isEmpty: boolean

    /** Whether the values differ from those that were loaded. */
    readonly hasBeenModified: boolean

    /** Whether `regenerate` or `invalidate` was called in this request. */
    readonly hasRegeneratedSession: boolean

    /**
     * Loads the session. A hook of the package calls this before the route; call it yourself for a context
     * that you created. A second call does nothing.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    initiate(readonly: boolean): Promise<void>

    /**
     * Stores the changes and sets the cookie. A hook of the package calls this before the response is sent.
     * Call it yourself if your next step needs the session to be stored. You can call it more than once.
     *
     * With `flushHeaders`, the status and the headers, including the cookie, are sent right after that. Use
     * it before you write to `response.response`, as for server-sent events.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE, E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE,
     * E_SESSION_RESPONSE_SENT
     */
    commit(options?: CommitOptions): Promise<void>

    /**
     * Gives the session a new id, at commit. **Call this at login**, and whenever a user gains rights: an id
     * that someone planted or saw beforehand is then worthless (session fixation; ASVS 7.2.4). The auth
     * package does this in its `login`.
     *
     * The values are kept. What the session still holds can be read under the old id for `retireFor`.
     */
    regenerate(): void

    /**
     * Ends the session and starts an empty one with a new id, at commit. **Call this at logout.** Changes
     * that other requests of the session make in the meantime are not stored, and a copy of its cookies is
     * worthless. Values put after this call belong to the new session.
     */
    invalidate(): void

    /**
     * Gives this session an age of its own, such as `'30 days'` for "remember me". A number is in
     * milliseconds, and the minimum is one second. The age also applies under any id that the session gets
     * later, until it is set again.
     *
     * @throws E_SESSION_INVALID_AGE
     */
    setAge(age: string | number): void

    /**
     * Sets whether the cookies of this session survive closing the browser, regardless of `clearWithBrowser`:
     * `true` if the user ticked "remember me", `false` if not. It applies until it is set again or the
     * session ends.
     */
    persist(outlivesBrowser: boolean): void

    /**
     * Records whose session this is, so that `Session.tagged` and `Session.destroyTagged` find it. Call
     * `session.tag(user.id)` at login. A session has only one tag, and keeps it when its id changes. A number
     * and the same number as a string are the same tag. The tag is stored together with the session's values,
     * so an empty session has no tag.
     *
     * @throws E_SESSION_TAGGING_NOT_SUPPORTED if the driver can't list sessions, E_SESSION_INVALID_TAG
     */
    tag(tag: string | number): void

    /** Removes the tag. `invalidate` removes it as well. */
    untag(): void

    /** Returns whether the driver supports tags. */
    supportsTagging(): boolean

    /**
     * Identifies this session in lists, such as the result of `Session.tagged`. It can't be used as a session
     * id, so it's safe to put it into a page. `null` until the session has been stored with a tag.
     */
    readonly handle: string | null

    /**
     * Stops this request from counting as use of the session, for polling and health checks: it doesn't
     * extend the session and sends no cookie, unless it changes the session. To have no session at all, see
     * `skip` in the config.
     */
    passive(): void

    /**
     * When the session ends unless a later request uses it: after its age, or at the end of `absoluteAge`.
     * `null` if nothing is stored or the driver doesn't report an expiry.
     */
    readonly expiresAt: Date | null

    /**
     * Reads the session again, for a socket or a long stream. You get the values that others have stored
     * since, with this session's uncommitted changes on top. If the session has ended in the meantime, it is
     * empty and the changes are lost. Values that you read before are no longer live.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    reload(): Promise<void>

    /**
     * Saves the URL that a visitor wanted, for use after login. A URL of another site is not saved, so that
     * the login never redirects to one (ASVS 3.7.2).
     */
    setIntendedUrl(url: string): void

    /** Returns the saved URL: the path and query of a page of this site. */
    getIntendedUrl(): string | null
    getIntendedUrl(fallback: string): string

    /** Reads the saved URL and forgets it. */
    pullIntendedUrl(): string | null
    pullIntendedUrl(fallback: string): string

    /** Forgets the saved URL. */
    clearIntendedUrl(): void

    /** Whether the key has a value other than undefined, null and the empty array. */
    has<Key extends string>(key: SessionKey<Key>): boolean

    /** Whether the key exists, even if its value is null. */
    exists<Key extends string>(key: SessionKey<Key>): boolean

    /** The opposite of `exists`. */
    missing<Key extends string>(key: SessionKey<Key>): boolean

    /**
     * Stores a value, or each value of an object. A key can be a dotted path into an object: `user.name`.
     *
     * @throws E_SESSION_UNSERIALIZABLE
     */
    put<Key extends string>(key: SessionKey<Key>, value: InputOf<SessionValues, Key>): void
    put(values: InputsOf<SessionValues, PathOf<SessionValues>, FrameworkInputs>): void

    /** Returns the value of a key, or the default value if it is undefined or null. */
    get<Key extends string, Default extends Anything = undefined>(
      key: SessionKey<Key>,
      defaultValue?: DefaultOf<SessionValues, Default>
    ): ReadOr<SessionValues, Key, Default>

    /** Returns all values. */
    all(): AllOf<SessionValues>

    /** Returns only the values of the given keys. */
    only<Key extends string>(keys: SessionKey<Key>[]): OnlyOf<SessionValues, Key>

    /** Returns all values except those of the given keys. */
    except<Key extends string>(keys: SessionKey<Key>[]): ExceptOf<SessionValues, Key>

    /** Removes one or more keys. */
    forget<Key extends string>(key: SessionKey<Key> | SessionKey<Key>[]): void

    /** Reads a value and removes it. */
    pull<Key extends string, Default extends Anything = undefined>(
      key: SessionKey<Key>,
      defaultValue?: DefaultOf<SessionValues, Default>
    ): ReadOr<SessionValues, Key, Default>

    /**
     * Adds items to the end of an array, creating the array if it doesn't exist.
     *
     * @throws E_SESSION_NOT_AN_ARRAY, E_SESSION_UNSERIALIZABLE
     */
    push<Key extends string>(
      key: ListKeyOf<SessionValues, Key>,
      ...items: ItemOf<SessionValues, Key>[]
    ): void

    /** Returns the value of a key. If there is none, stores and returns the value from the callback. */
    remember<T extends AllowedSessionValues, Key extends string = string>(
      key: SessionKey<Key>,
      callback: MakerOf<SessionValues, Key, T>
    ): Promise<Remembered<SessionValues, Key, T>>

    /**
     * Adds `steps` to a number, 1 by default. A missing value counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    increment<Key extends string>(
      key: NumberKeyOf<SessionValues, Key>,
      steps?: number
    ): NumberOf<SessionValues>

    /**
     * Subtracts `steps` from a number, 1 by default. A missing value counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    decrement<Key extends string>(
      key: NumberKeyOf<SessionValues, Key>,
      steps?: number
    ): NumberOf<SessionValues>

    /** Replaces all existing values with the given ones. */
    replace(values: InputsOf<SessionValues, keyof SessionValues & string, FrameworkInputs>): void

    /** Removes all values. To log a user out, use `invalidate`. */
    clear(): void

    /** The same as `clear`. */
    flush(): void

    /** Flashes a message, or each message of an object: the next request finds it in `flashMessages`. */
    flash<Key extends string>(key: FlashKey<Key>, value: InputOf<FlashValues, Key>): void
    flash(values: InputsOf<FlashValues, keyof FlashValues & string>): void
    // Once more as the last one, which is what `Parameters` of TypeScript takes; an editor completes the first one.
    flash<Key extends string>(key: FlashKey<Key>, value: InputOf<FlashValues, Key>): void

    /** Adds a message to those of this request, for a page that this request renders itself. */
    flashNow<Key extends string>(key: FlashKey<Key>, value: InputOf<FlashValues, Key>): void
    flashNow(values: InputsOf<FlashValues, keyof FlashValues & string>): void
    flashNow<Key extends string>(key: FlashKey<Key>, value: InputOf<FlashValues, Key>): void

    /** Flashes the request body, to refill a form that is shown again. */
    flashAll(): void

    /** Flashes only the given fields of the request body. */
    flashOnly(keys: string[]): void

    /** Flashes the request body except for the given fields, such as the password. */
    flashExcept(keys: string[]): void

    /**
     * Flashes errors that belong to no field, by codes of yours: `session.flashErrors({ DECLINED: 'Use another card' })`.
     * In templates, `@error('DECLINED')` and `@errors()` show them. They're added to those that were flashed before.
     */
    flashErrors(errors: Record<string, AllowedSessionValues>): void

    /**
     * Flashes the error of a validator: its messages by field, for `@inputError('email')`, a summary under the code of
     * the error, for `@errors()`, and `errors`, as AdonisJS 5 does. `request.validate` needs none of this. It takes the
     * errors of the validator's three reporters, and lists of objects with `field` and `message`.
     *
     * `withInput`: also flashes the request body, without the fields of `dontFlash`, `password`,
     * `password_confirmation`, `_csrf` and `_method`, at any depth.
     *
     * @throws E_SESSION_NOT_A_VALIDATION_ERROR if the error has no such messages
     * @default withInput = true
     */
    flashValidationErrors(error: { code?: string; messages: any }, withInput?: boolean): void

    /**
     * With `flashTo: 'page'` in the config: gives this request all messages that wait, whatever kind of request it is,
     * and removes them from the session. For a fragment or an API that shows messages. Without it, each request has
     * its messages already, and this does nothing.
     */
    takeFlash(): void

    /** Flashes the messages of the previous request again. */
    reflash(): void

    /** Flashes only the given messages of the previous request again. */
    reflashOnly<Key extends string>(keys: FlashKey<Key>[]): void

    /** Flashes the messages of the previous request again, except for the given ones. */
    reflashExcept<Key extends string>(keys: FlashKey<Key>[]): void
  }

  export interface CommitOptions {
    /** @default false */
    flushHeaders?: boolean
  }

  /**
   * What a commit did. `untouched`: there was nothing to do. `touched`: the expiry was reset. `committed`:
   * the values were stored. `merged`: they were stored on top of what another request had stored in the
   * meantime. `migrated`: they were stored under a new id. `destroyed`: the session was ended. `gone`: the
   * session had ended or has another id; nothing was stored, and no cookie is sent.
   */
  export type SessionOutcome =
    'untouched' | 'touched' | 'committed' | 'merged' | 'migrated' | 'destroyed' | 'gone'
}
