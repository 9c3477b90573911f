import { Manager } from '@poppinss/manager'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  AtomicDriverContract,
  ExtendCallback,
  SessionConfig,
  SessionDriverContract,
  SessionManagerContract,
} from '@ioc:Adonis/Addons/Session'
import { canList, canTag, isAtomic } from '../AtomicBridge/capabilities'
import { CookieDriver } from '../Drivers/Cookie'
import { DatabaseDriver } from '../Drivers/Database'
import { DynamoDbDriver } from '../Drivers/DynamoDb'
import { FileDriver } from '../Drivers/File'
import { MemoryDriver } from '../Drivers/Memory'
import { RedisDriver } from '../Drivers/Redis'
import { EndingsInStore } from '../Endings/inStore'
import { MarkStore } from '../Endings/MarkStore'
import { SessionException } from '../Exceptions'
import { settingsOf } from '../Settings'
import { databaseOf, redisOf, requireDynamoDb } from './peers'

/** Makes the driver of one request. */
export type DriverFactory = (ctx: HttpContextContract) => SessionDriverContract

/** The drivers of the package, in the form in which an app adds its own. */
const BUILT_IN: Record<string, ExtendCallback> = {
  database: ({ app }, config) => new DatabaseDriver(config, databaseOf(app, config)),
  dynamodb: (_, config) => {
    requireDynamoDb(config)
    return new DynamoDbDriver(config)
  },
  file: (_, config) => new FileDriver(config),
  memory: () => new MemoryDriver(),
  redis: ({ app }, config) => new RedisDriver(config, redisOf(app, config)),
}

/** A driver that could not be made without a request. */
const UNTRIED = Symbol('untried')

/** The methods that every driver must have. */
const METHODS = ['read', 'write', 'destroy', 'touch']

/**
 * The driver factories by name, kept by the manager of AdonisJS packages. What it caches are
 * factories: a driver lives for one request.
 */
export class DriverRegistry extends Manager<ApplicationContract, DriverFactory> {
  protected singleton = true

  public readonly names = new Set<string>()
  private extended = new Set<string>()

  constructor(
    private manager: SessionManagerContract,
    private config: SessionConfig
  ) {
    super(manager.application)
    Object.entries(BUILT_IN).forEach(([name, callback]) => this.register(name, callback))
    this.register('cookie', (_, config, ctx) => this.cookieDriver(config, ctx))
  }

  /** Adds a driver of the app, or puts one in place of a built-in. */
  public add(name: string, callback: ExtendCallback) {
    this.extended.add(name)
    this.register(name, callback)
  }

  /** @throws E_INVALID_SESSION_DRIVER */
  public factory(name: string = this.config.driver): DriverFactory {
    if (!this.names.has(name)) {
      throw SessionException.invalidDriver(name, [...this.names])
    }
    return this.use(name)
  }

  /** Where the driver of the config keeps something on the server: with `revocation`, the store of the endings. */
  public store(ctx: HttpContextContract) {
    const { revocation } = settingsOf(this.config)
    const name = revocation && this.isBuiltIn('cookie') ? revocation.driver : this.config.driver
    return { driver: this.factory(name)(ctx), name, isBuiltIn: !this.extended.has(name) }
  }

  /** Is it a driver of the package that the config names? */
  public isBuiltIn(name: string): boolean {
    return this.config.driver === name && !this.extended.has(name)
  }

  /**
   * Makes the driver once, so that what cannot work fails at boot. Returns warnings.
   *
   * @throws E_INVALID_SESSION_DRIVER, E_INVALID_SESSION_DRIVER_CONFIG, E_SESSION_TAGGING_NOT_SUPPORTED
   */
  public async verify(ctx: HttpContextContract): Promise<string[]> {
    const { driver: name } = this.config
    const { registry, revocation } = settingsOf(this.config)
    const marks = revocation && this.isBuiltIn('cookie') ? revocation.driver : null
    const warnings = marks ? await this.verifyMarks(marks, ctx) : []
    const driver: any = this.attempt(name, ctx, marks ?? name)
    const missing = METHODS.filter((method) => typeof driver?.[method] !== 'function')
    if (driver !== UNTRIED && missing.length) {
      throw SessionException.invalidDriverConfig(
        `The session driver "${name}" has no ${missing.map((method) => `"${method}"`).join(', ')} method. A driver has ${METHODS.join(', ')}`
      )
    }
    const needsTags = registry.userKey !== null && !canTag(driver)
    const needsLists = registry.maxPerTag !== Infinity && !canList(driver)
    if (driver !== UNTRIED && (needsTags || needsLists)) {
      throw SessionException.taggingNotSupported(name)
    }
    return this.isBuiltIn(name) ? ((await driver.verify?.()) ?? warnings) : []
  }

  /** The driver in whose store the cookie driver remembers endings must be exact across processes. */
  private async verifyMarks(name: string, ctx: HttpContextContract): Promise<string[]> {
    if (!this.names.has(name)) {
      throw SessionException.invalidDriver(name, [...this.names], 'revocation.driver')
    }
    const driver: any = this.attempt(name, ctx)
    if (driver === UNTRIED) {
      return []
    }
    const isDriver = METHODS.every((method) => typeof driver?.[method] === 'function')
    if (!isDriver || !isAtomic(driver as SessionDriverContract)) {
      throw SessionException.invalidDriverConfig(
        `"revocation.driver" inside the "config/session" file is "${name}", a driver that does not implement AtomicDriverContract. Use redis, database, dynamodb or file`
      )
    }
    return driver.verify?.() ?? []
  }

  private cookieDriver(config: SessionConfig, ctx: HttpContextContract): CookieDriver {
    const settings = settingsOf(config)
    if (!settings.revocation) {
      return new CookieDriver(config, ctx)
    }
    const marks = this.factory(settings.revocation.driver)(ctx) as AtomicDriverContract
    const store = new MarkStore(marks, settings, (text) => ctx.logger.warn(`session: ${text}`))
    return new CookieDriver(config, ctx, new EndingsInStore(store, settings))
  }

  /**
   * A driver of the app may need a real request: its error proves nothing. `maker` names it where it's part of
   * another one.
   */
  private attempt(name: string, ctx: HttpContextContract, maker = name): unknown {
    const factory = this.factory(name)
    try {
      return factory(ctx)
    } catch (error) {
      if (!this.extended.has(maker)) {
        throw error
      }
      return UNTRIED
    }
  }

  private register(name: string, callback: ExtendCallback) {
    this.names.add(name)
    this.release(name)
    this.extend(name, (_, __, config) => (ctx) => callback(this.manager, config, ctx))
  }

  protected getDefaultMappingName() {
    return this.config.driver
  }

  protected getMappingDriver(name: string) {
    return name
  }

  /** The section of a driver; what it lacks is read from the whole session config. */
  protected getMappingConfig(name: string) {
    const section = (this.config as Record<string, any>)[name]
    return Object.assign(Object.create(this.config), typeof section === 'object' ? section : {})
  }
}
