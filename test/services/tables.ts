import { readFileSync, writeFileSync } from 'fs'
import { join } from 'path'
import { namesOf } from '../../src/Commands/MakeSessionTable'
import { bootApp, ROOT } from '../helpers/app'
import { databaseConfig } from '../helpers/databases'

/**
 * Makes the tables of sessions in all databases of this run, as an app does: by the migration that the package
 * writes, with its import as AdonisJS compiles it.
 */
export async function makeTables(directory: string) {
  const template = readFileSync(join(ROOT, 'templates', 'session_table.txt'), 'utf8')
  const migration = template
    .replace(/{{{ (\w+) }}}/g, (_, name) => namesOf('sessions')[name])
    .replace(/^import (\w+) from '@ioc:(.+)'/, "const $1 = global[Symbol.for('ioc.use')]('$2')")
  writeFileSync(join(directory, '1_create_sessions_table.ts'), migration)

  const app = await bootApp({
    environment: 'console',
    providers: ['@adonisjs/lucid'],
    config: { database: databaseConfig({ migrations: { paths: [directory] } }) },
  })
  const Database = app.container.use('Adonis/Lucid/Database')
  const Migrator = app.container.use('Adonis/Lucid/Migrator')
  for (const connectionName of Database.manager.connections.keys()) {
    const migrator = new Migrator(Database, app, { direction: 'up', connectionName })
    await migrator.run()
    if (migrator.error) {
      throw migrator.error
    }
  }
  await app.shutdown()
}
