import Env from '@ioc:Adonis/Core/Env'
import Application from '@ioc:Adonis/Core/Application'
import type { DatabaseConfig } from '@ioc:Adonis/Lucid/Database'

const server = {
  host: Env.get('DB_HOST'),
  port: Env.get('DB_PORT'),
  user: Env.get('DB_USER'),
  password: Env.get('DB_PASSWORD', ''),
  database: Env.get('DB_NAME'),
}

/** Used when SESSION_DRIVER is "database". Each client is a package to install. */
const databaseConfig: DatabaseConfig = {
  connection: Env.get('DB_CONNECTION', 'pg'),
  connections: {
    pg: { client: 'pg', connection: server },
    mysql: { client: 'mysql2', connection: server },
    sqlite: {
      client: 'better-sqlite3',
      connection: { filename: Env.get('DB_FILE', Application.tmpPath('db.sqlite3')) },
      useNullAsDefault: true,
      pool: {
        afterCreate(connection: any, done: (error: Error | null, connection: any) => void) {
          connection.pragma('journal_mode = WAL')
          connection.pragma('busy_timeout = 100')
          done(null, connection)
        },
      },
    },
  },
}

export default databaseConfig
