import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { HealthReportEntry } from '@ioc:Adonis/Core/HealthCheck'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  DestroyTaggedOptions,
  ExtendCallback,
  Finding,
  ListOptions,
  PruneOptions,
  SessionClientContract,
  SessionConfig,
  SessionContract,
  SessionDriverContract,
  SessionInfo,
  SessionManagerContract,
  SessionStats,
  StatsOptions,
} from '@ioc:Adonis/Addons/Session'
import type { Headers, Opened, StoredSession, VisitorCookies } from '../Client/StoredSession'
import type { Visitor } from '../Client/Visitor'
import { RedisDriver } from '../Drivers/Redis'
import { SessionException } from '../Exceptions'
import { isId } from '../IdCookie'
import { KeyRing, keyRingOf } from '../KeyRing'
import { Registry } from '../Registry'
import { isListedId } from '../AtRest/ids'
import { Session } from '../Session'
import { announce } from '../Session/events'
import { settingsOf } from '../Settings'
import { isEmpty } from '../Values/paths'
import { nearMisses } from '../Settings/keys'
import { DriverRegistry } from './drivers'
import { Pruner } from './Pruner'

/**
 * The singleton behind `Adonis/Addons/Session`: it knows the config and the drivers, and makes the
 * session of each request.
 */
export class SessionManager implements SessionManagerContract {
  private drivers: DriverRegistry
  private ownPruner?: Pruner

  /** @throws E_SESSION_INVALID_CONFIG when sessions are enabled and a key of the config cannot work */
  constructor(
    public application: ApplicationContract,
    private config: SessionConfig
  ) {
    this.config = { ...config, enabled: config.enabled ?? true }
    this.drivers = new DriverRegistry(this, this.config)
    if (this.isEnabled()) {
      this.validateConfig()
    }
  }

  public get app(): ApplicationContract {
    return this.application
  }

  public isEnabled(): boolean {
    return this.config.enabled
  }

  public extend(driver: string, callback: ExtendCallback): void {
    this.drivers.add(driver, callback)
  }

  /** A second argument tells the two apart: the reference page has `get(driver, callback)`. */
  public get(driver: string, callback: ExtendCallback): void
  public get(sessionId: string): Promise<SessionInfo | null>
  public get(name: string, callback?: ExtendCallback): void | Promise<SessionInfo | null> {
    if (callback) {
      return this.extend(name, callback)
    }
    return isId(name) || isListedId(name) ? this.registry.get(name) : Promise.resolve(null)
  }

  public tagged(
    tag: string | number,
    { current = this.currentOrNull() ?? undefined }: ListOptions = {}
  ): Promise<SessionInfo[]> {
    return this.registry.tagged(tag, current?.handle ?? null)
  }

  public destroyTagged(
    tag: string | number,
    options: DestroyTaggedOptions = {}
  ): Promise<number | null> {
    return this.registry.destroyTagged(tag, options)
  }

  public list(): AsyncIterable<SessionInfo> {
    return this.registry.list()
  }

  public stats({ onProgress }: StatsOptions = {}): Promise<SessionStats> {
    const { statsOf } = require('../Registry/stats')
    return statsOf(this.list(), onProgress)
  }

  /**
   * Checks the driver and its section, once all providers had the chance to add theirs.
   *
   * @throws E_INVALID_SESSION_DRIVER, E_INVALID_SESSION_DRIVER_CONFIG
   */
  public async verifyDriver(): Promise<void> {
    const warnings = await this.warnings()
    warnings.forEach((warning) => this.application.logger.warn(`session: ${warning}`))
  }

  private warnings = async (): Promise<string[]> => [
    ...(await this.drivers.verify(this.contextOfNoRequest())),
    ...nearMisses(this.config, [...this.drivers.names]),
  ]

  public create(ctx: HttpContextContract): Session {
    const emitter = this.application.container.use('Adonis/Core/Event')
    return new Session(ctx, this.config, this.drivers.factory()(ctx), emitter)
  }

  public client(): SessionClientContract {
    const { SessionClient } = require('../Client')
    const ring = keyRingOf(this.application, settingsOf(this.config))
    return new SessionClient(this.config, this.clientDriver(ring), ring, {})
  }

  public visitor(): Visitor {
    const { Visitor: VisitorClass } = require('../Client/Visitor')
    return new VisitorClass(this.config, this.opener)
  }

  /** The session of whoever holds these cookies. */
  public stored(cookies: VisitorCookies): StoredSession {
    const { StoredSession: StoredSessionClass } = require('../Client/StoredSession')
    return new StoredSessionClass(this.config, this.opener, cookies)
  }

  public async initiate(
    ctx: HttpContextContract,
    values: Record<string, any> = {},
    flashMessages: Record<string, any> = {}
  ): Promise<SessionContract> {
    this.requireEnabled('Cannot initiate a session')
    const visitor = this.visitor()
    const isNew = isEmpty(values) && isEmpty(flashMessages)
    if (!isNew) {
      await visitor.write(values, flashMessages)
      const { headers } = ctx.request.request
      headers.cookie = [visitor.cookies(), headers.cookie].filter(Boolean).join('; ')
    }

    const { session } = ctx
    if (session.initiated || !(isNew || session.sessionId === (await visitor.getSessionId()))) {
      throw new Error('Call Session.initiate before "ctx.session" or a cookie of "ctx" is read')
    }
    await session.initiate(false)
    return session
  }

  public current(): SessionContract | null {
    const HttpContext = this.application.container.use('Adonis/Core/HttpContext')
    if (!HttpContext.usingAsyncLocalStorage) {
      throw SessionException.asyncLocalStorageDisabled()
    }
    return HttpContext.get()?.session ?? null
  }

  public async destroy(sessionId: string): Promise<void> {
    if (!isId(sessionId) && !isListedId(sessionId)) {
      return
    }
    await this.registry.destroy(sessionId)
  }

  /** The entry in the health report of AdonisJS. */
  public async report(): Promise<HealthReportEntry> {
    const { reach } = require('../Doctor')
    const { level, what } = await reach(this.store, settingsOf(this.config))
    return { displayName: 'Session', health: { healthy: level !== 'error', message: what } }
  }

  /** @throws with a sentence that says what cannot be done */
  public requireEnabled(problem: string) {
    if (!this.isEnabled()) {
      throw new Error(`${problem}. Make sure to enable sessions inside the "config/session" file`)
    }
  }

  public get cookieName(): string {
    return settingsOf(this.config).cookieName
  }

  public get hasHealthCheck(): boolean {
    return this.isEnabled() && this.config.healthCheck === true
  }

  public async prune(options?: PruneOptions): Promise<number> {
    return this.pruner.prune(options)
  }

  /** Why there is nothing that `prune` could remove, as a sentence; `null`: the driver does prune. */
  public get whyUnpruned(): string | null {
    if (typeof this.driverOutsideRequest().prune === 'function') {
      return null
    }
    const { driver } = this.config
    return this.drivers.isBuiltIn(driver)
      ? `There is nothing to prune: sessions of the "${driver}" driver are removed when they end`
      : `The "${driver}" driver has no "prune" method, so its store has to remove ended sessions by itself`
  }

  public async examine(): Promise<Finding[]> {
    const { examine } = require('../Doctor')
    return examine(this.application, this.config, settingsOf(this.config), {
      verify: this.warnings,
      store: () => this.store,
    })
  }

  /** For a process that is about to end, and whose store doesn't answer: nothing waits for its connection. */
  public async abandonStore(): Promise<void> {
    const { driver } = this.store
    if (driver instanceof RedisDriver) {
      await driver.abandon()
    }
  }

  /** Removes what has ended, from time to time. Made where it is needed: disabled sessions have no settings. */
  public get pruner(): Pruner {
    return (this.ownPruner ??= new Pruner(
      () => this.driverOutsideRequest(),
      this.config.driver,
      settingsOf(this.config).pruneEveryInMs,
      settingsOf(this.config).storeTimeoutInMs,
      (message) => this.application.logger.warn(`session: ${message}`)
    ))
  }

  /** Made for each question: a driver lives as long as a request. */
  private get registry(): Registry {
    const { container, logger } = this.application
    const emitter = container.use('Adonis/Core/Event')
    return new Registry(this.driverOutsideRequest(), settingsOf(this.config), (ended) =>
      announce(emitter, logger, 'session:destroyed', ended)
    )
  }

  /** The session of the request that asks, as far as that is known. */
  private currentOrNull(): SessionContract | null {
    const HttpContext = this.application.container.use('Adonis/Core/HttpContext')
    return HttpContext.usingAsyncLocalStorage ? (HttpContext.get()?.session ?? null) : null
  }

  /** Waits for what goes on after responses. */
  public async shutdown(): Promise<void> {
    await this.ownPruner?.stop()
  }

  /** Sessions of the cookie driver are with the browser, so the test client keeps them itself. */
  private clientDriver(ring: KeyRing): SessionDriverContract {
    const { CookieJar } = require('../Client/CookieJar')
    return this.drivers.isBuiltIn('cookie') ? new CookieJar(ring) : this.driverOutsideRequest()
  }

  private driverOutsideRequest(): SessionDriverContract {
    return this.drivers.factory()(this.contextOfNoRequest())
  }

  private get store() {
    return this.drivers.store(this.contextOfNoRequest())
  }

  private contextOfNoRequest(): HttpContextContract {
    return this.application.container.use('Adonis/Core/HttpContext').create('/', {})
  }

  /** Makes a context with these headers, and the driver for it. */
  private opener = (headers: Headers): Opened => {
    const ctx = this.contextOfNoRequest()
    Object.assign(ctx.request.request.headers, headers)
    return { ctx, driver: this.drivers.factory()(ctx) }
  }

  private validateConfig() {
    if (!this.config.driver) {
      throw SessionException.invalidConfig('driver', 'is missing')
    }
    const { config } = this.application
    settingsOf(this.config, {
      cookie: config.get('app.http.cookie', {}),
      appKey: config.get('app.appKey'),
    })
  }
}
