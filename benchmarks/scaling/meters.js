/** What a store has used and what it holds: CPU time in µs, commands or statements, bytes written and held. */
const fs = require('fs')
const Redis = require('ioredis')
const { query } = require('../harness/stores')

/** The unit of the CPU times in `/proc`, in microseconds. */
const TICK = 10_000

/** CPU time of a process and of its children, those that have ended included. */
function cpuOf(pid) {
  let ticks = 0
  for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      const [, parent] = fields
      const [own, ofSystem, ended, endedOfSystem] = fields.slice(11, 15)
      if (Number(name) === pid) {
        ticks += own + ofSystem + ended + endedOfSystem
      } else if (parent === pid) {
        ticks += own + ofSystem
      }
    } catch {
      // The process has ended since the directory was read.
    }
  }
  return ticks * TICK
}

const METERS = {
  redis: {
    async used({ port, pid }) {
      const [, commands] = /total_commands_processed:(\d+)/.exec(await info(port, 'stats'))
      return { cpuInUs: cpuOf(pid), statements: Number(commands) }
    },
    async holds({ port }) {
      const [, bytes] = /used_memory:(\d+)/.exec(await info(port, 'memory'))
      const keys = /db0:keys=(\d+)/.exec(await info(port, 'keyspace'))
      const [, expired] = /expired_keys:(\d+)/.exec(await info(port, 'stats'))
      // Redis removes what has expired when it comes upon it: how soon says nothing about sessions.
      return { bytes: Number(bytes), added: Number(keys?.[1] ?? 0) + Number(expired) }
    },
  },

  postgres: {
    async used({ port, pid }) {
      const { rows } = await query(
        port,
        `SELECT xact_commit AS statements, pg_current_wal_lsn() - '0/0'::pg_lsn AS wal
         FROM pg_stat_database WHERE datname = current_database()`
      )
      const [{ statements, wal }] = rows
      return { cpuInUs: cpuOf(pid), statements: Number(statements), walBytes: Number(wal) }
    },
    async holds({ port }) {
      await query(port, 'VACUUM sessions')
      const { rows } = await query(
        port,
        `SELECT pg_total_relation_size('sessions') AS bytes, (SELECT count(*) FROM sessions) AS added`
      )
      const [{ bytes, added }] = rows
      return { bytes: Number(bytes), added: Number(added) }
    },
  },
}

async function info(port, section) {
  const redis = new Redis(port)
  const text = await redis.info(section)
  redis.disconnect()
  return text
}

/**
 * What a store uses and holds more of after an action than before.
 *
 * @returns `cpuInUs`, `statements` (with Redis, commands), with PostgreSQL `walBytes`, the `bytes` that it holds, and
 *   how many sessions and old ids were `added`
 */
async function measured(driver, store, action) {
  const meter = METERS[driver]
  const held = await meter.holds(store)
  const used = await meter.used(store)
  await action()
  const after = { ...(await meter.used(store)), ...(await meter.holds(store)) }
  const before = { ...used, ...held }
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]))
}

module.exports = { measured }
