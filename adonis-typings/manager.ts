declare module '@ioc:Adonis/Addons/Session' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { ApplicationContract } from '@ioc:Adonis/Core/Application'

  /**
   * The callback of `Session.extend`. It is called for each HTTP request. `config` is the section of
   * `config/session` with the driver's name; keys that are missing from it are read from the whole config.
   */
  export type ExtendCallback = (
    manager: SessionManagerContract,
    config: SessionConfig & Record<string, any>,
    ctx: HttpContextContract
  ) => SessionDriverContract

  /** The options of `Session.prune`. */
  export interface PruneOptions {
    /** After how many milliseconds it stops, even if ended sessions are left. Absent: no limit. */
    timeInMs?: number

    /** Called after each batch with the number of sessions removed so far. */
    onProgress?: (removed: number) => void
  }

  /** The sessions of an app: the default export of `@ioc:Adonis/Addons/Session`. */
  export interface SessionManagerContract {
    application: ApplicationContract

    /** The same as `application`. */
    app: ApplicationContract

    /** Whether sessions are enabled in `config/session`. */
    isEnabled(): boolean

    /** Creates a session for a test, which is stored before the request is made. */
    client(): SessionClientContract

    /** Creates a visitor for a test, who keeps a session over several requests. */
    visitor(): SessionVisitorContract

    /**
     * Makes `ctx.session` usable in a unit test, for a context from `HttpContext.create`: initiates it, as a request
     * does. If values or flash messages are given, they are stored first, and the session is loaded with them. Call
     * it before anything reads `ctx.session` or a cookie of `ctx`.
     *
     * @throws E_SESSION_UNSERIALIZABLE, E_SESSION_STORE_UNAVAILABLE
     */
    initiate(
      ctx: HttpContextContract,
      values?: Record<string, AllowedSessionValues>,
      flashMessages?: Record<string, AllowedSessionValues>
    ): Promise<SessionContract>

    /** Creates the session of an HTTP context. `ctx.session` is one of these. */
    create(ctx: HttpContextContract): SessionContract

    /**
     * Adds a driver, or replaces a built-in one. Call it in `AppProvider.boot`.
     *
     * @throws E_INVALID_SESSION_DRIVER_CONFIG at boot, if the callback doesn't return a driver
     */
    extend(driver: string, callback: ExtendCallback): void

    /** The same as `extend`: one example in the AdonisJS documentation spells it this way. */
    get(driver: string, callback: ExtendCallback): void

    /**
     * Returns a description of the session with this id, or `null` if there is none. Doesn't change the session.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    get(sessionId: string): Promise<SessionInfo | null>

    /**
     * Returns the sessions with a tag, starting with the one that was tagged last. Use it for a page such as
     * "Your devices".
     *
     * @throws E_SESSION_TAGGING_NOT_SUPPORTED if the driver can't list sessions
     */
    tagged(tag: string | number, options?: ListOptions): Promise<SessionInfo[]>

    /**
     * Ends the sessions with a tag, for example after a password change, and returns how many it ended.
     * Requests of these sessions that are still in progress don't store anything. If a login has begun to store
     * its session, that session ends as well. Logins that begin later aren't affected, so change the password
     * first.
     *
     * With the cookie driver, this needs `revocation` in the config. It then returns `null`, because the server
     * doesn't know how many sessions the browsers hold.
     *
     * @throws E_SESSION_TAGGING_NOT_SUPPORTED if the driver can't end sessions by their tag
     * @throws E_SESSION_STORE_UNAVAILABLE some of the sessions may have ended; call it again
     * @throws E_SESSION_INVALID_TAG
     */
    destroyTagged(tag: string | number, options?: DestroyTaggedOptions): Promise<number | null>

    /**
     * Iterates over all sessions, in no particular order, without loading all of them at once.
     *
     * @throws E_SESSION_TAGGING_NOT_SUPPORTED if the driver can't list sessions
     */
    list(): AsyncIterable<SessionInfo>

    /**
     * Counts the sessions and their sizes. Reads all of them, one after the other.
     *
     * @throws E_SESSION_TAGGING_NOT_SUPPORTED if the driver can't list sessions
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    stats(options?: StatsOptions): Promise<SessionStats>

    /**
     * Checks the config and the store, like `node ace session:doctor`, and returns what was found and what to
     * change. Doesn't change the config or any session.
     */
    examine(): Promise<Finding[]>

    /**
     * The session of the current request, from anywhere in its code, or `null` outside of a request. Needs
     * `http.useAsyncLocalStorage` in `config/app`.
     */
    current(): SessionContract | null

    /**
     * Ends a session by its id, for example when a user is locked out, even if its id has changed since.
     * Changes by requests that are still in progress are not stored. An unknown or invalid id is fine.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    destroy(sessionId: string): Promise<void>

    /**
     * Removes ended sessions from the store of the file or database driver, or of your own driver if it has a
     * `prune` method. The other built-in drivers don't need this. Works in batches with pauses in between.
     * May run while requests are served, and on several servers at once. Returns how many sessions were
     * removed.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    prune(options?: PruneOptions): Promise<number>
  }

  const Session: SessionManagerContract
  export default Session
}
