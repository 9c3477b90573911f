/** An AdonisJS 7 application as it runs in production, with `@adonisjs/session` 8 or without sessions. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { IgnitorFactory } from '@adonisjs/core/factories'
import { defineConfig as redisConfig } from '@adonisjs/redis'
import { defineConfig as sessionConfig, stores } from '@adonisjs/session'

const { PAGES, valuesOf, answer, nextWrite } = createRequire(import.meta.url)('../servers/pages.js')

/** Its template, with the stores that are compared. */
const configOf = ({ driver, location }) =>
  sessionConfig({
    enabled: true,
    cookieName: 'adonis-session',
    clearWithBrowser: false,
    age: '2h',
    cookie: { path: '/', httpOnly: true, secure: false, sameSite: 'lax' },
    store: driver,
    stores: {
      cookie: stores.cookie(),
      file: stores.file({ location }),
      redis: stores.redis({ connection: 'local' }),
    },
  })

function plainRoutes(router) {
  for (const page of PAGES) {
    router.get(page, () => answer())
  }
}

function sessionRoutes(router) {
  router.get('/read', ({ session }) => answer(session.get('user')))
  router.get('/untouched', () => answer())
  router.get('/write', ({ session }) => {
    session.put('seen', nextWrite())
    return answer()
  })
  router.get('/fill', ({ session, request }) => {
    for (const [key, value] of Object.entries(valuesOf(Number(request.qs().bytes)))) {
      session.put(key, value)
    }
    return answer()
  })
  router.get('/login', ({ session }) => {
    session.regenerate()
    session.put('loggedIn', nextWrite())
    return answer()
  })
  router.get('/increment', ({ session }) => {
    session.increment('n')
    return answer()
  })
  router.get('/count', ({ session }) => ({ n: session.get('n') ?? 0 }))
}

export async function start(spec) {
  const ignitor = new IgnitorFactory()
    .withCoreProviders()
    .withCoreConfig()
    .merge({
      rcFileContents: {
        providers: [
          () => import('@adonisjs/redis/redis_provider'),
          ...(spec.session ? [() => import('@adonisjs/session/session_provider')] : []),
        ],
      },
      config: {
        session: configOf(spec),
        redis: redisConfig({
          connection: 'local',
          connections: { local: { host: '127.0.0.1', port: spec.redisPort } },
        }),
      },
    })
    .create(new URL('./', import.meta.url), { importer: (file) => import(file) })

  const app = ignitor.createApp('web')
  await app.init()
  await app.boot()
  const server = await app.container.make('server')
  server.use([
    () => import('@adonisjs/core/bodyparser_middleware'),
    ...(spec.session ? [() => import('@adonisjs/session/session_middleware')] : []),
  ])
  const routes = spec.session ? sessionRoutes : plainRoutes
  routes(await app.container.make('router'))
  await app.start(() => server.boot())
  return { server: createServer(server.handle.bind(server)) }
}
