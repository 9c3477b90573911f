import { existsSync, readdirSync } from 'fs'
import { join } from 'path'
import { BaseCommand, flags } from '@adonisjs/core/build/standalone'

const TEMPLATE = join(__dirname, '..', '..', 'templates', 'session_table.txt')

/** The name of a table may include its schema. The name of an index can't. */
const TABLE_NAME = /^(\w+\.)?\w+$/

/** `node ace make:session-table` writes the migration for the table of the database driver. */
export default class MakeSessionTable extends BaseCommand {
  public static commandName = 'make:session-table'
  public static description = 'Make the migration for the table of the session database driver'
  public static settings = { loadApp: true }

  @flags.string({ description: 'The name of the table. Default: the one in config/session' })
  public table: string | undefined

  @flags.string({
    description: 'A connection in config/database. Default: the one in config/session',
  })
  public connection: string | undefined

  @flags.string({
    description: 'The directory for the migration. Default: the one of the connection',
  })
  public folder: string | undefined

  public async run() {
    const { config, container, appRoot, cliCwd, directoriesMap } = this.application
    const section = config.get('session.database', {})
    const tableName = this.table ?? section.table ?? 'sessions'
    const connection =
      this.connection ?? section.connection ?? config.get('database.connection', '')

    if (!container.hasBinding('Adonis/Lucid/Database')) {
      return this.refuse(
        'This command needs the "@adonisjs/lucid" package and its provider. Run "npm i @adonisjs/lucid@18" and "node ace configure @adonisjs/lucid"'
      )
    }
    if (!TABLE_NAME.test(tableName)) {
      return this.refuse(`"${tableName}" is not a valid table name. Use letters, digits and "_"`)
    }
    const known = Object.keys(config.get('database.connections', {}))
    if (!known.includes(connection)) {
      return this.refuse(
        `"${connection}" is not a connection in the "config/database" file. The connections there are: ${known.join(', ') || 'none'}`
      )
    }

    const paths: string[] = config.get(`database.connections.${connection}.migrations.paths`, [])
    const folder =
      this.folder ?? paths[0] ?? directoriesMap.get('migrations') ?? 'database/migrations'
    const root = cliCwd ?? appRoot
    const suffix = `_create_${tableName.replace('.', '_')}_table.ts`
    const present = existsSync(join(root, folder))
      ? readdirSync(join(root, folder)).find((file) => file.endsWith(suffix))
      : undefined
    if (present) {
      this.logger.action('create').skipped(join(folder, present), 'File already exists')
      return
    }

    this.generator
      .addFile(`${Date.now()}${suffix.slice(0, -'.ts'.length)}`)
      .stub(TEMPLATE)
      .destinationDir(folder)
      .appRoot(root)
      .useMustache()
      .apply(namesOf(tableName))
    await this.generator.run()
    this.logger.info('Create the table with "node ace migration:run"')
  }

  private refuse(reason: string) {
    this.logger.error(reason)
    this.exitCode = 1
  }
}

/** The name of a table as each place of the template needs it. In a template literal, backticks are escaped. */
export function namesOf(tableName: string): Record<string, string> {
  const parts = tableName.split('.')
  const within = (quote: string) => parts.map((part) => `${quote}${part}${quote}`).join('.')
  return {
    tableName,
    indexName: parts[parts.length - 1],
    quoted: within('"'),
    ticked: within('\\`'),
  }
}
