import type { RedisManagerContract } from '@ioc:Adonis/Addons/Redis'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { LucidDatabase } from '../Drivers/Database'
import { SessionException } from '../Exceptions'
import { DIALECTS } from '../Sql/dialects'

/** The packages that a driver may need are optional peers, looked for where the driver is made. */

/** Configs whose connection was looked for: that is not done again with each request. */
const checked = new WeakSet<SessionConfig>()

function once(config: SessionConfig, check: () => void) {
  if (!checked.has(config)) {
    check()
    checked.add(config)
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without `@adonisjs/redis`, or when it has no such connection */
export function redisOf(app: ApplicationContract, config: SessionConfig): RedisManagerContract {
  once(config, () => requireRedis(app, config))
  return app.container.use('Adonis/Addons/Redis')
}

function requireRedis(app: ApplicationContract, { redisConnection }: SessionConfig) {
  if (!app.container.hasBinding('Adonis/Addons/Redis')) {
    throw SessionException.invalidDriverConfig(
      'The redis session driver needs the "@adonisjs/redis" package, and its provider registered. Install it with "npm i @adonisjs/redis@7", the version for AdonisJS 5, and run "node ace configure @adonisjs/redis"; or set another "driver" inside the "config/session" file'
    )
  }
  const connections = namesIn(app, 'redis')
  if (redisConnection && !connections.includes(redisConnection) && !isBound(app, redisConnection)) {
    throw SessionException.invalidDriverConfig(
      `"redisConnection" inside the "config/session" file is "${redisConnection}", which is no connection of the "config/redis" file. It has ${connections.join(', ') || 'none'}`
    )
  }
}

/** Does a Redis manager that the app has bound itself know a connection? */
function isBound(app: ApplicationContract, name: string): boolean {
  try {
    return Boolean(app.container.use('Adonis/Addons/Redis').connection(name as never))
  } catch {
    return false
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without `@adonisjs/lucid`, or when its connection cannot be used */
export function databaseOf(app: ApplicationContract, config: SessionConfig): LucidDatabase {
  once(config, () => requireDatabase(app, config))
  return app.container.use('Adonis/Lucid/Database')
}

function requireDatabase(app: ApplicationContract, { database = {} }: SessionConfig) {
  if (!app.container.hasBinding('Adonis/Lucid/Database')) {
    throw SessionException.invalidDriverConfig(
      'The database session driver needs the "@adonisjs/lucid" package, and its provider registered. Install it with "npm i @adonisjs/lucid@18", the version for AdonisJS 5, and run "node ace configure @adonisjs/lucid"; or set another "driver" inside the "config/session" file'
    )
  }
  const { connection: name, table } = database
  const connections = namesIn(app, 'database')
  if (name !== undefined && !connections.includes(name)) {
    throw SessionException.invalidDriverConfig(
      `"database.connection" inside the "config/session" file is ${JSON.stringify(name)}, which is no connection of the "config/database" file. It has ${connections.join(', ') || 'none'}`
    )
  }
  if (table !== undefined && (typeof table !== 'string' || !table)) {
    throw SessionException.invalidDriverConfig(
      `"database.table" inside the "config/session" file is ${JSON.stringify(table)}. Set it to the name of a table`
    )
  }
  const dialect = app.container.use('Adonis/Lucid/Database').connection(name).dialect.name
  if (!DIALECTS[dialect]) {
    throw SessionException.invalidDriverConfig(
      `The database session driver does not know "${dialect}". It works with PostgreSQL, MySQL, MariaDB and SQLite. Name a connection to one of these in "database.connection" inside the "config/session" file`
    )
  }
}

/** @throws E_INVALID_SESSION_DRIVER_CONFIG without the SDK of Amazon */
export function requireDynamoDb(config: SessionConfig) {
  once(config, () => {
    const { table } = config.dynamodb ?? {}
    if (table !== undefined && (typeof table !== 'string' || !table)) {
      throw SessionException.invalidDriverConfig(
        `"dynamodb.table" inside the "config/session" file is ${JSON.stringify(table)}. Set it to the name of a table`
      )
    }
    try {
      require('@aws-sdk/client-dynamodb')
    } catch {
      throw SessionException.invalidDriverConfig(
        'The dynamodb session driver needs the "@aws-sdk/client-dynamodb" package. Install it with "npm i @aws-sdk/client-dynamodb@3"; or set another "driver" inside the "config/session" file'
      )
    }
  })
}

/** The connections of the config of a package. */
function namesIn(app: ApplicationContract, config: 'redis' | 'database'): string[] {
  return Object.keys(app.config.get(`${config}.connections`, {}))
}
