import { rmSync } from 'fs'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionConfig, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { DatabaseDriver } from '../../src/Drivers/Database'
import { DynamoDbDriver } from '../../src/Drivers/DynamoDb'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { EndingsInStore } from '../../src/Endings/inStore'
import { MarkStore } from '../../src/Endings/MarkStore'
import { ExpiringMap } from '../../src/ExpiringMap'
import { settingsOf } from '../../src/Settings'
import { DATABASES } from '../helpers/databases'
import { dynamoDb, FourMethodDriver, temporaryDirectory } from '../helpers/drivers'
import { everyItem, onDynamoDb } from '../helpers/stored'
import type { Process } from './processes'

/** What the requests of a scenario store their sessions in. */
export interface Stage {
  config?: Partial<SessionConfig>
  /** `gated` is for a driver whose store is another one: the calls of that are the steps. */
  makeDriver(
    process: Process,
    config: SessionConfig,
    ctx: HttpContextContract,
    gated: <T extends SessionDriverContract>(driver: T) => T
  ): SessionDriverContract
  /** Removes every record and every tombstone, as a store does that has lost its memory. */
  clear(): unknown
  /** Does the driver promise within one process only? Then the requests share one. */
  oneProcess?: true
  /** A session is as old as the call that stores it: a cookie tells its own time, and files have the time of the system. */
  isTimedByCall?: true
  /** Sessions in cookies: what parallel requests store is not merged. */
  isCookie?: true
  /** What the clock of the test stands for: the timers too, where nothing but the test needs them. */
  fakes: ('Date' | 'setTimeout' | 'clearTimeout')[]
}

const TIMERS: Stage['fakes'] = ['Date', 'setTimeout', 'clearTimeout']

export const memory: Stage = {
  fakes: TIMERS,
  makeDriver: () => new MemoryDriver(),
  clear: clearMemory,
}

function clearMemory() {
  MemoryDriver.sessions.clear()
  // The clock of an order has its own time: nothing of it is of lately for the next one.
  MemoryDriver['lately'] = new ExpiringMap()
}

const fourMethods: Stage = {
  fakes: TIMERS,
  makeDriver: () => new FourMethodDriver(),
  clear: () => FourMethodDriver.sessions.clear(),
  oneProcess: true,
}

const cookie: Stage = {
  fakes: TIMERS,
  config: { driver: 'cookie' },
  makeDriver: (_, config, ctx) => new CookieDriver(config, ctx),
  clear: () => {},
  isCookie: true,
  isTimedByCall: true,
}

/** Endings are in a store that all processes have. */
const revocableCookie: Stage = {
  fakes: TIMERS,
  config: { driver: 'cookie', revocation: { driver: 'memory' } },
  makeDriver: (_, config, ctx, gated) => {
    const settings = settingsOf(config)
    const store = new MarkStore(gated(new MemoryDriver()), settings, () => {})
    return new CookieDriver(config, ctx, new EndingsInStore(store, settings))
  },
  clear: clearMemory,
  isCookie: true,
  isTimedByCall: true,
}

function file(): Stage {
  const location = temporaryDirectory()
  return {
    fakes: ['Date'],
    config: { driver: 'file', file: { location } },
    isTimedByCall: true,
    makeDriver: ({ FileDriver }, config) => new FileDriver(config),
    clear: () => rmSync(location, { recursive: true, force: true }),
  }
}

/** Its table is emptied item by item. */
const dynamodb = (): Stage => ({
  config: { driver: 'dynamodb', dynamodb: { client: dynamoDb() } },
  makeDriver: (_, config) => new DynamoDbDriver(config),
  clear: async () => {
    const items = await everyItem({ ProjectionExpression: 'id' })
    await Promise.all(items.map(({ id }) => onDynamoDb('DeleteItemCommand', { Key: { id } })))
  },
  fakes: ['Date'],
})

/** The app has `@adonisjs/redis`. Its server keeps its own time. */
function redis({ container }: ApplicationContract): Stage {
  const connections = container.use('Adonis/Addons/Redis')
  return {
    config: { driver: 'redis', redisConnection: 'local' },
    makeDriver: (_, config) => new RedisDriver(config, connections),
    clear: () => connections.connection('local').flushdb(),
    fakes: ['Date'],
  }
}

/** The app has `@adonisjs/lucid`. */
function database(connection: string, { container }: ApplicationContract): Stage {
  const Database = container.use('Adonis/Lucid/Database')
  return {
    config: { driver: 'database', database: { connection } },
    makeDriver: (_, config) => new DatabaseDriver(config, Database),
    clear: () => Database.connection(connection).from('sessions').delete(),
    fakes: ['Date'],
  }
}

/** Those whose sessions can be ended by their tag. */
export const TAGGING = ['memory', 'file', 'redis', 'cookie with revocation', ...DATABASES]

export const STAGES: Record<string, (app: ApplicationContract) => Stage> = {
  ...Object.fromEntries(
    DATABASES.map((name) => [name, (app: ApplicationContract) => database(name, app)])
  ),
  memory: () => memory,
  file,
  redis,
  cookie: () => cookie,
  'cookie with revocation': () => revocableCookie,
  dynamodb,
  fourMethods: () => fourMethods,
}
