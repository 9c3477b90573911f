import { randomBytes } from 'crypto'
import { existsSync, readdirSync } from 'fs'
import { Assert } from '@japa/assert'
import { ApiClient } from '@japa/api-client'
import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { AppOptions, TestApp } from './app'
import { DATABASES } from './databases'
import { redisConfig, startAppOn, temporaryDirectory } from './drivers'
import { onDynamoDb, tableOf } from './stored'
import { MemoryDriver } from '../../src/Drivers/Memory'

/** An app in its test environment, and the client of `@japa/preset-adonis` for it. */
export interface ClientApp extends TestApp {
  client: ApiClient
  /** What the store holds. */
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

/** What a test stores in a table that others have used before. */
function sinceNow(): Backend {
  const since = Date.now()
  return {
    options: {},
    stored: async (app) => {
      const rows = await tableOf(app).where('created_at', '>=', since).whereNotNull('data')
      return rows.map(({ id }: { id: string }) => id)
    },
  }
}

/** Each driver on a store of its own. */
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

  ...Object.fromEntries(DATABASES.map((name) => [name, sinceNow])),

  dynamodb: () => {
    const since = Date.now()
    return {
      options: {},
      stored: async () => {
        const { Items: items } = await onDynamoDb('ScanCommand', {})
        const own = items.filter((item: any) => item.data && Number(item.created_at?.N) >= since)
        return own.map(({ id }: any) => id.S)
      },
    }
  },

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
  return {
    ...app,
    client: new ApiClient(app.url, new Assert()),
    stored: async () => backend.stored(app),
  }
}
