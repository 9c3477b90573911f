import { test } from '@japa/runner'
import { chmodSync, readdirSync } from 'fs'
import { performance } from 'perf_hooks'
import type { Finding, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { findingOfClock } from '../../src/Doctor/clock'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { databaseOf, withConnection } from '../database/helpers'
import { databases } from '../helpers/databases'
import { redisOf } from '../helpers/stored'
import { apps, Handler } from '../helpers/visits'

const put: Handler = ({ session }) => session.put('a', 1)

/** A config without anything to say about it. */
const GOOD: Partial<SessionConfig> = {
  cookieName: '__Host-session',
  absoluteAge: '30d',
  touchEvery: '1m',
  saveUninitialized: false,
  cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' },
}

const bad = (findings: Finding[]) => findings.filter(({ level }) => level !== 'ok')
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
    [{ cookie: { path: '/', secure: true, httpOnly: false, sameSite: 'lax' } }, /ASVS 3\.3\.4/],
    [{ cookie: { path: '/', secure: true, httpOnly: true } }, /SameSite.+ASVS 3\.3\.2/],
    [{ cookieName: 'session' }, /"session" \(ASVS 3\.3\.3\).+__Host-session/],
    [{ cookie: () => ({ path: '/', secure: true }) }, /unknown: .+come from a function/],
  ]
  for (const [change, told] of WRONG) {
    test(`what to change: ${Object.keys(change).join(', ')} ${told}`, async ({ assert }) => {
      const app = await start('file', { session: { ...GOOD, ...change } })
      const found = bad(await app.Session.examine())
      assert.lengthOf(found, 1)
      assert.match(wordsOf(found), told)
    })
  }

  test('drivers that are not for production, or not final', async ({ assert }) => {
    const memory = await start('memory', { session: GOOD })
    assert.match(wordsOf(bad(await memory.Session.examine())), /error: The memory driver loses/)
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
      assert.match(wordsOf(await app.Session.examine()), /error: .+node ace make:session-table/)
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
