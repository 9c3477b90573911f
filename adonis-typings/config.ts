declare module '@ioc:Adonis/Addons/Session' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { CookieOptions } from '@ioc:Adonis/Core/Response'

  /**
   * The shape of `config/session.ts`. A duration is a number of milliseconds, or a string that the `ms`
   * package reads, such as `'2h'`. What is wrong in it is an error when the app boots.
   *
   * @throws E_SESSION_INVALID_CONFIG, E_INVALID_SESSION_DRIVER, E_INVALID_SESSION_DRIVER_CONFIG
   */
  export interface SessionConfig {
    /** Whether the app has sessions. Without them `ctx.session` is missing. */
    enabled: boolean

    /** `cookie`, `file`, `redis`, `memory`, or a name that was given to `Session.extend`. */
    driver: string

    /**
     * The name of the cookie with the session id. With a prefix (`__Host-`, `__Secure-`) browsers hold the
     * cookie to what the prefix demands (RFC 6265bis, section 4.1.3), which is checked at boot.
     */
    cookieName: string

    /** `true`: the cookie ends with the browser. The server still ends the session by `age`. */
    clearWithBrowser: boolean

    /** How long a session lives without a request. The inactivity timeout of ASVS 7.3.1. */
    age: string | number

    /**
     * Attributes of the cookie with the session id, and of the cookies of the cookie driver. A function
     * gives those of one response, such as the domain of a tenant.
     */
    cookie: SessionCookieAttributes | ((ctx: HttpContextContract) => SessionCookieAttributes)

    /** The file driver's: an absolute path of a directory that several servers may share. */
    file?: { location: string }

    /** The redis driver's: a connection of `config/redis`. */
    redisConnection?: string

    /**
     * How stale the expiry of a session may get that requests only read, before the driver and the cookie
     * are refreshed. 0: each response refreshes both.
     *
     * @default 0
     */
    touchEvery?: string | number

    /**
     * `true`: each visitor gets a session id cookie. `false`: no cookie until something is stored.
     *
     * @default true
     */
    saveUninitialized?: boolean

    /**
     * How long after its beginning a session ends, however active it is. The absolute timeout of ASVS
     * 7.3.2. Absent: never.
     */
    absoluteAge?: string | number

    /**
     * How long a session keeps its id; then it gets another one, and a request with the old one is led to
     * it. Absent: the id changes with `regenerate` alone.
     */
    rotateEvery?: string | number

    /**
     * How long what the session still holds may be read under an id that `regenerate` has left, by
     * requests that were on their way. 0: not at all.
     *
     * @default 60 seconds
     */
    retireFor?: string | number

    /**
     * How long one operation of the driver may take before the request fails with
     * `E_SESSION_STORE_UNAVAILABLE`.
     *
     * @default 5 seconds
     */
    storeTimeout?: string | number

    /**
     * How many bytes all cookies of a session of the cookie driver may have together in a request, names and
     * id included: 1,024 to 12,288. More than the default does not get through proxies unless they are told.
     *
     * @default 7168
     */
    maxCookieBytes?: number

    /**
     * Fields of the request body that `flashAll`, `flashExcept` and the validator never flash. A name counts
     * at any depth, a path such as `card.number` at this place alone. `flashOnly` flashes what it names.
     *
     * @default []
     */
    dontFlash?: string[]

    /**
     * `true` for a request that has no session, such as a health check: nothing is read, stored or sent. Its
     * `ctx.session` is empty, and what is put there is gone with the request. Must not return a promise.
     */
    skip?: (ctx: HttpContextContract) => boolean
  }

  /** Attributes of a cookie. Its age is that of the session. */
  export type SessionCookieAttributes = Omit<Partial<CookieOptions>, 'maxAge' | 'expires'> & {
    /**
     * One cookie for each top-level site that embeds the app (CHIPS). Needs `secure`.
     *
     * @default false
     */
    partitioned?: boolean
  }
}
