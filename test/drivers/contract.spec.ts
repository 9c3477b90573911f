import { test } from '@japa/runner'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { driverContract } from '../../src/Testing/driverContract'
import { bootApp, SESSION_CONFIG } from '../helpers/app'
import { FourMethodDriver, redisConfig, temporaryDirectory } from '../helpers/drivers'

const config = {
  ...SESSION_CONFIG,
  file: { location: temporaryDirectory() },
  redisConnection: 'local',
}

const booted = bootApp({
  session: config,
  providers: ['@adonisjs/redis'],
  config: { redis: redisConfig() },
})

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
  'four methods': async () => new FourMethodDriver(),
}

test.group('Driver contract', (group) => {
  group.teardown(async () => {
    const { container } = await booted
    await container.use('Adonis/Addons/Redis').quitAll()
  })

  for (const [name, create] of Object.entries(DRIVERS)) {
    // A cookie is seen by one request, and four methods compare within the commit queue only.
    const concurrent = name !== 'cookie' && name !== 'four methods'
    driverContract(
      (title, callback) => test(title, callback),
      { name, config, create },
      { concurrent }
    )
  }
})
