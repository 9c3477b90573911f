declare module '@ioc:Adonis/Addons/Session' {
  /** Stores and reads sessions without a request, for the test client. */
  export interface SessionClientContract extends StoreContract {
    /** Whether sessions are enabled in `config/session`. */
    isEnabled(): boolean

    /** Messages that the next request will find. */
    flashMessages: StoreContract

    /**
     * The session behind the cookies of a response. `lines` are its Set-Cookie lines.
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
     * Stores the values under a new id, which goes into the cookie of the request.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE, E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE
     */
    commit(): Promise<{
      cookieName: string
      sessionId: string
      signedSessionId: string
      /** Further cookies that the driver needs, encrypted: those of the cookie driver. */
      cookies: Record<string, any>
    }>

    /** Takes over what a response sets that is not the last one, by its Set-Cookie lines: a redirect. */
    follow(lines: string[]): void

    /** Removes what `commit` has stored, and the session of the response that was loaded. */
    forget(): Promise<void>

    /** The same for a response that was not loaded, by its Set-Cookie lines. */
    forgetAfter(lines: string[]): Promise<void>
  }
}
