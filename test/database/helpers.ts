import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { DatabaseDriver } from '../../src/Drivers/Database'
import type { AppOptions, TestApp } from '../helpers/app'
import { databaseConfig } from '../helpers/databases'

/** The driver of an app, as one of its requests has it. */
export function storeOf({ app }: TestApp, more: Partial<SessionConfig> = {}): DatabaseDriver {
  const config = { ...app.config.get('session'), ...more }
  return new DatabaseDriver(config, app.container.use('Adonis/Lucid/Database'))
}

/** The default connection of an app, as its own code uses it. */
export function databaseOf({ app }: TestApp) {
  const { connection } = app.config.get('session.database')
  return app.container.use('Adonis/Lucid/Database').connection(connection)
}

/** Changes what an app is told of its connection to a database. */
export function withConnection(
  driver: string,
  change: (connection: Record<string, any>) => Record<string, any>,
  options: AppOptions = {}
): AppOptions {
  const config = databaseConfig()
  config.connections[driver] = change(config.connections[driver])
  return { ...options, config: { ...options.config, database: config } }
}

/** A record as a driver is given it. */
export function record(values: Record<string, any>) {
  return { values, json: JSON.stringify(values), meta: {} }
}
