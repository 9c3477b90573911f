declare module '@ioc:Adonis/Addons/Session' {
  /** Stores and reads sessions outside of a request, for the test client. */
  export interface SessionClientContract extends StoreContract {
    /** Whether sessions are enabled in `config/session`. */
    isEnabled(): boolean

    /** Messages that the next request will find. */
    flashMessages: StoreContract

    /**
     * Reads the session that the cookies of a response belong to. `lines` are its Set-Cookie lines.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    load(
      cookies: Record<string, any>,
      lines?: string[]
    ): Promise<{
      session: Record<string, any>
      flashMessages: Record<string, any> | null
    }>

    /**
     * Stores the values under a new id, to be sent in the session cookie of the request.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE, E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE
     */
    commit(): Promise<{
      cookieName: string
      sessionId: string
      signedSessionId: string
      /** Other cookies that the driver needs, to be sent encrypted: those of the cookie driver. */
      cookies: Record<string, any>
      /** The same cookies, already encrypted. */
      encryptedCookies: Record<string, string>
    }>

    /** Removes what `commit` stored, and the session of the response that was loaded. */
    forget(): Promise<void>
  }

  /**
   * A session from outside of a request: it is read and changed where the app keeps it, with any driver. No event is
   * emitted, and flash messages stay for the next request.
   *
   * @throws E_SESSION_STORE_UNAVAILABLE from every method that returns a promise
   */
  export interface StoredSessionContract {
    /** The id in the session cookie, or `null` if there is none that this app has signed. */
    getSessionId(): Promise<string | null>

    /** Returns the values as they are stored now. */
    getSession(): Promise<Record<string, any>>

    /**
     * Merges values into those that are stored. A visitor without a session gets one, with its cookie.
     *
     * @throws E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE
     */
    setSession(values: Record<string, AllowedSessionValues>): Promise<void>

    /** Returns the messages that the next request will find. */
    getFlashMessages(): Promise<Record<string, any>>

    /**
     * Adds messages that the next request will find.
     *
     * @throws E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE
     */
    setFlashMessages(messages: Record<string, AllowedSessionValues>): Promise<void>
  }

  /**
   * A visitor of the app in a test, who keeps cookies from one request to the next, as a browser does. Their
   * `domain` and `secure` don't matter.
   */
  export interface SessionVisitorContract extends StoredSessionContract {
    /** The Cookie header for a request to this URL. Empty for another host than that of the first request. */
    cookieHeader(url: string): string

    /** Takes over the cookies of a response, given its Set-Cookie lines and the URL of its request. */
    receive(lines: string[], url: string): void

    /**
     * Lets time pass for this visitor alone: its cookies and its stored session get older, and end as they would.
     * A number is in milliseconds. The clock stays, and so does what else the app stores.
     */
    travel(time: string | number): Promise<void>

    /** Drops the cookies that end with the browser. */
    closeBrowser(): void

    /** Removes the session from the store, and the session cookie. */
    forget(): Promise<void>
  }
  /** The options of `sessionBrowserClient`. */
  export interface SessionBrowserOptions {
    /**
     * The URL that the tests visit the app at, for cookies that are set before a page is open.
     *
     * @default the URL of the page that was opened last, or else `http://HOST:PORT` of the environment
     */
    url?: string
  }

  /** What a test may set for the session cookies of one browser context. */
  export type SessionBrowserCookie = Omit<SessionCookieAttributes, 'partitioned'>

  /** What `sessionBrowserClient` adds to a browser context. */
  export interface SessionBrowserContext {
    /** The session of this context. The methods below are those of this object. */
    readonly sessionClient: StoredSessionContract

    /**
     * Gives the browser a session cookie, unless it has one. It has the attributes in `config/session`, or those that
     * are given: these also apply to what is set later on.
     */
    initiateSession(cookie?: SessionBrowserCookie): Promise<void>

    /** Returns the values as they are stored now. */
    getSession: StoredSessionContract['getSession']

    /** Merges values into those that are stored. A browser without a session gets one. */
    setSession: StoredSessionContract['setSession']

    /** Returns the messages that the next request will find. */
    getFlashMessages: StoredSessionContract['getFlashMessages']

    /** Adds messages that the next request will find. */
    setFlashMessages: StoredSessionContract['setFlashMessages']
  }
}
