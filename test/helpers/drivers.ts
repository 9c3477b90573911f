import { randomBytes } from 'crypto'
import { join } from 'path'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { DatabaseDriver } from '../../src/Drivers/Database'
import { DynamoDbDriver } from '../../src/Drivers/DynamoDb'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { AppOptions, ROOT, startApp, TestApp } from './app'
import { clientConfig } from '../services/dynamodb'
import { databaseConfig, DATABASES, databases } from './databases'

/** The driver of the reference page, with its four methods and nothing else. */
export class FourMethodDriver implements SessionDriverContract {
  public static sessions: Map<string, Record<string, any>> = new Map()

  public async read(sessionId: string) {
    return FourMethodDriver.sessions.get(sessionId) || null
  }

  public async write(sessionId: string, values: Record<string, any>) {
    FourMethodDriver.sessions.set(sessionId, values)
  }

  public async destroy(sessionId: string) {
    FourMethodDriver.sessions.delete(sessionId)
  }

  public async touch() {}
}

/** A directory of its own for the session files of one test; `tmp` is emptied by nobody but you. */
export function temporaryDirectory(): string {
  return join(ROOT, 'tmp', 'sessions', randomBytes(6).toString('hex'))
}

/** Config of `config/redis` with the server that the test runner has started. */
export function redisConfig(connection: Record<string, any> = {}) {
  const local = {
    host: process.env.REDIS_HOST ?? '127.0.0.1',
    port: Number(process.env.REDIS_PORT ?? 6379),
    ...connection,
  }
  return { connection: 'local', connections: { local } }
}

/** The class of each driver. */
export const CLASSES: Record<string, any> = {
  memory: MemoryDriver,
  file: FileDriver,
  redis: RedisDriver,
  cookie: CookieDriver,
  fourMethods: FourMethodDriver,
  dynamodb: DynamoDbDriver,
  ...Object.fromEntries(DATABASES.map((name) => [name, DatabaseDriver])),
}

/** What the config calls a driver. */
export function configName(driver: string): string {
  return DATABASES.includes(driver) ? 'database' : driver
}

/** The client of the emulator that the test runner has started. */
export function dynamoDb() {
  return clientConfig(Number(process.env.TEST_DYNAMODB_PORT))
}

/** What an app needs for the database driver. */
export function databaseOptions(connection: string): AppOptions {
  return {
    session: { driver: 'database', database: { connection } },
    providers: ['@adonisjs/lucid'],
    config: { database: databaseConfig() },
  }
}

/** What an app needs for each driver: that of databases is tested as one for each of them. */
const OPTIONS: Record<string, () => AppOptions> = {
  ...Object.fromEntries(DATABASES.map((name) => [name, () => databaseOptions(name)])),
  memory: () => ({ session: { driver: 'memory' } }),
  file: () => ({ session: { driver: 'file', file: { location: temporaryDirectory() } } }),
  redis: () => ({
    session: { driver: 'redis', redisConnection: 'local' },
    providers: ['@adonisjs/redis'],
    config: { redis: redisConfig() },
  }),
  cookie: () => ({ session: { driver: 'cookie' } }),
  dynamodb: () => ({ session: { driver: 'dynamodb', dynamodb: { client: dynamoDb() } } }),
  fourMethods: () => ({
    session: { driver: 'fourMethods' },
    boot: (app) =>
      app.container
        .use('Adonis/Addons/Session')
        .extend('fourMethods', () => new FourMethodDriver()),
  }),
}

/** What a driver can do, and its tests rely on. */
type Ability =
  /** Its name here is that of a driver of the package. */
  | 'isBuiltIn'
  /** The apps of some tests can be told to use it by `SESSION_DRIVER` alone. */
  | 'isByEnvironment'
  /** 6.4 has it, too. */
  | 'isOf64'
  /** It keeps sessions on the server, and so can promise more than a cookie. */
  | 'isOnServer'
  /** It compares and changes in one step. */
  | 'isAtomic'
  /** Several processes can share its sessions. */
  | 'isShared'
  /** It ends sessions by the clock of this process, and not by one of its own, or by none. */
  | 'goesByOurClock'

const OF_ROWS: Ability[] = ['isOnServer', 'isAtomic', 'isShared', 'goesByOurClock']

const ABILITIES: Record<string, Ability[]> = {
  memory: ['isBuiltIn', 'isOnServer', 'isAtomic', 'goesByOurClock'],
  file: [
    'isBuiltIn',
    'isByEnvironment',
    'isOf64',
    'isOnServer',
    'isAtomic',
    'isShared',
    'goesByOurClock',
  ],
  redis: ['isBuiltIn', 'isByEnvironment', 'isOf64', 'isOnServer', 'isAtomic', 'isShared'],
  cookie: ['isBuiltIn', 'isOf64', 'goesByOurClock'],
  fourMethods: ['isOnServer'],
  dynamodb: ['isBuiltIn', ...OF_ROWS],
  ...Object.fromEntries(databases().map((name) => [name, OF_ROWS])),
}

/** The drivers that a run is limited to, by their names and commas. */
const { TEST_DRIVERS } = process.env

/** Every driver: the built-in ones, and one of an app with the four documented methods. */
export const ALL_DRIVERS = Object.keys(ABILITIES).filter(
  (name) => !TEST_DRIVERS || TEST_DRIVERS.split(',').includes(name)
)

/** The drivers that can do all of this. */
export function driversThat(...abilities: Ability[]): string[] {
  return ALL_DRIVERS.filter((name) => can(name, ...abilities))
}

export function can(driver: string, ...abilities: Ability[]): boolean {
  return abilities.every((ability) => ABILITIES[driver].includes(ability))
}

export const SERVER_DRIVERS = driversThat('isOnServer')

/** Starts an app on a driver; what a test adds is merged in. */
export async function startAppOn(driver: string, options: AppOptions = {}): Promise<TestApp> {
  return startApp(optionsFor(driver, options))
}

export function optionsFor(driver: string, options: AppOptions = {}): AppOptions {
  const base = OPTIONS[driver]()
  return {
    ...base,
    ...options,
    session: { ...base.session, ...options.session },
    config: { ...base.config, ...options.config },
    providers: [...(base.providers ?? []), ...(options.providers ?? [])],
    boot: async (app) => {
      await base.boot?.(app)
      await options.boot?.(app)
    },
  }
}
