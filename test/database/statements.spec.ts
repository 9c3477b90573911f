import { test } from '@japa/runner'
import { newId } from '../../src/IdCookie'
import { hashOf } from '../../src/AtRest/ids'
import { databases } from '../helpers/databases'
import { rowOf, tableOf } from '../helpers/stored'
import { apps, Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'
import { databaseOf, record, storeOf, withConnection } from './helpers'

const HOUR = 3_600_000
const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

const has = (driver: string) => databases().includes(driver)

/** Twenty requests at once, each of which adds one. */
async function addTwenty(app: VisitedApp): Promise<number> {
  const member = app.visitor()
  await member.visit(({ session }) => session.put('n', 0))
  await Promise.all(
    Array.from({ length: 20 }, () =>
      member.clone().visit(({ session }) => void session.increment('n'))
    )
  )
  return member.ask(({ session }) => session.get('n'))
}

for (const driver of databases()) {
  test.group(`In the transaction of a test: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test('sessions work, no statement fails, and the end of the test takes all back', async ({
      assert,
    }) => {
      const { connection } = app().app.config.get('session.database')
      const Database = app().app.container.use('Adonis/Lucid/Database')
      await Database.beginGlobalTransaction(connection)
      const member = visitor()
      const id = await member.ask(put)
      const late = member.clone()
      await member.visit(({ session }) => session.regenerate())
      await late.visit(({ session }) => session.put('b', 2))
      // A row stands in the way of each of these.
      const store = storeOf(app())
      assert.isFalse((await store.replace(id, record({}), null, HOUR)).done)
      assert.isFalse((await store.replace(id, record({}), 'other', HOUR)).done)
      await app().Session.destroy(id)
      assert.equal(await addTwenty(app()), 20)
      assert.isNotNull(await rowOf(app(), id))

      await Database.rollbackGlobalTransaction(connection)
      assert.isUndefined((await rowOf(app(), id)) ?? undefined)
    })
  })

  test.group(`Which statements a request sends: ${driver}`, (group) => {
    const start = apps(group)

    test('none of them is shown by the debugging of Lucid, which would log the session', async ({
      assert,
    }) => {
      const app = await start(
        driver,
        withConnection(driver, (connection) => ({ ...connection, debug: true }))
      )
      const seen: any[] = []
      app.app.container.use('Adonis/Core/Event').on('db:query', (query) => void seen.push(query))
      await app.visitor().visit(({ session }) => session.put('secret', 'rosebud'))
      assert.notInclude(JSON.stringify(seen), 'rosebud')
    })

    test('a table of another name holds the sessions', async ({ assert }) => {
      const app = await start(driver)
      const database = databaseOf(app)
      await database.rawQuery('DROP TABLE IF EXISTS other_sessions').exec()
      await database.rawQuery('CREATE TABLE other_sessions AS SELECT * FROM sessions').exec()
      await database.rawQuery('CREATE UNIQUE INDEX other_id ON other_sessions (id)').exec()
      const other = await start(driver, {
        session: { database: { connection: driver, table: 'other_sessions' } },
      })
      const id = await other.visitor().ask(put)
      assert.isNotNull(await rowOf(other, id))
      assert.isNull(await tableOf(app).from('sessions').where('id', hashOf(id)).first())
      await databaseOf(other).rawQuery('DROP TABLE other_sessions').exec()
    })
  })
}

if (has('postgres')) {
  test.group('In the transaction of a test, beside another one', (group) => {
    const start = apps(group)

    /** A request in the transaction of a test needs the row of a session that another transaction has locked. */
    async function blocked(storeTimeout: string) {
      const app = await start('postgres', { session: { storeTimeout } })
      const Database = app.app.container.use('Adonis/Lucid/Database')
      const [member, waiting] = [app.visitor(), app.visitor()]
      const [own, id] = [hashOf(await member.ask(put)), hashOf(await waiting.ask(put))]
      const other = await Database.connection('postgres').transaction()
      // Whoever looks for a deadlock first is the one whose transaction PostgreSQL aborts.
      await other.rawQuery("SET LOCAL deadlock_timeout = '1h'")
      await other.rawQuery('SELECT id FROM sessions WHERE id = ? FOR UPDATE', [id])
      await Database.beginGlobalTransaction('postgres')
      const visit = (one: Visitor) =>
        one.visit(({ session }) => session.increment('b'), { mayFail: true })
      await visit(member)
      return { Database, other, own, member, visit, late: () => visit(waiting) }
    }

    test('a deadlock is reported as one: the statement is not sent again', async ({ assert }) => {
      const { Database, other, own, late } = await blocked('10s')
      const locking = other
        .rawQuery('SELECT id FROM sessions WHERE id = ? FOR UPDATE', [own])
        .exec()
      const { status, json } = await late()
      assert.equal(status, 503)
      assert.include(json.message, 'deadlock')
      await Database.rollbackGlobalTransaction('postgres')
      await locking
      await other.rollback()
    })

    test('a statement that takes too long does not cost the transaction its connection', async ({
      assert,
    }) => {
      const { Database, other, member, visit, late } = await blocked('300ms')
      assert.equal((await late()).status, 503)
      await other.rollback()
      assert.equal((await visit(member)).status, 200)
      await Database.rollbackGlobalTransaction('postgres')
      assert.equal((await visit(member)).status, 200)
    })
  })
}

test.group('Other settings of a database', (group) => {
  const start = apps(group)

  if (has('postgres')) {
    for (const level of ['repeatable read', 'serializable']) {
      test(`PostgreSQL that refuses what is not serialised loses no update: ${level}`, async ({
        assert,
      }) => {
        const isolation = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`
        const app = await start(
          'postgres',
          withConnection('postgres', ({ connection, ...rest }) => ({
            ...rest,
            connection: { ...connection, options: isolation },
          }))
        )
        assert.equal(await addTwenty(app), 20)
      })
    }

    test('a table in another schema of PostgreSQL', async ({ assert }) => {
      const app = await start('postgres')
      await databaseOf(app).rawQuery('DROP SCHEMA IF EXISTS "Auth" CASCADE').exec()
      await databaseOf(app).rawQuery('CREATE SCHEMA "Auth"').exec()
      await databaseOf(app)
        .rawQuery('CREATE TABLE "Auth".sessions (LIKE public.sessions INCLUDING ALL)')
        .exec()
      const other = await start('postgres', {
        session: { database: { connection: 'postgres', table: 'Auth.sessions' } },
      })
      const member = other.visitor()
      await member.visit(put)
      await member.visit(({ session }) => session.regenerate())
      assert.deepEqual(await member.ask(all), { a: 1 })
      await databaseOf(other).rawQuery('DROP SCHEMA "Auth" CASCADE').exec()
    })
  }

  if (has('mariadb')) {
    const SETTINGS: Record<string, Record<string, any>> = {
      'that counts changed rows, and not found ones': { flags: ['-FOUND_ROWS'] },
      'that answers numbers as text': { supportBigNumbers: true, bigNumberStrings: true },
      'whose times are in another zone': { timezone: '-08:00', dateStrings: true },
    }
    for (const [title, settings] of Object.entries(SETTINGS)) {
      test(`a connection of MariaDB ${title}`, async ({ assert }) => {
        const app = await start(
          'mariadb',
          withConnection('mariadb', ({ connection, ...rest }) => ({
            ...rest,
            connection: { ...connection, ...settings },
          }))
        )
        const id = await app.visitor().ask(put)
        const store = storeOf(app)
        const { record: found } = (await store.load(id)) as any
        assert.equal(typeof found.expiresAt, 'number')
        // Within a millisecond: nothing of the row changes.
        const touch = () => store.touch(id, HOUR, found.version)
        assert.isTrue((await Promise.all([touch(), touch(), touch()])).every(({ done }) => done))
        assert.equal(await addTwenty(app), 20)
      })
    }

    test('MariaDB that locks all that is read loses no update', async ({ assert }) => {
      const app = await start(
        'mariadb',
        withConnection('mariadb', (connection) => ({
          ...connection,
          pool: {
            afterCreate: (raw: any, done: any) =>
              raw.query('SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE', (error: any) =>
                done(error, raw)
              ),
          },
        }))
      )
      assert.equal(await addTwenty(app), 20)
    })
  }

  if (has('sqlite')) {
    test('SQLite that is locked for a second is asked until it is free', async ({ assert }) => {
      const app = await start(
        'sqlite',
        withConnection('sqlite', (connection) => ({
          ...connection,
          pool: {
            afterCreate: (raw: any, done: any) => {
              raw.pragma('busy_timeout = 10')
              done(null, raw)
            },
          },
        }))
      )
      const Client = require('better-sqlite3')
      const other = new Client(process.env.TEST_SQLITE_FILE)
      other.exec('BEGIN IMMEDIATE')
      const stored = app.visitor().visit(put)
      setTimeout(() => other.exec('COMMIT'), 1000)
      assert.equal((await stored).status, 200)
      other.close()
    })

    test('SQLite that is locked by another process is asked again', async ({ assert }) => {
      const app = await start(
        'sqlite',
        withConnection('sqlite', (connection) => ({
          ...connection,
          pool: {
            afterCreate: (raw: any, done: any) => {
              raw.pragma('busy_timeout = 0')
              done(null, raw)
            },
          },
        }))
      )
      const store = storeOf(app)
      const Client = require('better-sqlite3')
      const other = new Client(process.env.TEST_SQLITE_FILE)
      other.exec('BEGIN IMMEDIATE')
      const stored = store.replace(newId(), record({ a: 1 }), null, HOUR)
      setImmediate(() => other.exec('COMMIT'))
      assert.isTrue((await stored).done)
      other.close()
    })
  }

  if (has('mariadb')) {
    test('the primary key of MariaDB is used, whatever the character set is', async ({
      assert,
    }) => {
      for (const charset of ['latin1', 'utf8mb4']) {
        const app = await start(
          'mariadb',
          withConnection('mariadb', ({ connection, ...rest }) => ({
            ...rest,
            connection: { ...connection, charset },
          }))
        )
        const id = await app.visitor().ask(put)
        const [[plan]]: any = await databaseOf(app)
          .rawQuery('EXPLAIN SELECT data FROM sessions WHERE id = ? AND expires_at > ?', [
            hashOf(id),
            Date.now(),
          ])
          .exec()
        assert.equal(plan.key, 'PRIMARY')
      }
    })
  }
})

test.group('A replica', (group) => {
  const start = apps(group)

  for (const driver of databases().filter((name) => name !== 'sqlite')) {
    test(`is never asked: ${driver}`, async ({ assert }) => {
      const app = await start(
        driver,
        withConnection(driver, ({ client, connection }) => ({
          client,
          connection,
          // Nobody listens where reads would go.
          replicas: { write: { connection }, read: { connection: [{ ...connection, port: 1 }] } },
        }))
      )
      const { visit, ask } = app.visitor()
      await visit(put)
      await visit(({ session }) => session.regenerate())
      assert.deepEqual(await ask(all), { a: 1 })
    })
  }
})
