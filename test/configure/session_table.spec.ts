import { readdirSync } from 'fs'
import { join } from 'path'
import { mkdirSync } from 'fs'
import { test } from '@japa/runner'
import { databaseConfig, databases } from '../helpers/databases'
import { FreshApp, freshApp, removeApps } from '../helpers/fresh_app'

const OWN_NAME = 'adonis5-session'
const OLD_NAME = '@adonisjs/session'

/** An app as `configure` leaves it, with Lucid and a connection to a database, in tables of its own. */
async function appOn(driver: string, name = OWN_NAME): Promise<FreshApp> {
  const app = freshApp(name)
  app.edit('.adonisrc.json', '"@adonisjs/core"]', '"@adonisjs/core", "@adonisjs/lucid"]')
  app.edit(
    '.adonisrc.json',
    '"@adonisjs/core/build/commands/index.js"',
    '"@adonisjs/core/build/commands/index.js", "@adonisjs/lucid/build/commands"'
  )
  app.edit('tsconfig.json', '"@adonisjs/core"]', '"@adonisjs/core", "@adonisjs/lucid"]')
  const { connections } = databaseConfig() as any
  const { pool: _, ...connection } = connections[driver]
  const migrations = { tableName: `schema_of_${suffixOf(app)}` }
  const config = { connection: driver, connections: { [driver]: { ...connection, migrations } } }
  app.write('config/database.ts', `export default ${JSON.stringify(config, null, 2)} as any\n`)
  app.write('.env', `${app.read('.env')}SESSION_DRIVER=database\n`)
  const { output, code } = await app.configure(name)
  if (code) {
    throw new Error(output)
  }
  app.edit('config/session.ts', `table: 'sessions'`, `table: 'Order_${suffixOf(app)}'`)
  return app
}

const suffixOf = (app: FreshApp) => app.root.split('-').pop()!.toLowerCase()

function migrationsOf(app: FreshApp): string[] {
  return readdirSync(join(app.root, 'database', 'migrations'))
}

test.group('node ace make:session-table', (group) => {
  group.each.teardown(removeApps)
  group.each.timeout(120_000)

  for (const driver of databases()) {
    test(`makes the table of an app, which then keeps its sessions there: ${driver}`, async ({
      assert,
    }) => {
      const app = await appOn(driver)
      const made = await app.ace('make:session-table')
      assert.equal(made.code, 0, made.output)
      assert.match(made.output, /CREATE: database\/migrations\/\d+_create_Order_\w+_table\.ts/)
      assert.include(made.output, 'node ace migration:run')
      assert.deepInclude(await app.typeCheck(), { code: 0, output: '' })

      const migrated = await app.ace('migration:run')
      assert.equal(migrated.code, 0, migrated.output)
      const visit = await app.start()
      const { body, cookies } = await visit()
      assert.deepEqual(body, { visits: 1 })
      assert.deepEqual((await visit(cookies)).body, { visits: 2 })

      const rolled = await app.ace('migration:rollback')
      assert.equal(rolled.code, 0, rolled.output)
      assert.include(rolled.output, 'Reverted')
    })
  }

  test('says that the migration is there when it runs twice', async ({ assert }) => {
    const app = await appOn(databases()[0])
    await app.ace('make:session-table')
    const before = migrationsOf(app)
    const { output, code } = await app.ace('make:session-table')
    assert.equal(code, 0)
    assert.match(output, /SKIP: {3}database\/migrations\/\d+_create_.+\(File already exists\)/)
    assert.deepEqual(migrationsOf(app), before)
  })

  test('takes another table, connection and folder', async ({ assert }) => {
    const app = await appOn(databases()[0])
    mkdirSync(join(app.root, 'elsewhere'))
    const { output, code } = await app.ace(
      `make:session-table --table=auth.other --connection=${databases()[0]} --folder=elsewhere`
    )
    assert.equal(code, 0, output)
    const [file] = readdirSync(join(app.root, 'elsewhere'))
    assert.match(file, /^\d+_create_auth_other_table\.ts$/)
    const text = app.read(join('elsewhere', file))
    assert.include(text, 'CREATE TABLE "auth"."other" (')
    assert.include(text, 'CREATE INDEX "other_sweep_at_index" ON "auth"."other"')
    assert.include(text, 'CREATE TABLE \\`auth\\`.\\`other\\` (')
  })

  test('refuses what cannot work, and says what to do', async ({ assert }) => {
    const app = await appOn(databases()[0])
    const refused = async (options: string) => {
      const { output, code } = await app.ace(`make:session-table ${options}`)
      assert.equal(code, 1)
      return output
    }
    assert.include(await refused('--table="a b"'), '"a b" is not a valid table name')
    assert.include(await refused('--connection=other'), `connections there are: ${databases()[0]}`)
    app.edit('.adonisrc.json', '"@adonisjs/core", "@adonisjs/lucid", ', '"@adonisjs/core", ')
    app.write('.env', app.read('.env').replace('=database', '=cookie'))
    assert.include(await refused(''), 'npm i @adonisjs/lucid@18')
  })

  test('is there under the old name of the package, too', async ({ assert }) => {
    const app = await appOn(databases()[0], OLD_NAME)
    const { output, code } = await app.ace('make:session-table')
    assert.equal(code, 0, output)
    assert.lengthOf(migrationsOf(app), 1)
  })
})
