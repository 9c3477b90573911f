/** The session configs of the AdonisJS servers: those that `configure` writes. */

const COMMON = {
  enabled: true,
  cookieName: 'adonis-session',
  clearWithBrowser: false,
  age: '2h',
  redisConnection: 'local',
}

/** `templates/session.txt`, with `touchEvery` and other settings as the server that is measured has them. */
function oursConfig({ driver, location, touchEvery, config }) {
  return {
    ...COMMON,
    driver: driver === 'postgres' ? 'database' : driver,
    touchEvery,
    saveUninitialized: false,
    storeTimeout: '5s',
    cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' },
    file: { location },
    database: { table: 'sessions' },
    // What is measured is a request, and pruning where that is asked for.
    prune: false,
    ...config,
  }
}

/** The template of `@adonisjs/session` 6.4.0. */
function oldConfig({ driver, location }) {
  return {
    ...COMMON,
    driver,
    cookie: { path: '/', httpOnly: true, sameSite: false },
    file: { location },
  }
}

module.exports = { oursConfig, oldConfig }
