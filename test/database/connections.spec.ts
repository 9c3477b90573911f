import dns from 'dns'
import { test } from '@japa/runner'
import { databaseConfig, databases } from '../helpers/databases'
import { databaseOptions } from '../helpers/drivers'
import { apps, Handler } from '../helpers/visits'
import { bootApp } from '../helpers/app'
import { startMariadb } from '../services/mariadb'
import { startPostgres } from '../services/postgres'
import { LocalServer } from '../services/server'
import { Wire } from '../redis/wire'
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

  test.group(`P10 Connections that die without a word: ${driver}`, (group) => {
    const start = apps(group)
    group.each.timeout(60_000)

    test('are given up, and others are opened: sessions are back without a restart', async ({
      assert,
    }) => {
      const { host, port } = databaseConfig().connections[driver].connection
      const wire = await Wire.to({ host, port })
      const app = await start(
        driver,
        withConnection(
          driver,
          ({ connection, ...rest }) => ({
            ...rest,
            pool: { min: 0, max: 4 },
            connection: { ...connection, port: wire.port },
          }),
          { session: { storeTimeout: 300 } }
        )
      )
      const members = Array.from({ length: 8 }, () => app.visitor())
      await Promise.all(members.map((one) => one.visit(put)))
      wire.fallSilent()

      const statuses = async () => {
        const visits = members.map((one) => one.visit(all, { mayFail: true }))
        return (await Promise.all(visits)).map(({ status }) => status)
      }
      assert.include(await statuses(), 503)
      const areBack = async (): Promise<boolean> =>
        (await statuses()).every((status) => status === 200) || areBack()
      assert.isTrue(await areBack())
      wire.cut()
      await app.stop()
      await wire.stop()
    })
  })

  test.group(`P10 A host of several addresses, all of which refuse: ${driver}`, (group) => {
    const start = apps(group)
    const { lookup } = dns
    group.each.teardown(() => void Object.assign(dns, { lookup }))

    test('is named in the error', async ({ assert }) => {
      const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
      Object.assign(dns, {
        lookup: (host: string, options: any, done: any) =>
          host === 'db.test' ? done(null, addresses) : (lookup as any)(host, options, done),
      })
      const app = await start(
        driver,
        withConnection(driver, ({ connection, ...rest }) => ({
          ...rest,
          connection: { ...connection, host: 'db.test', port: 1 },
        }))
      )
      const { json } = await app.visitor().visit(put, { mayFail: true })
      assert.match(json.message, /ECONNREFUSED/)
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

  test('with a section that has another key, or is none', async ({ assert }) => {
    const wrong: [section: any, told: RegExp][] = [
      [{ conection: name }, /"database.conection" .+ is unknown. .+ has "connection" and "table"/],
      [{ tableName: 'mine' }, /"database.tableName" .+ is unknown/],
      ['sqlite', /"database" .+ is "sqlite". It must be an object/],
      [[name], /It must be an object/],
      [null, /It must be an object/],
      [{ connection: 7 }, /"database.connection" .+ is 7/],
      [{ connection: 10n }, /"database.connection" .+ is 10n/],
    ]
    for (const [database, told] of wrong) {
      const session: any = { driver: 'database', database }
      await assert.rejects(() => booting({ ...databaseOptions(name), session }), told)
    }
    const ofDynamoDb: [section: any, told: RegExp][] = [
      [{ region: 'eu' }, /"dynamodb.region" .+ is unknown. .+ has "table" and "client"/],
      [{ client: 'eu' }, /"dynamodb.client" .+ is "eu"/],
      [{ table: '' }, /"dynamodb.table" .+ is ""/],
      [{ client: 10n }, /"dynamodb.client" .+ is 10n/],
      [null, /It must be an object/],
    ]
    for (const [dynamodb, told] of ofDynamoDb) {
      await assert.rejects(
        () => booting({ session: { driver: 'dynamodb', dynamodb } as any }),
        told
      )
    }
  })

  test('takes a connection that the app adds itself', async ({ assert }) => {
    const options = databaseOptions(name)
    const app = await bootApp({
      ...options,
      session: { driver: 'database', database: { connection: 'tenant' } },
      boot: ({ container }) => {
        const { manager } = container.use('Adonis/Lucid/Database')
        manager.add('tenant', databaseConfig().connections[name])
      },
    })
    const ctx = app.container.use('Adonis/Core/HttpContext').create('/', {})
    const session: any = app.container.use('Adonis/Addons/Session').create(ctx)
    await session.initiate(false)
    session.put('a', 1)
    await session.commit()
    assert.equal(session.snapshot.found.state, 'stored')
    await app.shutdown()
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
