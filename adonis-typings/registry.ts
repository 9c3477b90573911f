declare module '@ioc:Adonis/Addons/Session' {
  /** A session as `Session.tagged`, `Session.list` and `Session.get` describe it. */
  export interface SessionInfo {
    /** Names the session in pages and commands. It can't be used as an id. */
    handle: string

    /** Whose session it is, or `null`. */
    tag: string | null

    createdAt: Date | null

    /** When it got its tag: when the user logged in. */
    taggedAt: Date | null

    /** When a request last used it. Up to `touchEvery` late. */
    lastSeenAt: Date | null

    expiresAt: Date | null

    /** Where it was used last, if `registry.trackClient` is set. */
    ip: string | null
    userAgent: string | null

    /** Whether it is the session of the request that asks. */
    isCurrent: boolean

    /**
     * What `Session.destroy` ends it by. With the database driver that is not the session id, which isn't
     * stored. Left out of JSON, since whoever knows the id of a session has the session.
     */
    readonly id: string

    /** The values that it holds. Left out of JSON. */
    readonly data: Record<string, any>
  }

  /** Which sessions with a tag `Session.destroyTagged` ends. Absent: all. */
  export interface DestroyTaggedOptions {
    /** Only the one with this handle. A handle of a session with another tag does nothing. */
    only?: string

    /** All but this one: the session of the request, or a handle. */
    except?: SessionContract | string | null
  }

  /** What `Session.examine` found in the config or the store. */
  export interface Finding {
    /** `unknown`: it can't be seen from here. */
    level: 'ok' | 'warning' | 'error' | 'unknown'
    what: string
    /** What to change. */
    advice?: string
  }

  export interface ListOptions {
    /** The session that is `isCurrent`. Absent: that of the request, if `http.useAsyncLocalStorage` is set. */
    current?: SessionContract
  }
}
