/**
 * The servers that keep sessions, of the benchmarks' own, on the loopback interface and on free ports. They
 * are those of the tests, which are TypeScript.
 */
const fs = require('fs')
const path = require('path')

const ROOT = path.join(__dirname, '..', '..')

/** What `makeTables` of the tests needs is resolved from the repository. */
require(path.join(ROOT, 'bin', 'register'))
const { startRedis } = require(path.join(ROOT, 'test', 'services', 'redis'))
const { startPostgres, postgresVersion } = require(path.join(ROOT, 'test', 'services', 'postgres'))
const { makeTables } = require(path.join(ROOT, 'test', 'services', 'tables'))

/** A PostgreSQL with the table of sessions, and one for the floor. */
async function postgres() {
  const server = await startPostgres()
  // Within the repository, where TypeScript compiles it.
  fs.mkdirSync(path.join(ROOT, 'tmp'), { recursive: true })
  const folder = fs.mkdtempSync(path.join(ROOT, 'tmp', 'bench-'))
  process.env.TEST_POSTGRES_PORT = String(server.port)
  await makeTables(folder)
  fs.rmSync(folder, { recursive: true })
  await query(server.port, 'CREATE TABLE floor (id text PRIMARY KEY, data text, until bigint)')
  return server
}

/** One statement, on a connection of its own. */
async function query(port, text) {
  const { Client } = require('pg')
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

/** By the name of a driver; the others need no server. */
const STORES = { redis: () => startRedis(), postgres }

/** Starts the servers that drivers need, by their names. */
async function startStores(drivers) {
  const stores = {}
  for (const driver of drivers) {
    if (STORES[driver] && !stores[driver]) {
      stores[driver] = await STORES[driver]()
    }
  }
  return stores
}

module.exports = { startStores, query, postgresVersion }
