import 'reflect-metadata'
import { createServer, Server } from 'http'
import { AddressInfo } from 'net'
import { join } from 'path'
import { Application } from '@adonisjs/core/build/standalone'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../../src/SessionManager'
import { Browser } from './browser'

export const ROOT = join(__dirname, '..', '..')
export const APP_ROOT = join(ROOT, 'test', 'fixtures', 'app')
export const APP_KEY = 'averylongrandom32charslongappkey0'

/** The config of most tests: the documented one, with nothing of ours set. */
export const SESSION_CONFIG: SessionConfig = {
  enabled: true,
  driver: 'memory',
  cookieName: 'adonis-session',
  clearWithBrowser: false,
  age: '2h',
  cookie: { path: '/', httpOnly: true, sameSite: false },
}

export interface AppOptions {
  session?: Partial<SessionConfig> & Record<string, any>
  /** Further config by dotted keys, such as `app.http.useAsyncLocalStorage`. */
  config?: Record<string, any>
  /** Providers besides those of core and session. */
  providers?: string[]
  /** The session provider to use, such as that of 6.4.0. */
  sessionProvider?: string
  environment?: 'web' | 'test' | 'console'
  /** Runs where `AppProvider.boot` runs: before the session provider boots. */
  boot?: (app: ApplicationContract) => void | Promise<void>
  routes?: (route: RouterContract, app: ApplicationContract) => void
}

export interface TestApp {
  app: ApplicationContract
  Session: SessionManager
  url: string
  browser(): Browser
  stop(): Promise<void>
}

/** Boots a real AdonisJS 5 application as `server.ts` of an app does, short of listening. */
export async function bootApp(options: AppOptions = {}): Promise<ApplicationContract> {
  process.env.ENV_SILENT = 'true'
  const app = new Application(APP_ROOT, options.environment ?? 'web', {
    providers: [
      '@adonisjs/core',
      ...(options.providers ?? []),
      options.sessionProvider ?? join(ROOT, 'providers', 'SessionProvider'),
    ],
  })

  await app.setup()
  app.config.set('session', { ...SESSION_CONFIG, ...options.session })
  for (const [key, value] of Object.entries(options.config ?? {})) {
    app.config.set(key, value)
  }
  await app.registerProviders()
  await options.boot?.(app)
  await app.bootProviders()
  return app
}

/** Boots an application and has it listen on a free port of this machine. */
export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  const app = await bootApp(options)
  const adonis = app.container.use('Adonis/Core/Server')
  const Route = app.container.use('Adonis/Core/Route')

  const BodyParser = app.container.use('Adonis/Core/BodyParser')
  adonis.middleware.register([async () => ({ default: BodyParser }) as any])
  adonis.errorHandler(async (error: any, { response }) => {
    response.status(error.status ?? 500).send({ code: error.code, message: error.message })
  })
  options.routes?.(Route, app)
  adonis.optimize()
  await app.start()

  const server = createServer(adonis.handle.bind(adonis))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    app,
    url,
    Session: app.container.use('Adonis/Addons/Session') as SessionManager,
    browser: () => new Browser(url),
    stop: async () => {
      await close(server)
      await app.shutdown()
    },
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
