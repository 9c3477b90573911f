import { test } from '@japa/runner'
import { chmodSync, existsSync, promises as fs, readdirSync } from 'fs'
import { join, relative } from 'path'
import { performance } from 'perf_hooks'
import type { Finding, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { findingOfClock } from '../../src/Doctor/clock'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { databaseOf, withConnection } from '../database/helpers'
import { bootApp } from '../helpers/app'
import { databases } from '../helpers/databases'
import { redisConfig, temporaryDirectory } from '../helpers/drivers'
import { httpConfig } from '../helpers/http_config'
import { redisOf } from '../helpers/stored'
import { apps, Handler, VisitedApp } from '../helpers/visits'

const put: Handler = ({ session }) => session.put('a', 1)

/** A config without anything to say about it. */
const GOOD: Partial<SessionConfig> = {
  cookieName: '__Host-session',
  absoluteAge: '30d',
  touchEvery: '1m',
  saveUninitialized: false,
  dontFlash: ['password', 'password_confirmation'],
  cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' },
}

const bad = (findings: Finding[]) => findings.filter(({ level }) => level !== 'ok')

/** The doctor judges some things for the environment that it runs in. */
const inProduction = (app: VisitedApp) =>
  Object.assign(app.app, { nodeEnvironment: 'production' }) && app.Session.examine()

const wordsOf = (findings: Finding[]) =>
  findings.map(({ level, what, advice }) => `${level}: ${what}. ${advice ?? ''}`).join('\n')

test.group('What the doctor says of a config', (group) => {
  const start = apps(group)

  test('nothing, where it follows what is recommended', async ({ assert }) => {
    const app = await start('file', { session: GOOD })
    assert.deepEqual(bad(await app.Session.examine()), [])
  })

  const WRONG: [change: Partial<SessionConfig>, told: RegExp][] = [
    [{ absoluteAge: undefined }, /warning: .+ASVS 7\.3\.2.+Set "absoluteAge"/],
    [{ age: '40d', absoluteAge: '60d' }, /warning: .+30 days \(ASVS 7\.3\.1\)/],
    [{ touchEvery: 0 }, /warning: .+Set "touchEvery"/],
    [{ saveUninitialized: true }, /warning: .+Set "saveUninitialized" to false/],
    [
      {
        cookieName: 's',
        cookie: { path: '/', httpOnly: true, secure: false, sameSite: 'lax', domain: 'a.b' },
      },
      /error: Cookies are sent over HTTP.+ASVS 3\.3\.1/,
    ],
    [
      { cookieName: 's', cookie: { httpOnly: true, sameSite: 'lax', domain: 'a.b' } },
      /error: Cookies are sent over HTTP.+Application\.inProduction/,
    ],
    [{ dontFlash: ['card'] }, /warning: .+password.+Set "dontFlash"/],
    [{ dontFlash: undefined }, /warning: .+password.+Set "dontFlash"/],
    [{ cookie: { path: '/', secure: true, httpOnly: false, sameSite: 'lax' } }, /ASVS 3\.3\.4/],
    [{ cookie: { path: '/', secure: true, httpOnly: true } }, /SameSite.+ASVS 3\.3\.2/],
    [
      { cookieName: 'session' },
      /"session" \(ASVS 3\.3\.3\).+Application\.inProduction \? '__Host-session' : 'session'/,
    ],
    [{ cookie: () => ({ path: '/', secure: true }) }, /unknown: .+come from a function/],
  ]
  for (const [change, told] of WRONG) {
    test(`what to change: ${Object.keys(change).join(', ')} ${told}`, async ({ assert }) => {
      const app = await start('file', { session: { ...GOOD, ...change } })
      const found = bad(await inProduction(app))
      assert.lengthOf(found, 1)
      assert.match(wordsOf(found), told)
    })
  }

  const ATTRIBUTES: Record<string, any> = { secure: true, httpOnly: true, sameSite: 'lax' }

  for (const [attribute, told] of [
    ['secure', /^error: Cookies are sent over HTTP/],
    ['httpOnly', /^error: Scripts/],
    ['sameSite', /^warning: Cookies have no SameSite/],
  ] as const) {
    test(`"cookie.${attribute}" may come from config/app, and may be absent`, async ({
      assert,
    }) => {
      const { [attribute]: value, ...cookie } = ATTRIBUTES
      const session = { ...GOOD, cookieName: 's', cookie: { ...cookie, domain: 'a.b' } }
      const from = async (http: Record<string, any>) => {
        const app = await start('file', { session, config: httpConfig({ cookie: http }) })
        return wordsOf(bad(await inProduction(app)))
      }
      assert.equal(await from({ [attribute]: value }), '')
      assert.match(await from({}), told)
      assert.match(await from({ [attribute]: false }), told)
    })
  }

  test('"cookie.domain" may come from config/app', async ({ assert }) => {
    const session = { ...GOOD, cookieName: 's' }
    const app = await start('file', { session, config: httpConfig({ cookie: { domain: 'a.b' } }) })
    assert.equal(wordsOf(bad(await inProduction(app))), '')
  })

  test('for which environment it is judged, where that is not production', async ({ assert }) => {
    const cookie = { ...GOOD.cookie, secure: false }
    const app = await start('memory', { session: { ...GOOD, cookieName: 's', cookie } })
    const here = bad(await app.Session.examine())
    assert.lengthOf(here, 3)
    for (const finding of here) {
      assert.match(
        wordsOf([finding]),
        /^warning: With NODE_ENV "\w+": .+For production, run the command with NODE_ENV=production\. /
      )
    }
    assert.lengthOf(
      bad(await inProduction(app)).filter(({ level }) => level === 'error'),
      2
    )
  })

  test('what is told when the app boots', async ({ assert }) => {
    const location = relative(process.cwd(), temporaryDirectory())
    const app = await start('file', {
      session: { ...GOOD, absolutAge: '30d', file: { location } },
    })
    const words = wordsOf(bad(await app.Session.examine()))
    assert.match(words, /warning: "absolutAge".+Did you mean "absoluteAge"\?/)
    assert.match(words, /warning: "file\.location".+make it absolute/)
  })

  const UNBOOTABLE: [driver: string, session: Record<string, any>, told: RegExp][] = [
    ['nobody', {}, /"nobody" is not a valid session driver/],
    ['file', { file: { location: '/dev/null/sessions' } }, /"\/dev\/null\/sessions".+ENOTDIR/],
    ['redis', {}, /needs the "@adonisjs\/redis" package/],
    ['cookie', { registry: { maxPerTag: 3 } }, /can't list sessions/],
    ['cookie', { revocation: { driver: 'file' } }, /Missing "file\.location"/],
  ]
  for (const [driver, session, told] of UNBOOTABLE) {
    test(`what keeps the app from booting: ${driver} ${told}`, async ({ assert }) => {
      // The provider has refused it. A command boots nonetheless.
      const app = await bootApp({
        environment: 'console',
        session: { ...GOOD, ...session, driver },
      })
      const findings = await app.container.use('Adonis/Addons/Session').examine()
      const errors = findings.filter(({ level }) => level === 'error')
      assert.lengthOf(errors, 1)
      assert.match(wordsOf(errors), /^error: The app does not start: E_/)
      assert.match(wordsOf(errors), told)
      assert.notMatch(wordsOf(findings), /store answered|does not exist yet|hard links/)
    })
  }

  test('drivers that are not for production, or not final', async ({ assert }) => {
    const memory = await start('memory', { session: GOOD })
    assert.match(wordsOf(bad(await inProduction(memory))), /error: The memory driver loses/)
    const cookie = await start('cookie', { session: GOOD })
    assert.match(wordsOf(bad(await cookie.Session.examine())), /warning: .+not final.+ASVS 7\.4\.1/)
  })
})

/** An empty table like that of the sessions, with its indexes. */
const COPIES: Record<string, (name: string) => string> = {
  postgres: (name) => `CREATE TABLE ${name} (LIKE sessions INCLUDING ALL)`,
  mariadb: (name) => `CREATE TABLE ${name} LIKE sessions`,
}

test.group('What the doctor says of a store', (group) => {
  const start = apps(group)

  test('a directory that others may look into; it leaves nothing behind', async ({ assert }) => {
    const app = await start('file', { session: GOOD })
    await app.visitor().visit(({ session }) => session.put('a', 1))
    const location = app.app.config.get('session.file.location')
    const before = readdirSync(location)
    chmodSync(location, 0o755)
    const found = bad(await app.Session.examine())
    assert.lengthOf(found, 1)
    assert.match(wordsOf(found), /warning: Other users .+chmod 700/)
    assert.deepEqual(readdirSync(location), before)
  })

  test('a directory that is not there, and is not there afterwards', async ({ assert }) => {
    const above = temporaryDirectory()
    const file = { location: join(above, 'deep', 'sessions') }
    const app = await bootApp({
      environment: 'console',
      session: { ...GOOD, driver: 'file', file },
    })
    const findings = await app.container.use('Adonis/Addons/Session').examine()
    assert.match(wordsOf(findings), /ok: .+does not exist yet/)
    assert.isFalse(existsSync(above))
  })

  test('a single file is counted in the singular', async ({ assert }) => {
    const app = await start('file', { session: GOOD })
    await app.visitor().visit(put)
    assert.include(wordsOf(await app.Session.examine()), 'There is 1 session file.')
    await app.visitor().visit(put)
    assert.include(wordsOf(await app.Session.examine()), 'There are 2 session files.')
  })

  for (const [call, level] of [
    ['link', 'warning'],
    ['writeFile', 'unknown'],
  ] as const) {
    test(`a file system whose ${call} fails, and what that says of links`, async ({ assert }) => {
      const app = await start('file', { session: GOOD })
      await app.visitor().visit(put)
      const original = fs[call] as any
      fs[call] = (async (path: string, ...rest: any[]) => {
        if (String(path).includes('.doctor.')) {
          throw Object.assign(new Error('injected'), { code: 'EPERM' })
        }
        return original(path, ...rest)
      }) as any
      try {
        assert.match(
          wordsOf(bad(await app.Session.examine())),
          new RegExp(`^${level}: .+hard links.+EPERM`)
        )
      } finally {
        fs[call] = original
      }
    })
  }

  test('a Redis that removes keys, and one without a limit', async ({ assert }) => {
    const app = await start('redis', { session: GOOD })
    const redis = redisOf(app)
    const examined = async () => wordsOf(bad(await app.Session.examine()))
    assert.match(await examined(), /^warning: Redis has no memory limit.+Set "maxmemory"$/)
    await redis.config('SET', 'maxmemory', '100mb')
    assert.equal(await examined(), '')
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    assert.match(await examined(), /^error: .+maxmemory-policy allkeys-lru.+noeviction/)
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    await redis.config('SET', 'maxmemory', '0')
  })

  for (const driver of databases()) {
    test(`a table with its indexes, and one without: ${driver}`, async ({ assert }) => {
      // A table that no other test has changed: PostgreSQL counts what was done to it.
      const copied = 'doctor_sessions'
      const table = COPIES[driver] ? copied : 'sessions'
      const database = databaseOf(await start(driver))
      if (COPIES[driver]) {
        await database.rawQuery(`DROP TABLE IF EXISTS ${copied}`).exec()
        await database.rawQuery(COPIES[driver](copied)).exec()
      }
      const section = { connection: driver, table }
      const app = await start(driver, { session: { ...GOOD, database: section } })
      await app.visitor().visit(put)
      const found = bad(await app.Session.examine()).filter(({ level }) => level !== 'unknown')
      assert.deepEqual(found, [])

      const own = databaseOf(app)
      await own.rawQuery('DROP TABLE IF EXISTS bare_sessions').exec()
      await own.rawQuery(`CREATE TABLE bare_sessions AS SELECT * FROM ${table}`).exec()
      const bare = await start(driver, {
        session: { ...GOOD, database: { connection: driver, table: 'bare_sessions' } },
      })
      const words = wordsOf(bad(await bare.Session.examine()))
      if (driver !== 'sqlite') {
        assert.match(words, /error: The table "bare_sessions" has no index on "sweep_at"/)
        assert.match(words, /no index on "tag"/)
      }
      await databaseOf(bare).rawQuery('DROP TABLE bare_sessions').exec()
    })
  }

  if (databases().includes('sqlite')) {
    test('an SQLite in which readers wait for writers', async ({ assert }) => {
      const filename = `${process.env.TEST_SQLITE_FILE}.doctor`
      const app = await start(
        'sqlite',
        withConnection(
          'sqlite',
          () => ({
            client: 'better-sqlite3',
            connection: { filename },
            useNullAsDefault: true,
          }),
          { session: GOOD }
        )
      )
      await databaseOf(app)
        .rawQuery('CREATE TABLE sessions (id text, data, tombstone, version, expires_at)')
        .exec()
      assert.match(wordsOf(await app.Session.examine()), /journal_mode delete.+journal_mode = WAL/)
    })

    test('a table that is not there', async ({ assert }) => {
      const database = { connection: 'sqlite', table: 'nothing' }
      const app = await start('sqlite', { session: { ...GOOD, database } })
      const words = wordsOf(await app.Session.examine())
      assert.match(words, /error: .+node ace make:session-table/)
      assert.notInclude(words, 'Make sure that the store is running')
    })
  }

  /** How many answers are slow, and what is said then: the first one may have waited for a connection. */
  for (const [slow, told] of [
    [1, /^warning: Other users/],
    [Infinity, /^warning: The store took \d{3} ms.+\nwarning: Other users/],
  ] as const) {
    test(`a store with this many slow answers is examined: ${slow}`, async ({ assert }) => {
      const app = await start('file', { session: GOOD })
      await app.visitor().visit(put)
      chmodSync(app.app.config.get('session.file.location'), 0o755)
      const { now } = performance
      const { load } = FileDriver.prototype
      let passedInMs = 0
      let answers = 0
      performance.now = () => now.call(performance) + passedInMs
      FileDriver.prototype.load = function (...args) {
        passedInMs += ++answers > slow ? 0 : 300
        return load.apply(this, args)
      }
      try {
        assert.match(wordsOf(bad(await app.Session.examine())), told)
      } finally {
        performance.now = now
        FileDriver.prototype.load = load
      }
    })
  }

  test('a Redis where nobody listens, and its host and port', async ({ assert }) => {
    const app = await start('redis', {
      session: { ...GOOD, storeTimeout: 200 },
      config: { redis: redisConfig({ port: 1 }) },
    })
    const words = wordsOf(bad(await app.Session.examine()))
    assert.match(words, /error: .+connect ECONNREFUSED 127\.0\.0\.1:1.+Make sure that/)
    redisOf(app).disconnect()
    delete app.app.container.use('Adonis/Addons/Redis').activeConnections.local
  })

  test('a store that does not answer', async ({ assert }) => {
    const app = await start('memory', { session: { ...GOOD, storeTimeout: 50 } })
    const { load } = MemoryDriver.prototype
    MemoryDriver.prototype.load = () => new Promise(() => {}) as any
    const found = bad(await app.Session.examine())
    MemoryDriver.prototype.load = load
    assert.match(wordsOf(found), /error: The store of the "memory" driver does not answer: .+50 ms/)
  })

  test('clocks that are apart, and which of them counts', ({ assert }) => {
    const now = Date.now()
    assert.equal(findingOfClock(now + 100, now, 'app').level, 'ok')
    assert.deepInclude(findingOfClock(now + 60_000, now, 'app'), { level: 'error' })
    assert.match(findingOfClock(now + 60_000, now, 'app').what, /60\.0 s ahead of that of the app/)
    const behind = findingOfClock(now - 10_000, now, 'store')
    assert.deepInclude(behind, { level: 'warning' })
    assert.match(behind.what, /10\.0 s behind that of the app/)
  })
})
