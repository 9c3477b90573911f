declare module '@ioc:Adonis/Addons/Session' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { CookieOptions } from '@ioc:Adonis/Core/Response'

  /**
   * The shape of `config/session.ts`. A duration is a number of milliseconds, or a string that the `ms`
   * package can parse, such as `'2h'`. Mistakes in the config raise an error when the app boots.
   *
   * @throws E_SESSION_INVALID_CONFIG, E_INVALID_SESSION_DRIVER, E_INVALID_SESSION_DRIVER_CONFIG
   */
  export interface SessionConfig {
    /** Whether the app has sessions. If `false`, `ctx.session` must not be used. */
    enabled: boolean

    /**
     * `cookie`, `file`, `redis`, `database`, `dynamodb`, `memory`, or a name that was passed to
     * `Session.extend`.
     */
    driver: string

    /**
     * The name of the cookie with the session id. If the name has a prefix (`__Host-`, `__Secure-`),
     * browsers enforce the rules of that prefix (RFC 6265bis, section 4.1.3). They are also checked at boot.
     */
    cookieName: string

    /** `true`: the browser drops the cookie when it closes. The server still ends the session by `age`. */
    clearWithBrowser: boolean

    /** How long a session lives without a request: the inactivity timeout of ASVS 7.3.1. */
    age: string | number

    /**
     * Attributes of the cookie with the session id, and of the cookies of the cookie driver. A function
     * returns the attributes for one response, such as a tenant's domain.
     */
    cookie: SessionCookieAttributes | ((ctx: HttpContextContract) => SessionCookieAttributes)

    /** For the file driver: the absolute path of a directory, which several servers may share. */
    file?: { location: string }

    /** For the redis driver: the name of a connection in `config/redis`. */
    redisConnection?: string

    /**
     * For the database driver: the name of a connection in `config/database`, and the name of the table.
     * Without `connection`, the default connection of that file is used. `node ace make:session-table` writes
     * the migration that creates the table.
     *
     * @default { table: 'sessions' }
     */
    database?: { connection?: string; table?: string; [key: string]: any }

    /**
     * For the dynamodb driver: the name of the table, and the config of `DynamoDBClient`, such as its
     * `region`. Without `client`, the SDK takes its config from the environment (`AWS_REGION` and so on).
     *
     * @default { table: 'sessions' }
     */
    dynamodb?: { table?: string; client?: Record<string, any>; [key: string]: any }

    /**
     * If requests only read a session, how stale its expiry may get before it is refreshed in the driver
     * and in the cookie. 0: every response refreshes both.
     *
     * @default 0
     */
    touchEvery?: string | number

    /**
     * `true`: every visitor gets a session id cookie. `false`: no cookie until something is stored.
     *
     * @default true
     */
    saveUninitialized?: boolean

    /**
     * How long after it began a session ends, however active it is: the absolute timeout of ASVS 7.3.2.
     * Absent: never.
     */
    absoluteAge?: string | number

    /**
     * How long a session keeps its id. After that it gets a new one, and requests with the old id are
     * forwarded to the session. Absent: the id changes only with `regenerate`.
     */
    rotateEvery?: string | number

    /**
     * How long after `regenerate` the old id can still be used to read what the session still holds, by
     * requests that were already in flight. 0: not at all.
     *
     * @default 60 seconds
     */
    retireFor?: string | number

    /**
     * How long a single driver operation may take before the request fails with
     * `E_SESSION_STORE_UNAVAILABLE`.
     *
     * @default 5 seconds
     */
    storeTimeout?: string | number

    /**
     * The keys of the app's sessions, each a secret of 16 or more characters. The first one signs and encrypts
     * cookies, and encrypts stored sessions if `encrypt` is set. Cookies and stored sessions that were signed or
     * encrypted with another key in the list are still accepted, and are signed or encrypted with the first key when
     * the session is next stored or touched.
     *
     * @default APP_KEY alone
     */
    keys?: string[]

    /**
     * `true`: the values of a session, and its IP address and browser, are encrypted before the driver stores them
     * (AES-256-GCM). Sessions that were stored before are still read. Sessions of the cookie driver are always
     * encrypted. `@adonisjs/session` can't read encrypted sessions.
     *
     * @default false
     */
    encrypt?: boolean

    /**
     * `true`: adds an entry `session` to the health report of AdonisJS. The entry says whether the store answers
     * within `storeTimeout`.
     *
     * @default false
     */
    healthCheck?: boolean

    /** Settings for the sessions of a user, which `Session.tagged` lists and `Session.destroyTagged` ends. */
    registry?: SessionRegistryConfig

    /**
     * For the cookie driver: the store that remembers which sessions have ended. With it, a logout is final on all
     * servers, and `Session.destroyTagged` works. Each request with a session cookie reads that store once, and once
     * more if the response sends the session's cookies. For sessions with a tag, these are two reads at a time.
     */
    revocation?: SessionRevocationConfig

    /**
     * How often, at most, the file and database drivers remove ended sessions. They do so after a response,
     * for a second at a time. `false`: only when the app calls `Session.prune`.
     *
     * @default 1 minute
     */
    prune?: string | number | false

    /**
     * For the cookie driver: how many bytes all cookies of a session may have together in a request, names
     * and id included, from 1,024 to 12,288. More than the default doesn't get through proxies unless they
     * are configured for it.
     *
     * @default 7168
     */
    maxCookieBytes?: number

    /**
     * Fields of the request body that `flashAll`, `flashExcept` and the validator never flash. A name applies
     * at any depth, a path such as `card.number` only at that place. `flashOnly` still flashes what it names.
     *
     * @default []
     */
    dontFlash?: string[]

    /**
     * `'page'`: flash messages wait until a page is shown to the user. Background requests (XHR, prefetch, images,
     * HEAD), redirects, downloads and errors of the server don't get them and leave them; see `session.takeFlash`.
     * Absent: the next request of the session gets them and removes them, whatever it is.
     */
    flashTo?: 'page'

    /**
     * Returns `true` for a request that has no session, such as a health check: nothing is read, stored or
     * sent. Its `ctx.session` is empty, and anything put there is discarded with the request. Must not return
     * a promise.
     */
    skip?: (ctx: HttpContextContract) => boolean
  }

  /** What is stored about whose session it is, and how many sessions a user may have. */
  export interface SessionRegistryConfig {
    /**
     * `true`: when `@adonisjs/auth` logs a user in with the session guard `web`, the session is tagged with the
     * user's id. When the user logs out, the tag is removed. A string: the name of another guard.
     *
     * @default false
     */
    tagUsers?: boolean | string

    /**
     * How many sessions may have the same tag. `whenFull` sets what happens when a login exceeds this number.
     * Absent: no limit.
     */
    maxPerTag?: number

    /**
     * What happens when a login exceeds `maxPerTag`. `evict`: the session that was tagged first ends. `refuse`:
     * the commit of the login raises `E_SESSION_LIMIT`, and the new session ends.
     *
     * @default evict
     */
    whenFull?: 'evict' | 'refuse'

    /**
     * `true`: each session with a tag stores the IP address and the browser of the request that last stored it.
     * This is personal data.
     *
     * @default false
     */
    trackClient?: boolean
  }

  /** Where the cookie driver remembers which sessions have ended. */
  export interface SessionRevocationConfig {
    /**
     * The name of a driver whose store all servers share: `redis`, `database`, `dynamodb`, `file`, or one of your own
     * that implements `AtomicDriverContract`. It's configured as for sessions.
     */
    driver: string

    /**
     * What happens while that store is down. `refuse`: requests with a session raise
     * `E_SESSION_STORE_UNAVAILABLE`. `accept`: they're answered without checking whether the session has ended, and a
     * warning is logged. Ending a session still raises the error.
     *
     * @default refuse
     */
    whenDown?: 'refuse' | 'accept'
  }

  /** Attributes of a cookie. Its age is that of the session. */
  export type SessionCookieAttributes = Omit<Partial<CookieOptions>, 'maxAge' | 'expires'> & {
    /**
     * A separate cookie for each top-level site that embeds the app (CHIPS). Requires `secure`.
     *
     * @default false
     */
    partitioned?: boolean
  }
}
