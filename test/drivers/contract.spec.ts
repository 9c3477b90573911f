import FakeTimers from '@sinonjs/fake-timers'
import { test } from '@japa/runner'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { DatabaseDriver } from '../../src/Drivers/Database'
import { DynamoDbDriver } from '../../src/Drivers/DynamoDb'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { ContractOptions, driverContract } from '../../src/Testing/driverContract'
import { bootApp, SESSION_CONFIG } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { databaseConfig, databases, lucid } from '../helpers/databases'
import { ALL_DRIVERS, dynamoDb, redisConfig, temporaryDirectory } from '../helpers/drivers'

const config = {
  ...SESSION_CONFIG,
  file: { location: temporaryDirectory() },
  redisConnection: 'local',
}

const booted = bootApp({
  session: config,
  providers: ['@adonisjs/redis', ...lucid()],
  config: { redis: redisConfig({ keyPrefix: 'contract:' }), database: databaseConfig() },
})

/** Four methods on a map. */
class AgingDriver implements SessionDriverContract {
  private static sessions = new Map<string, { text: string; until: number }>()

  constructor(private ageInMs: number) {}

  public read(id: string) {
    const found = AgingDriver.sessions.get(id)
    return found && found.until > Date.now() ? JSON.parse(found.text) : null
  }

  public write(id: string, values: Record<string, any>) {
    const until = Date.now() + this.ageInMs
    AgingDriver.sessions.set(id, { text: JSON.stringify(values), until })
  }

  public destroy(id: string) {
    AgingDriver.sessions.delete(id)
  }

  public touch(id: string) {
    const found = AgingDriver.sessions.get(id)
    return found ? Boolean((found.until = Date.now() + this.ageInMs)) : false
  }
}

async function onDatabase(connection: string) {
  const { container } = await booted
  const database = container.use('Adonis/Lucid/Database')
  return new DatabaseDriver({ ...config, database: { connection } }, database)
}

const DRIVERS: Record<string, () => Promise<SessionDriverContract>> = {
  memory: async () => new MemoryDriver(),
  file: async () => new FileDriver(config),
  redis: async () => {
    const { container } = await booted
    return new RedisDriver(config, container.use('Adonis/Addons/Redis'))
  },
  cookie: async () => {
    const { container } = await booted
    return new CookieDriver(config, container.use('Adonis/Core/HttpContext').create('/', {}))
  },
  fourMethods: async () => new AgingDriver(2 * 3_600_000),
  dynamodb: async () => new DynamoDbDriver({ ...config, dynamodb: { client: dynamoDb() } }),
  ...Object.fromEntries(databases().map((name) => [name, () => onDatabase(name)])),
}

/** What moves the clocks of a driver: that of the process, and the times to live in Redis. */
async function passInRedis(timeInMs: number) {
  const { container } = await booted
  const redis = container.use('Adonis/Addons/Redis').connection('local').ioConnection
  for (const key of await redis.keys('contract:*')) {
    const bare = key.slice('contract:'.length)
    await redis.pexpire(bare, Math.max((await redis.pttl(bare)) - timeInMs, 0))
  }
}

test.group('Driver contract', (group) => {
  const clock = stoppedClock(group)
  group.teardown(async () => {
    const { container } = await booted
    await container.use('Adonis/Addons/Redis').quitAll()
    await (databases().length && container.use('Adonis/Lucid/Database').manager.closeAll())
  })

  for (const name of ALL_DRIVERS) {
    // A cookie is seen by one request, and four methods compare within the commit queue only.
    const concurrent = name !== 'cookie' && name !== 'fourMethods'
    const persistent = name !== 'cookie'
    driverContract(
      (title, callback) => test(title, callback),
      { name, config, create: DRIVERS[name] },
      {
        concurrent,
        persistent,
        pass: async (timeInMs) => {
          clock.pass(timeInMs)
          await (name === 'redis' && passInRedis(timeInMs))
        },
      }
    )
  }
})

test.group('The driver contract notices', () => {
  const age = 2 * 3_600_000

  /** The titles that fail for a driver. */
  async function failing(driver: SessionDriverContract, options: ContractOptions = {}) {
    const registered: [title: string, callback: () => Promise<void>][] = []
    const clock = FakeTimers.install({ now: Date.now(), toFake: ['Date'] })
    driverContract(
      (title, callback) => registered.push([title, callback]),
      { name: 'own', config: { ...config, age }, create: () => driver },
      { concurrent: false, pass: (timeInMs) => clock.tick(timeInMs), ...options }
    )
    const failed: string[] = []
    for (const [title, callback] of registered) {
      await callback().catch(() => failed.push(title.slice('own: '.length)))
    }
    clock.uninstall()
    return failed
  }
  const withTouch = (touch: (this: any, id: string) => any) =>
    Object.assign(new AgingDriver(age), { touch })

  test('nothing in a driver that keeps it', async ({ assert }) => {
    assert.deepEqual(await failing(new AgingDriver(age)), [])
  })

  test('a touch that does nothing, and one that shortens the life of a session', async ({
    assert,
  }) => {
    assert.deepEqual(await failing(withTouch(() => true)), ['touching begins the age anew'])
    const shortened = Object.assign(new AgingDriver(age), {
      touch(this: AgingDriver, id: string) {
        const values = this.read(id)
        values && new AgingDriver(1).write(id, values)
      },
    })
    assert.include(await failing(shortened), 'touching begins the age anew')
  })

  test('sessions that never end', async ({ assert }) => {
    const failed = await failing(new AgingDriver(Infinity))
    assert.deepEqual(failed, [
      'what nobody has used for its age is gone',
      'touching begins the age anew',
    ])
  })

  test('a driver that does not compare, though it says so', async ({ assert }) => {
    const failed = await failing(new AgingDriver(age), { concurrent: true })
    assert.include(failed, 'has load, replace and retire')
  })

  test('an age that no test can wait for', async ({ assert }) => {
    const failed = await failing(new AgingDriver(age), { pass: undefined })
    assert.include(failed, 'what nobody has used for its age is gone')
  })
})
