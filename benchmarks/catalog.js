/**
 * What is measured: the servers, the drivers with the servers that are compared on each, and the
 * workloads. A later driver is one line in `DRIVERS`.
 */

/**
 * `framework` names the file in `servers/` (see `servers/process.js`), `session` what it uses there, and `base` the server without
 * sessions that its cost is counted from. `touchEvery` is ours alone.
 */
const SERVERS = {
  bare: { title: 'AdonisJS 5 without sessions', framework: 'adonis', base: null },
  control: { title: 'the same once more', framework: 'adonis', base: 'bare' },
  old: { title: '@adonisjs/session 6.4.0', framework: 'adonis', session: 'old', base: 'bare' },
  oldInRedis: {
    title: '@adonisjs/session 6.4.0, in Redis',
    framework: 'adonis',
    session: 'old',
    driver: 'redis',
    base: 'bare',
  },
  ours: {
    title: 'adonis5-session',
    framework: 'adonis',
    session: 'ours',
    touchEvery: '1m',
    base: 'bare',
  },
  ours0: {
    title: 'adonis5-session, touchEvery 0',
    framework: 'adonis',
    session: 'ours',
    touchEvery: 0,
    base: 'bare',
  },
  floor: {
    title: 'floor: one read, one write',
    framework: 'adonis',
    session: 'floor',
    base: 'bare',
  },
  express: { title: 'Express without sessions', framework: 'express', base: null },
  'express-session': {
    title: 'express-session',
    framework: 'express',
    session: 'express-session',
    base: 'express',
  },
  'connect-pg-simple': {
    title: 'express-session, connect-pg-simple',
    framework: 'express',
    session: 'express-session',
    base: 'express',
  },
  fastify: { title: 'Fastify without sessions', framework: 'fastify', base: null },
  'fastify-session': {
    title: '@fastify/session',
    framework: 'fastify',
    session: '@fastify/session',
    base: 'fastify',
  },
  node: { title: 'node:http without sessions', framework: 'node', base: null },
  'iron-session': {
    title: 'iron-session',
    framework: 'node',
    session: 'iron-session',
    base: 'node',
  },
  adonis7: { title: 'AdonisJS 7 without sessions', framework: 'adonis7', base: null },
  session8: {
    title: '@adonisjs/session 8.1.0',
    framework: 'adonis7',
    session: 'session8',
    base: 'adonis7',
  },
}

const ADONIS = ['bare', 'control', 'old', 'ours', 'ours0', 'floor']

const DRIVERS = {
  cookie: { servers: [...ADONIS, 'node', 'iron-session'], keepsLarge: false, keepsMillion: false },
  file: { servers: ADONIS, keepsLarge: true, keepsMillion: true },
  redis: {
    servers: [...ADONIS, 'express', 'express-session', 'fastify', 'fastify-session'],
    keepsLarge: true,
    keepsMillion: true,
  },
  postgres: {
    servers: [
      ...['bare', 'control', 'oldInRedis', 'ours', 'ours0', 'floor'],
      ...['express', 'connect-pg-simple'],
    ],
    keepsLarge: true,
    keepsMillion: true,
  },
  memory: {
    servers: [...ADONIS, 'fastify', 'fastify-session'],
    keepsLarge: true,
    keepsMillion: true,
  },
}

/** `bytes` is the size of the session as JSON; `null`: the request brings no cookie. */
const WORKLOADS = {
  read: { title: 'read a session of 1 KB', short: 'read', path: '/read', bytes: 1024 },
  write: { title: 'write a session of 1 KB', short: 'write', path: '/write', bytes: 1024 },
  untouched: {
    title: 'handler that does not use the session',
    short: 'not used',
    path: '/untouched',
    bytes: 1024,
  },
  visitor: {
    title: 'first visit that stores nothing',
    short: 'first visit',
    path: '/read',
    bytes: null,
  },
  'read-32k': {
    title: 'read a session of 32 KB',
    short: 'read 32 KB',
    path: '/read',
    bytes: 32768,
    isLarge: true,
  },
  'write-32k': {
    title: 'write a session of 32 KB',
    short: 'write 32 KB',
    path: '/write',
    bytes: 32768,
    isLarge: true,
  },
}

/**
 * What a server is put under, over how many connections and by how many browsers: two for each connection, so that
 * none waits for itself, or one for all. Without a `path`: every fifth request writes, the others read.
 */
const PRESSURES = {
  mixed32: { title: '32 connections', connections: 32, browsers: 512 },
  mixed256: { title: '256 connections', connections: 256, browsers: 512 },
  hot: { title: '50 writers of one session', connections: 50, browsers: 1, path: '/increment' },
  logins: { title: '256 logins at once', connections: 256, browsers: 512, path: '/login' },
}

/** The workloads that a driver can hold: a session of 32 KB fits into no cookie. */
function workloadsOf(driver, chosen = Object.keys(WORKLOADS)) {
  return chosen.filter((name) => !WORKLOADS[name].isLarge || DRIVERS[driver].keepsLarge)
}

module.exports = { SERVERS, DRIVERS, WORKLOADS, PRESSURES, workloadsOf }
