import { test } from '@japa/runner'
import { databaseConfig, databases } from '../helpers/databases'
import { databaseOptions } from '../helpers/drivers'
import { apps, Handler } from '../helpers/visits'
import { bootApp } from '../helpers/app'
import { startMariadb } from '../services/mariadb'
import { startPostgres } from '../services/postgres'
import { LocalServer } from '../services/server'
import { databaseOf, withConnection } from './helpers'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

const SERVERS: Record<string, () => Promise<LocalServer>> = {
  postgres: startPostgres,
  mariadb: startMariadb,
}

for (const driver of databases().filter((name) => SERVERS[name])) {
  test.group(`P10 A database that is down: ${driver}`, (group) => {
    const start = apps(group)
    let server: LocalServer
    group.setup(async () => {
      server = await SERVERS[driver]()
      return () => server.stop()
    })
    group.each.timeout(60_000)

    test('answers with 503 and its address, and all is back when it is', async ({ assert }) => {
      const app = await start(
        driver,
        withConnection(
          driver,
          ({ connection, ...rest }) => ({
            ...rest,
            connection: { ...connection, port: server.port },
          }),
          { session: { storeTimeout: '5s' } }
        )
      )
      const statements = ['id varchar(64) PRIMARY KEY', 'data text', 'tombstone text'].concat(
        'version varchar(64)',
        'tag varchar(190)',
        ['created_at', 'expires_at', 'sweep_at'].map((name) => `${name} bigint`)
      )
      await databaseOf(app)
        .rawQuery(`CREATE TABLE sessions (${statements.join(', ')})`)
        .exec()

      const member = app.visitor()
      await member.visit(put)
      await server.kill()
      for (let request = 0; request < 3; request++) {
        const { status, json } = await member.visit(all, { mayFail: true })
        assert.equal(status, 503)
        assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
      }
      const { json } = await member.visit(all, { mayFail: true })
      assert.include(json.message, `127.0.0.1:${server.port}`)
      assert.equal((await app.visitor().visit(() => {}, { mayFail: true })).status, 200)

      await server.start()
      const back = async (): Promise<any> => {
        const { status, answer } = await member.visit(all, { mayFail: true })
        return status === 200 ? answer : back()
      }
      assert.deepEqual(await back(), { a: 1 })
    })
  })

  test.group(`P10 A pool without a free connection: ${driver}`, (group) => {
    const start = apps(group)

    test('is named as the reason, and ends with the transaction that holds it', async ({
      assert,
    }) => {
      const app = await start(
        driver,
        withConnection(driver, (connection) => ({ ...connection, pool: { min: 0, max: 1 } }), {
          session: { storeTimeout: 200 },
        })
      )
      const member = app.visitor()
      await member.visit(put)
      const transaction = await databaseOf(app).transaction()
      const { status, json } = await member.visit(all, { mayFail: true })
      assert.equal(status, 503)
      assert.include(json.message, 'all 1 connections of the pool are in use')
      await transaction.rollback()
      assert.deepEqual(await member.ask(all), { a: 1 })
    })
  })
}

for (const driver of databases()) {
  test.group(`What an error of a database tells: ${driver}`, (group) => {
    const start = apps(group)
    const SECRET = 'rosebud - of the session'
    const CREATE = (columns: string) => `CREATE TABLE broken_sessions (${columns})`
    const COLUMNS =
      'id varchar(64) primary key, data varchar(2000), tombstone varchar(200), version varchar(64) not null, tag varchar(64), created_at bigint, expires_at bigint, sweep_at bigint'

    async function brokenApp(columns: string | null) {
      const app = await start(driver, {
        session: { database: { connection: driver, table: 'broken_sessions' } },
      })
      await databaseOf(app).rawQuery('DROP TABLE IF EXISTS broken_sessions').exec()
      columns && (await databaseOf(app).rawQuery(CREATE(columns)).exec())
      return app
    }

    const WRONG: Record<string, [columns: string | null, told: RegExp]> = {
      'no table': [null, /node ace make:session-table/],
      'a table of something else': ['id varchar(64) primary key, name text', /make:session-table/],
      'a column that refuses the session': [
        COLUMNS.replace('data varchar(2000)', 'data varchar(2000) check (data <> data)'),
        /could not write a session/,
      ],
    }
    for (const [title, [columns, told]] of Object.entries(WRONG)) {
      test(`${title}: what to do, and nothing of the session`, async ({ assert }) => {
        const app = await brokenApp(columns)
        let thrown: any
        const { status, json } = await app.visitor().visit(
          async ({ session }) => {
            session.put('secret', SECRET)
            await session.commit().catch((error) => {
              thrown = error
              throw error
            })
          },
          { mayFail: true }
        )
        assert.equal(status, 503)
        assert.match(json.message, told)
        const whole = [thrown.message, thrown.stack, thrown.cause.message, thrown.cause.stack]
        assert.notInclude(whole.join('\n') + JSON.stringify(thrown.cause), 'rosebud')
        await databaseOf(app).rawQuery('DROP TABLE IF EXISTS broken_sessions').exec()
      })
    }
  })
}

test.group('The database driver at boot', () => {
  const booting = async (options: Parameters<typeof bootApp>[0]) => {
    const app = await bootApp(options)
    try {
      app.container.use('Adonis/Addons/Session').create({} as any)
    } finally {
      await app.shutdown()
    }
  }
  const [name] = databases()

  test('without Lucid tells how to install it', async ({ assert }) => {
    const { providers, ...rest } = databaseOptions(name)
    await assert.rejects(() => booting(rest), /npm i @adonisjs\/lucid@18/)
  })

  test('with a connection that is none of the config tells which there are', async ({ assert }) => {
    const options = databaseOptions(name)
    const session = { driver: 'database', database: { connection: 'other' } }
    await assert.rejects(
      () => booting({ ...options, session }),
      new RegExp(`"other", which is not a connection in the "config/database" file.+ are: ${name}`)
    )
  })

  test('with a table that is no name', async ({ assert }) => {
    for (const table of ['', 7, {}]) {
      const session: any = { driver: 'database', database: { table } }
      await assert.rejects(
        () => booting({ ...databaseOptions(name), session }),
        /"database.table" inside the "config\/session" file is/
      )
    }
  })

  test('with a database that it does not know', async ({ assert }) => {
    const database: any = databaseConfig()
    database.connections.other = { client: 'redshift', connection: {} }
    await assert.rejects(
      () =>
        booting({
          ...databaseOptions(name),
          session: { driver: 'database', database: { connection: 'other' } },
          config: { database },
        }),
      /does not support "redshift". It supports PostgreSQL, MySQL, MariaDB and SQLite/
    )
  })

  test('takes the default connection and the table "sessions" without a section', async ({
    assert,
  }) => {
    const app = await bootApp({ ...databaseOptions(name), session: { driver: 'database' } })
    const Session: any = app.container.use('Adonis/Addons/Session')
    const ctx = app.container.use('Adonis/Core/HttpContext').create('/', {})
    const session = Session.create(ctx)
    await session.initiate(false)
    session.put('a', 1)
    await session.commit()
    const rows = await app.container.use('Adonis/Lucid/Database').from('sessions')
    assert.isAbove(rows.length, 0)
    await app.shutdown()
  })
})
