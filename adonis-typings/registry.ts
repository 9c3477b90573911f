declare module '@ioc:Adonis/Addons/Session' {
  /** Describes a session, as returned by `Session.tagged`, `Session.list` and `Session.get`. */
  export interface SessionInfo {
    /** Identifies the session in pages and commands. It can't be used as a session id. */
    handle: string

    /** The tag of the session, such as the id of its user, or `null` if it has none. */
    tag: string | null

    createdAt: Date | null

    /** When the session was tagged, which is usually when the user logged in. */
    taggedAt: Date | null

    /** When a request last used the session. Can be out of date by up to `touchEvery`. */
    lastSeenAt: Date | null

    expiresAt: Date | null

    /** The IP address and the browser of the request that last stored it, if `registry.trackClient` is set. */
    ip: string | null
    userAgent: string | null

    /** Whether it is the session of the current request; see `ListOptions`. */
    isCurrent: boolean

    /**
     * The id to pass to `Session.destroy` or `Session.get`. With the database driver, this is not the session id,
     * which that driver doesn't store. Left out of JSON, because anyone who knows a session id can use the session.
     */
    readonly id: string

    /** The values of the session. Left out of JSON. */
    readonly data: Record<string, any>
  }

  /** Selects which sessions with a tag `Session.destroyTagged` ends. Without these options, it ends all. */
  export interface DestroyTaggedOptions {
    /** Ends only the session with this handle. The handle of a session with another tag has no effect. */
    only?: string

    /** Ends all sessions except this one: the session of the request, or a handle. */
    except?: SessionContract | string | null
  }

  /** One result of `Session.examine`, about the config or the store. */
  export interface Finding {
    /** `unknown`: this could not be checked. */
    level: 'ok' | 'warning' | 'error' | 'unknown'
    /** What was found. */
    what: string
    /** What to change. */
    advice?: string
  }

  /** What `Session.stats` has counted. Sizes are in bytes, of the values as JSON. */
  export interface SessionStats {
    sessions: number
    /** How many of them have a tag. */
    tagged: number
    /** How many different tags they have. */
    tags: number
    /** The size of all sessions. */
    bytes: number
    largestBytes: number
    /** The handle of the largest session. */
    largest: string | null
    /** When the oldest and the newest session were created, if that is known of any. */
    oldest: Date | null
    newest: Date | null
  }

  export interface StatsOptions {
    /** Called after each session with the number of sessions counted so far. */
    onProgress?: (counted: number) => void
  }

  export interface ListOptions {
    /**
     * The session for which `isCurrent` is `true`. By default, the session of the current request, if
     * `http.useAsyncLocalStorage` is set.
     */
    current?: SessionContract
  }
}
