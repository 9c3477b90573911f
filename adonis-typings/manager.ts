declare module '@ioc:Adonis/Addons/Session' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { ApplicationContract } from '@ioc:Adonis/Core/Application'

  /**
   * The callback of `Session.extend`. It is called for each HTTP request. `config` is the section of
   * `config/session` that is named like the driver; a key that it lacks is that of the whole config.
   */
  export type ExtendCallback = (
    manager: SessionManagerContract,
    config: SessionConfig & Record<string, any>,
    ctx: HttpContextContract
  ) => SessionDriverContract

  /** The sessions of an app: the default export of `@ioc:Adonis/Addons/Session`. */
  export interface SessionManagerContract {
    application: ApplicationContract

    /** The same as `application`. */
    app: ApplicationContract

    /** Whether sessions are enabled in `config/session`. */
    isEnabled(): boolean

    /** A session of a test, which is stored before the request is made. */
    client(): SessionClientContract

    /** The session of a context. `ctx.session` is one of these. */
    create(ctx: HttpContextContract): SessionContract

    /**
     * Adds a driver, or puts one in the place of a built-in one. Call it in `AppProvider.boot`.
     *
     * @throws E_INVALID_SESSION_DRIVER at boot, when the callback returns no driver
     */
    extend(driver: string, callback: ExtendCallback): void

    /** The same as `extend`, as one example of the documentation of AdonisJS writes it. */
    get(driver: string, callback: ExtendCallback): void

    /**
     * The session of the request that runs, anywhere in its code. `null`: none runs. Needs
     * `http.useAsyncLocalStorage` in `config/app`.
     */
    current(): SessionContract | null

    /**
     * Ends a session by its id, such as one of a user who is locked out, whatever id it has by now. What
     * its requests under way do is not stored. An id that is unknown, or no id, is fine.
     *
     * @throws E_SESSION_STORE_UNAVAILABLE
     */
    destroy(sessionId: string): Promise<void>
  }

  const Session: SessionManagerContract
  export default Session
}
