/** An AdonisJS 5 application as it runs in production: body parser, no logs, no profiler. */
require('reflect-metadata')
const { randomBytes } = require('crypto')
const { createServer } = require('http')
const path = require('path')
const { Application } = require('@adonisjs/core/build/standalone')
const { useFloor } = require('./floor')
const { oursConfig, oldConfig } = require('./session_config')
const { PAGES, valuesOf, answer, nextWrite } = require('./pages')

const APP = path.join(__dirname, 'app')

/** The routes of an app without sessions: the same answers. */
function plainRoutes(Route) {
  for (const page of PAGES) {
    Route.get(page, () => answer())
  }
}

function sessionRoutes(Route) {
  Route.get('/read', ({ session }) => answer(session.get('user')))
  Route.get('/untouched', () => answer())
  Route.get('/write', ({ session }) => {
    session.put('seen', nextWrite())
    return answer()
  })
  Route.get('/fill', ({ session, request }) => {
    for (const [key, value] of Object.entries(valuesOf(Number(request.qs().bytes)))) {
      session.put(key, value)
    }
    return answer()
  })
  Route.get('/login', ({ session }) => {
    session.regenerate()
    session.put('loggedIn', nextWrite())
    return answer()
  })
  Route.get('/increment', ({ session }) => {
    session.increment('n')
    return answer()
  })
  Route.get('/count', ({ session }) => ({ n: session.get('n') ?? 0 }))
}

/** The same pages for `servers/floor.js`. */
function floorRoutes(Route) {
  Route.get('/read', ({ session }) => answer(session?.values.user))
  Route.get('/untouched', () => answer())
  Route.get('/write', ({ session }) => {
    session.values.seen = nextWrite()
    session.isChanged = true
    return answer()
  })
  Route.get('/fill', (ctx) => {
    const id = randomBytes(20).toString('hex')
    ctx.session = { id, values: valuesOf(Number(ctx.request.qs().bytes)), isChanged: true }
    return answer()
  })
}

const PROVIDERS = {
  ours: ({ build }) => path.join(build, 'providers', 'SessionProvider'),
  old: () => '@adonisjs/session',
}

const CONFIGS = { ours: oursConfig, old: oldConfig }
const ROUTES = { none: plainRoutes, floor: floorRoutes, ours: sessionRoutes, old: sessionRoutes }

/** Starts the application on a free port. Also answers what a session in it needs from outside. */
async function start(spec) {
  const { session, driver, redisPort, postgresPort } = spec
  const app = new Application(APP, 'web', {
    providers: [
      '@adonisjs/core',
      ...(driver === 'redis' ? ['@adonisjs/redis'] : []),
      ...(driver === 'postgres' ? ['@adonisjs/lucid'] : []),
      ...(PROVIDERS[session] ? [PROVIDERS[session](spec)] : []),
    ],
  })

  await app.setup()
  app.config.set('redis', {
    connection: 'local',
    connections: { local: { host: '127.0.0.1', port: redisPort } },
  })
  app.config.set('database', {
    connection: 'postgres',
    connections: {
      postgres: {
        client: 'pg',
        connection: {
          host: '127.0.0.1',
          port: postgresPort,
          user: 'postgres',
          database: 'postgres',
        },
        pool: { min: 2, max: 10 },
      },
    },
  })
  if (CONFIGS[session]) {
    app.config.set('session', CONFIGS[session](spec))
  }
  await app.registerProviders()
  await app.bootProviders()

  const adonis = app.container.use('Adonis/Core/Server')
  const BodyParser = app.container.use('Adonis/Core/BodyParser')
  adonis.middleware.register([async () => ({ default: BodyParser })])
  adonis.errorHandler(async (error, { response }) => {
    response.status(error.status ?? 500).send({ message: error.message })
  })
  session === 'floor' && useFloor(app, spec)
  ROUTES[session ?? 'none'](app.container.use('Adonis/Core/Route'))
  adonis.optimize()
  await app.start()

  return {
    server: createServer(adonis.handle.bind(adonis)),
    prune: () => app.container.use('Adonis/Addons/Session').prune(),
    sign: (id) => app.container.use('Adonis/Core/CookieClient').sign('adonis-session', id),
  }
}

module.exports = { start }
