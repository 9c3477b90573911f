import { randomBytes } from 'crypto'
import { existsSync, readdirSync } from 'fs'
import { Assert } from '@japa/assert'
import { ApiClient } from '@japa/api-client'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { AppOptions, TestApp } from './app'
import { DATABASES } from './databases'
import { redisConfig, startAppOn, temporaryDirectory } from './drivers'
import { everyItem, tableOf } from './stored'
import { MemoryDriver } from '../../src/Drivers/Memory'

/** An app in its test environment, and the client of `@japa/preset-adonis` for it. */
export interface ClientApp extends TestApp {
  client: ApiClient
  /** What the store holds that was not there when the app started. */
  stored(): Promise<string[]>
}

interface Backend {
  options: AppOptions
  stored: (app: TestApp) => Promise<string[]> | string[]
}

/** The four methods on a map, into which a test can look. */
function fourMethodsOn(sessions: Map<string, any>): SessionDriverContract {
  return {
    read: async (id) => sessions.get(id) ?? null,
    write: async (id, values) => void sessions.set(id, values),
    destroy: async (id) => void sessions.delete(id),
    touch: async () => {},
  }
}

/** Rows with data: what is left of an ended session has none. */
const rows: Backend = {
  options: {},
  stored: async (app) => {
    const found = await tableOf(app).select('id').whereNotNull('data')
    return found.map(({ id }: { id: string }) => id)
  },
}

/** Each driver on a store of its own, or in a table that others have used before. */
const BACKENDS: Record<string, () => Backend> = {
  memory: () => {
    MemoryDriver.sessions.clear()
    return { options: {}, stored: () => [...MemoryDriver.sessions.keys()] }
  },

  file: () => {
    const location = temporaryDirectory()
    return {
      options: { session: { file: { location } } },
      stored: () =>
        existsSync(location) ? readdirSync(location).filter((name) => name.endsWith('.txt')) : [],
    }
  },

  redis: () => {
    const keyPrefix = `${randomBytes(6).toString('hex')}:`
    return {
      options: { config: { redis: redisConfig({ keyPrefix }) } },
      stored: async ({ app }) => {
        const { ioConnection } = app.container.use('Adonis/Addons/Redis').connection('local')
        const keys: string[] = await ioConnection.keys(`${keyPrefix}*`)
        return keys.filter((key) => !key.endsWith(':retired'))
      },
    }
  },

  ...Object.fromEntries(DATABASES.map((name) => [name, () => rows])),

  dynamodb: () => ({
    options: {},
    stored: async () => {
      const found = await everyItem({
        FilterExpression: 'attribute_exists(#data)',
        ProjectionExpression: 'id',
        ExpressionAttributeNames: { '#data': 'data' },
      })
      return found.map(({ id }) => id.S)
    },
  }),

  cookie: () => ({ options: {}, stored: () => [] }),

  fourMethods: () => {
    const sessions = new Map<string, any>()
    return {
      options: {
        boot: ({ container }) =>
          container
            .use('Adonis/Addons/Session')
            .extend('fourMethods', () => fourMethodsOn(sessions)),
      },
      stored: () => [...sessions.keys()],
    }
  },
}

/** Starts an app with the provider of `@japa/preset-adonis`, as its own test suite would. */
export async function startClientApp(driver: string, options: AppOptions = {}): Promise<ClientApp> {
  ApiClient.clearRequestHandlers().clearSetupHooks().clearTeardownHooks()
  const backend = BACKENDS[driver]()
  const app = await startAppOn(driver, {
    ...backend.options,
    ...options,
    session: { ...backend.options.session, ...options.session },
    config: { ...backend.options.config, ...options.config },
    providers: ['@japa/preset-adonis/TestsProvider', ...(options.providers ?? [])],
    environment: 'test',
  })
  const before = new Set(await backend.stored(app))
  return {
    ...app,
    client: new ApiClient(app.url, new Assert()),
    stored: async () => (await backend.stored(app)).filter((id) => !before.has(id)),
  }
}
