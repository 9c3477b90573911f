/** A Fastify application with its session plugin, in memory or with the store of express-session. */
const fastify = require('fastify')
const { PAGES, valuesOf, answer, nextWrite } = require('./pages')

/** Two hours, in milliseconds. */
const AGE = 2 * 3_600_000

/** Its own store keeps sessions in memory. */
async function storeOf({ driver, redisPort }) {
  if (driver === 'memory') {
    return undefined
  }
  const { RedisStore } = require('connect-redis')
  const client = require('redis').createClient({ url: `redis://127.0.0.1:${redisPort}` })
  await client.connect()
  return new RedisStore({ client })
}

async function useSessions(app, spec) {
  await app.register(require('@fastify/cookie'))
  await app.register(require('@fastify/session'), {
    secret: 'a-key-of-the-benchmarks-alone-32c',
    store: await storeOf(spec),
    saveUninitialized: false,
    cookie: { maxAge: AGE, secure: false },
  })
}

function plainRoutes(app) {
  for (const page of PAGES) {
    app.get(page, async () => answer())
  }
}

function sessionRoutes(app) {
  app.get('/read', async ({ session }) => answer(session.get('user')))
  app.get('/untouched', async () => answer())
  app.get('/write', async ({ session }) => {
    session.set('seen', nextWrite())
    return answer()
  })
  app.get('/fill', async ({ session, query }) => {
    for (const [key, value] of Object.entries(valuesOf(Number(query.bytes)))) {
      session.set(key, value)
    }
    return answer()
  })
  app.get('/increment', async ({ session }) => {
    session.set('n', (session.get('n') ?? 0) + 1)
    return answer()
  })
  app.get('/count', async ({ session }) => ({ n: session.get('n') ?? 0 }))
}

async function start(spec) {
  const app = fastify({ logger: false })
  if (spec.session) {
    await useSessions(app, spec)
    sessionRoutes(app)
  } else {
    plainRoutes(app)
  }
  await app.ready()
  return { server: app.server }
}

module.exports = { start }
