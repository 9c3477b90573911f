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

    /** Applies the cookies of an intermediate response (a redirect), given its Set-Cookie lines. */
    follow(lines: string[]): void

    /** Removes what `commit` stored, and the session of the response that was loaded. */
    forget(): Promise<void>

    /** Does the same for a response that was not loaded, given its Set-Cookie lines. */
    forgetAfter(lines: string[]): Promise<void>
  }
}
