import type { RedisManagerContract } from '@ioc:Adonis/Addons/Redis'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { LucidDatabase } from '../Drivers/Database'
import { SessionException } from '../Exceptions'
import { worded } from '../Settings/words'
import { DIALECTS } from '../Sql/dialects'

/** The packages that drivers need are optional peers. They're looked up when the driver is created. */

/** The configs that have been checked, so that this isn't repeated for each request. */
const checked = new WeakSet<SessionConfig>()

function once(config: SessionConfig, check: () => void) {
  if (!checked.has(config)) {
    check()
    checked.add(config)
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without `@adonisjs/redis`, or if it doesn't have the connection */
export function redisOf(app: ApplicationContract, config: SessionConfig): RedisManagerContract {
  once(config, () => requireRedis(app, config))
  return app.container.use('Adonis/Addons/Redis')
}

function requireRedis(app: ApplicationContract, { redisConnection }: SessionConfig) {
  if (!app.container.hasBinding('Adonis/Addons/Redis')) {
    throw SessionException.invalidDriverConfig(
      'The redis session driver needs the "@adonisjs/redis" package and its provider. Install the package with "npm i @adonisjs/redis@7", the version for AdonisJS 5, and run "node ace configure @adonisjs/redis". Or set another "driver" inside the "config/session" file'
    )
  }
  const connections = namesIn(app, 'redis')
  if (redisConnection && !connections.includes(redisConnection) && !isBound(app, redisConnection)) {
    throw SessionException.invalidDriverConfig(
      `"redisConnection" inside the "config/session" file is ${worded(redisConnection)}, which is not a connection in the "config/redis" file. The connections there are: ${connections.join(', ') || 'none'}`
    )
  }
}

/** Whether a Redis manager that the app has bound itself knows the connection. */
function isBound(app: ApplicationContract, name: string): boolean {
  try {
    return Boolean(app.container.use('Adonis/Addons/Redis').connection(name as never))
  } catch {
    return false
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without `@adonisjs/lucid`, or if the connection can't be used */
export function databaseOf(app: ApplicationContract, config: SessionConfig): LucidDatabase {
  once(config, () => requireDatabase(app, config))
  return app.container.use('Adonis/Lucid/Database')
}

function requireDatabase(app: ApplicationContract, { database = {} }: SessionConfig) {
  if (!app.container.hasBinding('Adonis/Lucid/Database')) {
    throw SessionException.invalidDriverConfig(
      'The database session driver needs the "@adonisjs/lucid" package and its provider. Install the package with "npm i @adonisjs/lucid@18", the version for AdonisJS 5, and run "node ace configure @adonisjs/lucid". Or set another "driver" inside the "config/session" file'
    )
  }
  const { connection: name, table } = sectionOf('database', database)
  const { manager } = app.container.use('Adonis/Lucid/Database')
  if (name !== undefined && !(typeof name === 'string' && manager.has(name))) {
    const connections = namesIn(app, 'database')
    throw SessionException.invalidDriverConfig(
      `"database.connection" inside the "config/session" file is ${worded(name)}, which is not a connection in the "config/database" file. The connections there are: ${connections.join(', ') || 'none'}`
    )
  }
  if (table !== undefined && (typeof table !== 'string' || !table)) {
    throw SessionException.invalidDriverConfig(
      `"database.table" inside the "config/session" file is ${worded(table)}. Set it to the name of a table`
    )
  }
  const dialect = app.container.use('Adonis/Lucid/Database').connection(name).dialect.name
  if (!DIALECTS[dialect]) {
    throw SessionException.invalidDriverConfig(
      `The database session driver does not support "${dialect}". It supports PostgreSQL, MySQL, MariaDB and SQLite. Set "database.connection" inside the "config/session" file to a connection to one of these`
    )
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without the AWS SDK, or if the table has no valid name */
export function requireDynamoDb(config: SessionConfig) {
  once(config, () => {
    const { table, client } = sectionOf(
      'dynamodb',
      config.dynamodb === undefined ? {} : config.dynamodb
    )
    if (client !== undefined && (typeof client !== 'object' || client === null)) {
      throw SessionException.invalidDriverConfig(
        `"dynamodb.client" inside the "config/session" file is ${worded(client)}. Set it to the config of DynamoDBClient, such as { region: 'eu-central-1' }`
      )
    }
    if (table !== undefined && (typeof table !== 'string' || !table)) {
      throw SessionException.invalidDriverConfig(
        `"dynamodb.table" inside the "config/session" file is ${worded(table)}. Set it to the name of a table`
      )
    }
    try {
      require('@aws-sdk/client-dynamodb')
    } catch {
      throw SessionException.invalidDriverConfig(
        'The dynamodb session driver needs the "@aws-sdk/client-dynamodb" package. Install it with "npm i @aws-sdk/client-dynamodb@3". Or set another "driver" inside the "config/session" file'
      )
    }
  })
}

/** What the section of a driver may have. */
const KEYS = { database: ['connection', 'table'], dynamodb: ['table', 'client'] }

/** A key that is mistyped would leave the default in place, which is another table. */
function sectionOf(driver: keyof typeof KEYS, section: unknown): Record<string, any> {
  const words = KEYS[driver].map((key) => `"${key}"`).join(' and ')
  if (typeof section !== 'object' || section === null || Array.isArray(section)) {
    throw SessionException.invalidDriverConfig(
      `"${driver}" inside the "config/session" file is ${worded(section)}. It must be an object with ${words}`
    )
  }
  const unknown = Object.keys(section).find((key) => !KEYS[driver].includes(key))
  if (unknown) {
    throw SessionException.invalidDriverConfig(
      `"${driver}.${unknown}" inside the "config/session" file is unknown. The section "${driver}" has ${words}`
    )
  }
  return section as Record<string, any>
}

/** The names of the connections in the config of a package. */
function namesIn(app: ApplicationContract, config: 'redis' | 'database'): string[] {
  return Object.keys(app.config.get(`${config}.connections`, {}))
}
