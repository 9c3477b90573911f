import { mkdirSync, readdirSync, writeFileSync } from 'fs'
import { isAbsolute, join, relative } from 'path'
import { inspect } from 'util'
import { test } from '@japa/runner'
import Redis from 'ioredis'
import { system } from '../../src/AtomicFile'
import { AppOptions, bootApp } from '../helpers/app'
import { optionsFor, redisConfig, temporaryDirectory } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'
import { httpConfig } from '../helpers/http_config'
import { collectedLog } from '../helpers/log'
import { apps, startVisits } from '../helpers/visits'

/** A wrong config: what is in it, the code of the error, and the key that its sentence names. */
type Wrong = [name: string, driver: string, options: AppOptions, code: string, key: string]

const CONFIG = 'E_SESSION_INVALID_CONFIG'
const DRIVER = 'E_INVALID_SESSION_DRIVER'
const SECTION = 'E_INVALID_SESSION_DRIVER_CONFIG'

/** A config with some keys of `config/session` set to what cannot work. */
const session = (keys: Record<string, any>): AppOptions => ({ session: keys })

/** What JSON can't write. */
const CIRCLE: any = {}
CIRCLE.self = CIRCLE
const UNWRITABLE = [10n, CIRCLE, Symbol('a')]

const DURATIONS: Record<string, any[]> = {
  age: ['banana', '', 300, 999, -1, 0, '0', '-2h', NaN, true, {}, '500ms', ...UNWRITABLE],
  touchEvery: ['banana', -1, '-1m', {}, ...UNWRITABLE],
  absoluteAge: ['banana', 0, -1, 500, ...UNWRITABLE],
  rotateEvery: ['banana', 0, -1, 500, ...UNWRITABLE],
  retireFor: ['banana', -1, {}, ...UNWRITABLE],
  storeTimeout: ['banana', 0, -1, ...UNWRITABLE],
  prune: ['banana', true, 0, ...UNWRITABLE],
}

/** Values of another type, and texts that browsers refuse or take for something else. */
const TYPES: Record<string, any[]> = {
  driver: UNWRITABLE,
  saveUninitialized: ['false', 0, 'no', ...UNWRITABLE],
  clearWithBrowser: ['true', 1],
  enabled: ['yes', ...UNWRITABLE],
  cookieName: [7, ...UNWRITABLE],
  'cookie.secure': ['true', 1],
  'cookie.httpOnly': ['false'],
  'cookie.partitioned': ['true'],
  'cookie.domain': [
    'https://example.com',
    'localhost:3333',
    'example.com/shop',
    'a b',
    7,
    ...UNWRITABLE,
  ],
  'cookie.path': ['app', './app', 'https://example.com/', '/a;b', 7],
  'cookie.sameSite': ['relaxed', 1, {}, Object.create(null), ...UNWRITABLE],
  cookie: ['secure', [], new Date(), Promise.resolve({}), 10n, Symbol('a')],
  registry: [[], new Date(), null, 10n, Symbol('a')],
  'registry.maxPerTag': UNWRITABLE,
  'registry.tagUsers': UNWRITABLE,
  'registry.toString': [() => ''],
  revocation: [[], new Date(), 10n, Symbol('a')],
  'revocation.driver': UNWRITABLE,
  maxCookieBytes: ['2048', NaN, ...UNWRITABLE],
  flashTo: UNWRITABLE,
  skip: UNWRITABLE,
  keys: ['a'.repeat(20), ...UNWRITABLE],
  // eslint-disable-next-line no-sparse-arrays
  dontFlash: ['password', ['a', , 'b'], [10n], ...UNWRITABLE],
}

const WRONG: Wrong[] = [
  ['no driver', 'memory', session({ driver: undefined }), CONFIG, 'driver'],
  ['an empty driver', 'memory', session({ driver: '' }), CONFIG, 'driver'],
  ['an unknown driver', 'memory', session({ driver: 'mongo' }), DRIVER, 'driver'],
  ['a driver of Object', 'memory', session({ driver: 'toString' }), DRIVER, 'driver'],
  ['touchEvery = age', 'memory', session({ age: '1h', touchEvery: '1h' }), CONFIG, 'touchEvery'],
  ['touchEvery > age', 'memory', session({ age: '1h', touchEvery: '2h' }), CONFIG, 'touchEvery'],
  ['no file section', 'file', session({ file: undefined }), SECTION, 'file.location'],
  ['no file.location', 'file', session({ file: {} }), SECTION, 'file.location'],
  ['no redisConnection', 'redis', session({ redisConnection: '' }), SECTION, 'redisConnection'],
  [
    'an unknown redis connection',
    'redis',
    session({ redisConnection: 'sessions' }),
    SECTION,
    'redisConnection',
  ],
  ['an empty cookieName', 'memory', session({ cookieName: '' }), CONFIG, 'cookieName'],
  ['a cookieName with a space', 'memory', session({ cookieName: 'a b' }), CONFIG, 'cookieName'],
  ['a cookieName with a ;', 'memory', session({ cookieName: 'a;b' }), CONFIG, 'cookieName'],
  [
    '__Host- without secure',
    'memory',
    session({ cookieName: '__Host-s', cookie: { path: '/' } }),
    CONFIG,
    'cookie.secure',
  ],
  [
    '__Host- with a domain',
    'memory',
    session({ cookieName: '__Host-s', cookie: { secure: true, domain: 'example.com' } }),
    CONFIG,
    'cookie',
  ],
  [
    '__Host- with another path',
    'memory',
    session({ cookieName: '__Host-s', cookie: { secure: true, path: '/shop' } }),
    CONFIG,
    'cookie',
  ],
  [
    '__Secure- without secure',
    'memory',
    session({ cookieName: '__Secure-s', cookie: {} }),
    CONFIG,
    'cookie.secure',
  ],
  [
    'partitioned without secure',
    'memory',
    session({ cookie: { partitioned: true } }),
    CONFIG,
    'cookie.secure',
  ],
  [
    'sameSite none without secure',
    'memory',
    session({ cookie: { sameSite: 'none' } }),
    CONFIG,
    'cookie.secure',
  ],
  [
    'sameSite None without secure',
    'memory',
    session({ cookie: { sameSite: 'None' } }),
    CONFIG,
    'cookie.secure',
  ],
  ...Object.entries(TYPES).flatMap(([key, values]) =>
    values.map((value): Wrong => {
      const [outer, inner] = key.split('.')
      const keys = { [outer]: inner ? { [inner]: value } : value }
      return [`${key}: ${inspect(value)}`, 'memory', session(keys), CONFIG, key]
    })
  ),
  ...['__Http-s', '__Host-Http-s', '__host-http-s'].flatMap((cookieName): Wrong[] => [
    [
      `${cookieName} without httpOnly`,
      'memory',
      session({ cookieName, cookie: { secure: true, httpOnly: false } }),
      CONFIG,
      'cookie.httpOnly',
    ],
    [
      `${cookieName} without secure`,
      'memory',
      session({ cookieName, cookie: { httpOnly: true } }),
      CONFIG,
      'cookie.secure',
    ],
  ]),
  [
    '__Host-Http- with a domain',
    'memory',
    session({
      cookieName: '__Host-Http-s',
      cookie: { secure: true, httpOnly: true, domain: 'example.com' },
    }),
    CONFIG,
    'cookie',
  ],
  ...Object.entries(DURATIONS).flatMap(([key, values]) =>
    values.map((value): Wrong => {
      const shown = typeof value === 'string' ? `"${value}"` : inspect(value)
      return [`${key}: ${shown}`, 'memory', session({ [key]: value }), CONFIG, key]
    })
  ),
]

test.group('A wrong config fails at boot', (group) => {
  const start = apps(group)

  for (const [name, driver, options, code, key] of WRONG) {
    test(`${name}: ${code}, naming config/session and ${key}`, async ({ assert }) => {
      const error = await errorOf(() => start(driver, options))

      assert.equal(error.code, code)
      assert.include(error.message, 'config/session')
      assert.match(error.message, new RegExp(`"?${key.replace('.', '\\.')}\\b`))
    })
  }

  test('redis without its package: says how to install it', async ({ assert }) => {
    const error = await errorOf(() =>
      startVisits('memory', session({ driver: 'redis', redisConnection: 'local' }))
    )

    assert.equal(error.code, 'E_INVALID_SESSION_DRIVER_CONFIG')
    assert.include(error.message, 'npm i @adonisjs/redis@7')
    assert.include(error.message, 'provider')
    assert.include(error.message, '"config/session"')
  })

  test('an unknown redis connection: says which there are', async ({ assert }) => {
    const error = await errorOf(() => start('redis', session({ redisConnection: 'sessions' })))

    assert.match(error.message, /"sessions".*"config\/redis".*local/)
  })

  test('an unknown driver: says which there are, and where to add one', async ({ assert }) => {
    const error = await errorOf(() => start('memory', session({ driver: 'mongo' })))

    for (const word of ['cookie', 'file', 'redis', 'SESSION_DRIVER', 'Session.extend']) {
      assert.include(error.message, word)
    }
  })

  test('touchEvery that is not shorter than age: says both in words', async ({ assert }) => {
    const error = await errorOf(() => start('memory', session({ age: 7200, touchEvery: '1m' })))
    assert.match(error.message, /1 minute.*"age".*7 seconds.*milliseconds/)
  })

  test('a hundred years are an age', async ({ assert }) => {
    const { ask } = (await start('memory', session({ age: '100 years' }))).visitor()
    assert.isTrue(await ask(({ session: current }) => current.initiated))
  })

  test('age: 300 says that numbers are milliseconds', async ({ assert }) => {
    const error = await errorOf(() => start('memory', session({ age: 300 })))
    assert.match(error.message, /milliseconds.*"300s"/)
  })
})

test.group('A key that is mistyped', (group) => {
  const start = apps(group)
  const lines = collectedLog(group)
  const warnings = () =>
    lines.map((line) => JSON.parse(line)).flatMap(({ level, msg }) => (level === 40 ? [msg] : []))

  const MISTYPED = {
    absolutAge: ['absolutAge', 'absoluteAge'],
    storeTimout: ['storeTimout', 'storeTimeout'],
    touchevery: ['touchevery', 'touchEvery'],
    STORETIMEOUT: ['STORETIMEOUT', 'storeTimeout'],
    'cookie.httponly': ['cookie.httponly', 'cookie.httpOnly'],
    'cookie.same_site': ['cookie.same_site', 'cookie.sameSite'],
  }
  for (const [key, [named, meant]] of Object.entries(MISTYPED)) {
    test(`${key} is a warning that names what was meant`, async ({ assert }) => {
      const [outer, inner] = key.split('.')
      await start('memory', session(inner ? { cookie: { [inner]: true } } : { [outer]: '1h' }))
      assert.lengthOf(warnings(), 1)
      assert.include(warnings()[0], `"${named}"`)
      assert.include(warnings()[0], `Did you mean "${meant}"?`)
    })
  }

  test('sections of drivers, and what is like no key, are none', async ({ assert }) => {
    await start('memory', {
      ...session({ mongo: { url: '' }, cookies: { a: 1 }, notes: 'mine', cookie: { priority: 1 } }),
      boot: (app) =>
        app.container.use('Adonis/Addons/Session').extend('cookies', () => null as any),
    })
    assert.deepEqual(warnings(), [])
  })
})

test.group('When the config is checked', (group) => {
  const start = apps(group)

  test('an unknown driver is found when the app is ready, not before', async ({ assert }) => {
    const app = await bootApp(optionsFor('memory', session({ driver: 'mongo' })))

    const error = await errorOf(() => app.start())
    assert.equal(error.code, 'E_INVALID_SESSION_DRIVER')
    await app.shutdown()
  })

  test('an unknown driver does not keep commands from running', async ({ assert }) => {
    const options = session({ driver: 'mongo' })
    const app = await bootApp({ ...optionsFor('memory', options), environment: 'console' })

    await app.start()
    assert.isTrue(app.container.use('Adonis/Addons/Session').isEnabled())
    await app.shutdown()
  })

  test('with enabled: false nothing is checked', async ({ assert }) => {
    const wrong = { driver: 'mongo', age: 'banana', cookieName: 'a b', touchEvery: '9h' }
    const app = await start('memory', session({ enabled: false, ...wrong }))

    assert.isFalse(app.Session.isEnabled())
    assert.equal((await app.visitor().visit(() => 'served')).status, 200)
  })

  test('the sections of drivers that are not used are not checked', async ({ assert }) => {
    const { ask } = (
      await start('memory', session({ file: {}, redisConnection: 'nowhere' }))
    ).visitor()

    assert.isTrue(await ask(({ session: current }) => current.initiated))
  })

  test('secure may come from config/app', async ({ assert }) => {
    const cookie = { path: '/', httpOnly: true, secure: true }
    const { visit } = (
      await start('memory', {
        ...session({ cookieName: '__Secure-s', cookie: {} }),
        config: httpConfig({ cookie }),
      })
    ).visitor()

    const { setCookies } = await visit(({ session: current }) => current.put('a', 1))
    assert.match(setCookies[0], /^__Secure-s=.*; Secure/)
  })

  test('a domain may not come from config/app with __Host-', async ({ assert }) => {
    const cookie = { path: '/', secure: true, domain: 'example.com' }
    const error = await errorOf(() =>
      start('memory', {
        ...session({ cookieName: '__Host-s', cookie: {} }),
        config: httpConfig({ cookie }),
      })
    )

    assert.equal(error.code, 'E_SESSION_INVALID_CONFIG')
  })
})

test.group('The place of session files', (group) => {
  const log = collectedLog(group)
  const start = apps(group)
  const original = { ...system }
  group.each.teardown(() => void Object.assign(system, original))
  const at = (location: string) => start('file', session({ file: { location } }))
  const warnings = () => log.filter((line) => line.includes('file.location'))

  test('that can never be written to is an error at boot, and named', async ({ assert }) => {
    const directory = temporaryDirectory()
    mkdirSync(directory, { recursive: true })
    const file = join(directory, 'file')
    writeFileSync(file, '')
    for (const location of [file, join(file, 'below'), '/dev/null']) {
      const error = await errorOf(() => at(location))
      assert.equal(error.code, 'E_INVALID_SESSION_DRIVER_CONFIG', location)
      assert.include(
        error.message,
        `"file.location" inside the "config/session" file is "${location}"`
      )
    }
  })

  test('that has no room now is a warning', async ({ assert }) => {
    const full = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    Object.assign(system, { write: full })
    await at(temporaryDirectory())
    assert.match(warnings().join(), /nothing can be stored now: ENOSPC/)
  })

  test('that is relative works, with a warning', async ({ assert }) => {
    const app = await at(relative(process.cwd(), temporaryDirectory()))
    assert.match(warnings().join(), /depends on the directory that the app is started in/)
    await app.visitor().visit(({ session: current }) => current.put('a', 1))
  })

  test('is made when it is not there, and is left empty', async ({ assert }) => {
    const location = join(temporaryDirectory(), 'deep', 'sessions')
    await at(location)
    assert.deepEqual(readdirSync(location), [])
    assert.deepEqual(warnings(), [])
  })

  test('is named when a request fails, without the id of the session', async ({ assert }) => {
    const location = temporaryDirectory()
    const one = (await at(location)).visitor()
    const id = await one.ask(({ session: current }) => {
      current.put('a', 1)
      return current.sessionId
    })
    chmodAway(location)
    const { json } = await one.visit(({ session: current }) => current.put('b', 2), {
      mayFail: true,
    })
    assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
    assert.include(json.message, location)
    assert.notInclude(json.message, id.slice(0, 8))

    function chmodAway(directory: string) {
      const denied = async (path: string) => {
        const text = `EACCES: permission denied, open '${path}'`
        throw Object.assign(new Error(text), { code: 'EACCES', path })
      }
      Object.assign(system, { mkdir: denied, write: denied })
      assert.isTrue(isAbsolute(directory))
    }
  })
})

test.group('A driver of the app', (group) => {
  const start = apps(group)
  const withDriver = (driver: any): AppOptions => ({
    session: { driver: 'own' },
    boot: (app) => app.container.use('Adonis/Addons/Session').extend('own', driver),
  })

  test('that lacks a method is an error at boot, which names it', async ({ assert }) => {
    const whole = { read: () => null, write() {}, destroy() {}, touch() {} }
    for (const method of Object.keys(whole)) {
      const driver = { ...whole, [method]: undefined }
      const error = await errorOf(() =>
        start(
          'memory',
          withDriver(() => driver)
        )
      )
      assert.equal(error.code, 'E_INVALID_SESSION_DRIVER_CONFIG')
      assert.include(error.message, `The session driver "own" has no "${method}" method`)
    }
  })

  test('that its callback does not return is an error at boot', async ({ assert }) => {
    for (const nothing of [undefined, null, {}]) {
      const error = await errorOf(() =>
        start(
          'memory',
          withDriver(() => nothing)
        )
      )
      assert.equal(error.code, 'E_INVALID_SESSION_DRIVER_CONFIG')
      assert.include(error.message, 'has no "read", "write", "destroy", "touch" method')
    }
  })

  test('that needs its request is not tried without one', async ({ assert }) => {
    const app = await start(
      'memory',
      withDriver((_: any, __: any, ctx: any) => {
        if (!ctx.request.header('host')) {
          throw new Error('no request')
        }
        return { read: () => null, write() {}, destroy() {}, touch() {} }
      })
    )
    assert.deepEqual(await app.visitor().ask(({ session: current }) => current.all()), {})
  })
})

test.group('A Redis manager that the app has bound itself', (group) => {
  const start = apps(group)

  test('is asked for the connection', async ({ assert }) => {
    const ioConnection = new Redis(redisConfig().connections.local)
    const asked: string[] = []
    const manager = { connection: (name: string) => (asked.push(name), { ioConnection }) }
    const app = await start('memory', {
      session: { driver: 'redis', redisConnection: 'own' },
      boot: ({ container }) =>
        void container.singleton('Adonis/Addons/Redis', () => manager as any),
    })
    const one = app.visitor()
    await one.visit(({ session: current }) => current.put('a', 1))
    assert.deepEqual(await one.ask(({ session: current }) => current.all()), { a: 1 })
    assert.equal(asked[0], 'own')
    ioConnection.disconnect()
  })
})

test.group('Two session packages', () => {
  const OURS = join(__dirname, '..', '..', 'providers', 'SessionProvider')

  test('are an error that says which one to remove, in either order', async ({ assert }) => {
    for (const [first, second] of [
      ['@adonisjs/session', OURS],
      [OURS, '@adonisjs/session'],
    ]) {
      const error = await errorOf(async () => {
        const app = await bootApp({ providers: [first], sessionProvider: second })
        await app.start()
      })
      assert.equal(error.code, 'E_SESSION_INSTALLED_TWICE')
      assert.include(error.message, 'Remove "@adonisjs/session" from "providers"')
    }
  })

  test('are told how to have one under the name that shield depends on', async ({ assert }) => {
    const error = await errorOf(() =>
      bootApp({ providers: ['@adonisjs/shield', '@adonisjs/session'], sessionProvider: OURS })
    )
    assert.equal(error.code, 'E_SESSION_INSTALLED_TWICE')
    assert.include(
      error.message,
      'npm rm adonis5-session && npm i @adonisjs/session@npm:adonis5-session'
    )
  })
})
