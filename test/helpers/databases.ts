/** The databases that the tests run on, each a driver of its own in their tables. */
export const DATABASES = ['postgres', 'mariadb', 'sqlite']

/** Those that this run has. */
export function databases(): string[] {
  return DATABASES.filter((name) => CONNECTIONS[name]() !== null)
}

const HOST = '127.0.0.1'

/** Tests share a file of SQLite between processes, as apps do: it waits for locks, and readers for nobody. */
function tune(connection: any, done: (error: Error | null, connection: any) => void) {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = OFF')
  done(null, connection)
}

const CONNECTIONS: Record<string, () => Record<string, any> | null> = {
  postgres: () => {
    const port = process.env.TEST_POSTGRES_PORT
    return port
      ? {
          client: 'pg',
          connection: { host: HOST, port: Number(port), user: 'postgres', database: 'postgres' },
        }
      : null
  },
  mariadb: () => {
    const port = process.env.TEST_MARIADB_PORT
    return port
      ? {
          client: 'mysql2',
          connection: { host: HOST, port: Number(port), user: 'root', database: 'test' },
        }
      : null
  },
  sqlite: () => {
    const filename = process.env.TEST_SQLITE_FILE
    return filename
      ? {
          client: 'better-sqlite3',
          connection: { filename },
          useNullAsDefault: true,
          pool: { afterCreate: tune },
        }
      : null
  },
}

/** The provider that needs a database, if there is one. */
export const lucid = () => (databases().length ? ['@adonisjs/lucid'] : [])

/** Config of `config/database` with the databases of this run; `more` is added to each connection. */
export function databaseConfig(more: Record<string, any> = {}) {
  const names = databases()
  const connections = names.map((name) => [name, { ...CONNECTIONS[name](), ...more }])
  return { connection: names[0], connections: Object.fromEntries(connections) }
}
