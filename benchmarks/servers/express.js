/** An Express application with express-session and its stores of Redis and PostgreSQL. */
const { createServer } = require('http')
const express = require('express')
const { PAGES, valuesOf, answer, nextWrite } = require('./pages')

/** Two hours, in milliseconds. */
const AGE = 2 * 3_600_000

/** Each as its page shows it. */
const STORES = {
  async redis({ redisPort }) {
    const { RedisStore } = require('connect-redis')
    const client = require('redis').createClient({ url: `redis://127.0.0.1:${redisPort}` })
    await client.connect()
    return new RedisStore({ client })
  },
  postgres({ postgresPort }, session) {
    const PostgresStore = require('connect-pg-simple')(session)
    const conString = `postgres://postgres@127.0.0.1:${postgresPort}/postgres`
    return new PostgresStore({ conString, createTableIfMissing: true, pruneSessionInterval: false })
  },
}

async function sessions(spec) {
  const session = require('express-session')
  return session({
    store: await STORES[spec.driver](spec, session),
    secret: 'a-key-of-the-benchmarks-alone-32c',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: AGE, secure: false },
  })
}

function plainRoutes(app) {
  for (const page of PAGES) {
    app.get(page, (_, response) => response.json(answer()))
  }
}

function sessionRoutes(app) {
  app.get('/read', ({ session }, response) => response.json(answer(session.user)))
  app.get('/untouched', (_, response) => response.json(answer()))
  app.get('/write', ({ session }, response) => {
    session.seen = nextWrite()
    response.json(answer())
  })
  app.get('/fill', ({ session, query }, response) => {
    Object.assign(session, valuesOf(Number(query.bytes)))
    response.json(answer())
  })
  app.get('/increment', ({ session }, response) => {
    session.n = (session.n ?? 0) + 1
    response.json(answer())
  })
  app.get('/count', ({ session }, response) => response.json({ n: session.n ?? 0 }))
}

async function start(spec) {
  const app = express()
  app.use(express.json())
  if (spec.session) {
    app.use(await sessions(spec))
    sessionRoutes(app)
  } else {
    plainRoutes(app)
  }
  return { server: createServer(app) }
}

module.exports = { start }
