import { test } from '@japa/runner'
import { databases } from '../helpers/databases'
import { apps, Handler, VisitedApp } from '../helpers/visits'
import { databaseOf, withConnection } from './helpers'

const MEGABYTE = 2 ** 20
const all: Handler = ({ session }) => session.all()

/** What it refuses is told with the keys to look at, and the session stays as it was. */
async function refusesAndGoesOn(app: VisitedApp, bytes: number, assert: any) {
  const member = app.visitor()
  await member.visit(({ session }) => session.put('a', 1))
  const { status, json } = await member.visit(
    ({ session }) => session.put({ photo: 'x'.repeat(bytes), b: 2 }),
    { mayFail: true }
  )
  assert.equal(status, 500)
  assert.equal(json.code, 'E_SESSION_TOO_LARGE')
  assert.match(json.message, /The largest keys are "photo" \(\d+ bytes\)/)
  assert.deepEqual(await member.ask(all), { a: 1 })
  await member.visit(({ session }) => session.put('b', 2))
  assert.deepEqual(await member.ask(all), { a: 1, b: 2 })
}

test.group('A session that is too large for a database', (group) => {
  const start = apps(group)
  group.each.timeout(60_000)

  if (databases().includes('mariadb')) {
    test('E_SESSION_TOO_LARGE: max_allowed_packet of MariaDB', async ({ assert }) => {
      const admin = await start('mariadb')
      const set = (bytes: number) =>
        databaseOf(admin).rawQuery(`SET GLOBAL max_allowed_packet = ${bytes}`).exec()
      const [[{ bytes }]]: any = await databaseOf(admin)
        .rawQuery('SELECT @@GLOBAL.max_allowed_packet AS bytes')
        .exec()
      await set(MEGABYTE)
      // A connection keeps the limit that it was opened with.
      const app = await start('mariadb')
      try {
        await refusesAndGoesOn(app, 2 * MEGABYTE, assert)
      } finally {
        await databaseOf(app).rawQuery(`SET GLOBAL max_allowed_packet = ${bytes}`).exec()
      }
    })

    test('E_SESSION_TOO_LARGE: a column of MariaDB, which would cut it off', async ({ assert }) => {
      await refusesAndGoesOn(await start('mariadb'), 16 * MEGABYTE, assert)
    })
  }

  for (const driver of databases()) {
    test(`what fits comes back whole: 3 MB on ${driver}`, async ({ assert }) => {
      const app = await start(driver)
      const { visit, ask } = app.visitor()
      await visit(({ session }) => session.put('text', 'ü'.repeat(1.5 * MEGABYTE)))
      assert.equal(await ask(({ session }) => session.get('text').length), 1.5 * MEGABYTE)
    })
  }

  if (databases().includes('sqlite')) {
    test('P10 in a full SQLite nobody stores, and everybody logs out', async ({ assert }) => {
      const app = await start(
        'sqlite',
        withConnection('sqlite', (connection) => ({ ...connection, pool: { min: 1, max: 1 } }))
      )
      const member = app.visitor()
      await member.visit(({ session }) => session.put('text', 'x'.repeat(50_000)))
      const pages = await databaseOf(app).rawQuery('PRAGMA page_count').exec()
      await databaseOf(app).rawQuery(`PRAGMA max_page_count = ${pages[0].page_count}`).exec()
      const { status } = await app
        .visitor()
        .visit(({ session }) => session.put('text', 'x'.repeat(500_000)), { mayFail: true })
      assert.equal(status, 503)
      await member.visit(({ session }) => session.invalidate())
      assert.deepEqual(await member.ask(all), {})
    })
  }
})
