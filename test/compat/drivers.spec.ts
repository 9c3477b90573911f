import { existsSync, readFileSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { bootApp, SESSION_CONFIG, TestApp } from '../helpers/app'
import { VALUES } from '../helpers/compat'
import { contextWith, Jar, keepCookies } from '../helpers/contexts'
import { redisConfig, startAppOn, temporaryDirectory } from '../helpers/drivers'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'

type Driver = SessionDriverContract

/** What both versions of a driver share in one test: a store and its config. */
interface Shared {
  app: ApplicationContract
  config: any
  jar: Jar
}

/** Each driver, made as a package makes it; `classes` are those of ours or of 6.4.0. */
const MAKE: Record<string, (classes: Record<string, any>, shared: Shared) => Driver> = {
  cookie: ({ CookieDriver }, shared) => throughCookies(CookieDriver, shared),
  file: ({ FileDriver }, { config }) => new FileDriver(config),
  redis: ({ RedisDriver }, { app, config }) =>
    new RedisDriver(config, app.container.use('Adonis/Addons/Redis')),
  memory: ({ MemoryDriver }) => new MemoryDriver(),
}

const OURS = { CookieDriver, FileDriver, RedisDriver, MemoryDriver }
const OLD = {
  ...require('@adonisjs/session/build/src/Drivers/Cookie'),
  ...require('@adonisjs/session/build/src/Drivers/File'),
  ...require('@adonisjs/session/build/src/Drivers/Redis'),
  ...require('@adonisjs/session/build/src/Drivers/Memory'),
}

/** A cookie driver is bound to one request: each call is one, and the jar goes with them. */
function throughCookies(CookieDriver: any, { app, config, jar }: Shared): Driver {
  const request = async (call: (driver: Driver) => any) => {
    const ctx = contextWith(app, jar)
    const answer = await call(new CookieDriver(config, ctx))
    keepCookies(ctx, jar)
    return answer
  }
  return {
    read: (id) => request((driver) => driver.read(id)),
    write: (id, values) => request((driver) => driver.write(id, values)),
    destroy: (id) => request((driver) => driver.destroy(id)),
    touch: (id) => request((driver) => driver.touch(id)),
  }
}

const ID = 'ck9f0zq1k0000abcd1234efgh'
const OTHER_ID = 'ck9f0zq1k0001abcd1234efgh'

/** Everything that a driver answers to a series of the four documented calls. */
async function transcript(driver: Driver) {
  const answers: unknown[] = []
  const read = async (id: string) => answers.push(await driver.read(id))

  await read(ID)
  await driver.touch(ID)
  await driver.destroy(ID)
  await read(ID)
  await driver.write(ID, VALUES)
  await read(ID)
  await driver.write(ID, { only: 'this' })
  await driver.write(OTHER_ID, { other: true })
  await driver.touch(ID)
  await read(ID)
  await driver.destroy(ID)
  await read(ID)
  await read(OTHER_ID)
  await driver.write(OTHER_ID, {})
  await read(OTHER_ID)
  return answers
}

for (const name of Object.keys(MAKE)) {
  test.group(`The ${name} driver as a class, beside that of 6.4.0`, (group) => {
    let shared: Shared
    let ours: Driver
    let old: Driver

    group.each.setup(async () => {
      const app = await bootApp({
        providers: ['@adonisjs/redis'],
        config: { redis: redisConfig({ keyPrefix: `${Math.random()}:` }) },
      })
      const config = {
        ...SESSION_CONFIG,
        file: { location: temporaryDirectory() },
        redisConnection: 'local',
      }
      shared = { app, config, jar: new Map() }
      ours = MAKE[name](OURS, shared)
      old = MAKE[name](OLD, shared)
      return () => app.shutdown()
    })

    test('the four methods give the same answers', async ({ assert }) => {
      const expected = await transcript(old)
      await old.destroy(OTHER_ID)
      assert.deepEqual(await transcript(ours), expected)
    })

    test('what is no object of values is refused', async ({ assert }) => {
      for (const driver of [old, ours]) {
        for (const values of ['text', 1, undefined]) {
          await assert.rejects(async () => driver.write(ID, values as any))
        }
        assert.isNull(await driver.read(ID))
      }
    })

    if (name !== 'memory') {
      test('each version reads what the other has written', async ({ assert }) => {
        await old.write(ID, VALUES)
        assert.deepEqual(await ours.read(ID), VALUES)

        await ours.write(ID, { ...VALUES, more: 'ß' })
        assert.deepEqual(await old.read(ID), { ...VALUES, more: 'ß' })

        await ours.touch(ID)
        assert.deepEqual(await old.read(ID), { ...VALUES, more: 'ß' })

        await old.touch(ID)
        assert.deepEqual(await ours.read(ID), { ...VALUES, more: 'ß' })
      })

      test('each version removes what the other has written', async ({ assert }) => {
        await old.write(ID, VALUES)
        await ours.destroy(ID)
        assert.isNull(await old.read(ID))

        await ours.write(ID, VALUES)
        await old.destroy(ID)
        assert.isNull(await ours.read(ID))
      })
    }

    if (name === 'file' || name === 'redis') {
      test('write, called directly, stores the very text of 6.4.0', async ({ assert }) => {
        const textOf = async (driver: Driver) => {
          await driver.write(ID, VALUES)
          return name === 'file'
            ? readFileSync(join(shared.config.file.location, `${ID}.txt`), 'utf8')
            : shared.app.container.use('Adonis/Addons/Redis').connection('local').get(ID)
        }
        assert.equal(await textOf(ours), await textOf(old))
      })
    }

    if (name === 'file') {
      test('a session is the file named by its id', async ({ assert }) => {
        await ours.write(ID, VALUES)
        assert.isTrue(existsSync(join(shared.config.file.location, `${ID}.txt`)))
      })

      test('without a location it raises what 6.4.0 raises', ({ assert }) => {
        for (const { FileDriver } of [OLD, OURS]) {
          const make = () => new FileDriver(SESSION_CONFIG)
          assert.throws(make, /Missing "file.location" for session file driver/)
        }
      })
    }

    if (name === 'redis') {
      test('write and touch give the key the age of the config', async ({ assert }) => {
        const connection = shared.app.container.use('Adonis/Addons/Redis').connection('local')
        for (const driver of [old, ours]) {
          await driver.write(ID, VALUES)
          assert.closeTo(await connection.ttl(ID), 7200, 1)

          await connection.expire(ID, 10)
          await driver.touch(ID)
          assert.closeTo(await connection.ttl(ID), 7200, 1)
        }
      })

      test('without a connection it raises what 6.4.0 raises', ({ assert }) => {
        for (const { RedisDriver } of [OLD, OURS]) {
          const make = () => new RedisDriver(SESSION_CONFIG, {} as any)
          assert.throws(make, /Missing redisConnection for session redis driver/)
        }
      })
    }

    if (name === 'memory') {
      test('its sessions are in a static map, to look into and to set', ({ assert }) => {
        for (const { MemoryDriver } of [OLD, OURS]) {
          const driver = new MemoryDriver()
          driver.write(ID, { cart: [1] })
          assert.deepEqual(MemoryDriver.sessions.get(ID), { cart: [1] })

          MemoryDriver.sessions.set(OTHER_ID, { set: 'by a test' })
          assert.deepEqual(new MemoryDriver().read(OTHER_ID), { set: 'by a test' })

          driver.destroy(ID)
          assert.isFalse(MemoryDriver.sessions.has(ID))
          MemoryDriver.sessions.clear()
        }
      })
    }
  })
}

/** A driver of a package that lets nobody see its values in the store. */
const sealed = (Base: any, stored: unknown[]) =>
  class extends Base {
    public async read(id: string) {
      const found = await super.read(id)
      return found && JSON.parse(Buffer.from(found.sealed, 'base64').toString())
    }

    public async write(id: string, values: Record<string, any>) {
      stored.push(values)
      await super.write(id, { sealed: Buffer.from(JSON.stringify(values)).toString('base64') })
    }
  }

test.group('A driver that extends a built-in one', (group) => {
  let app: TestApp
  group.each.teardown(() => app.stop())

  for (const name of Object.keys(MAKE)) {
    test(`its own read and write are what counts | ${name}`, async ({ assert }) => {
      const stored: unknown[] = []
      const Base = Object.entries(OURS).find(([key]) => key.toLowerCase().startsWith(name))![1]
      const Driver: any = sealed(Base, stored)

      app = await startAppOn(name === 'redis' ? 'redis' : 'memory', {
        session: { driver: 'sealed', file: { location: temporaryDirectory() } },
        boot: ({ container }) =>
          container
            .use('Adonis/Addons/Session')
            .extend('sealed', (_, config, ctx): any =>
              name === 'redis'
                ? new Driver(config, container.use('Adonis/Addons/Redis'))
                : new Driver(config, ctx)
            ),
        routes: (route) => {
          route.get('/', async ({ session }) => session.all())
          route.post('/', async ({ session }) => session.put('secret', 'x'))
        },
      })

      const browser = app.browser()
      await browser.post('/')
      assert.deepEqual((await browser.get('/')).json, { secret: 'x' })
      assert.deepInclude(stored, { secret: 'x' })
    })
  }
})
