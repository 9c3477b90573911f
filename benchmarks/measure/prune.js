const { Group } = require('../harness/group')
const { query } = require('../harness/stores')
const { fill } = require('./fill')
const { median, quantile } = require('./stats')

/** Requests beside the pruning, over so many connections. */
const CONNECTIONS = 4
const BROWSERS = 64

/** Latencies of a running load, in milliseconds. */
const summary = (times) => ({
  median: median(times),
  p99: quantile(times, 0.99),
  count: times.length,
})

/** Reads and writes until something is done. */
async function loadUntil(load, next, isDone) {
  const times = []
  while (!isDone()) {
    for (const path of ['/read', '/write']) {
      await load.run({ path, next, times, requests: 100, connections: CONNECTIONS })
    }
  }
  return summary(times)
}

/** A part of the time that the pruning took, without it. */
function after(timeInMs) {
  let isOver = false
  setTimeout(() => (isOver = true), timeInMs)
  return () => isOver
}

/**
 * Removes `rows` sessions that have ended from PostgreSQL, while others are read and written, of ours.
 *
 * @returns how long it took, its CPU time, and the latencies of requests before it and beside it
 */
async function prune(rows, { build, progress }) {
  const group = await Group.start('postgres', ['ours'], { build })
  const [{ child, load, spec }] = group.members
  await load.crowd(100, 1)
  progress(`making ${rows} sessions`)
  await fill('postgres', { spec }, { count: rows - 1, samples: 1 })
  await query(spec.postgresPort, 'UPDATE sessions SET expires_at = 1, sweep_at = 2')
  await query(spec.postgresPort, 'VACUUM ANALYZE sessions')
  const next = await load.crowd(1024, BROWSERS)

  progress('requests without pruning')
  await loadUntil(load, next, after(1000))
  const alone = await loadUntil(load, next, after(5000))
  progress(`removing ${rows} sessions beside requests`)
  let removed
  const start = Date.now()
  const pruned = child.ask('prune').then((count) => (removed = count))
  const beside = await loadUntil(load, next, () => removed !== undefined)
  await pruned
  const seconds = (Date.now() - start) / 1000
  await group.stop()
  return { removed, seconds, alone, beside }
}

module.exports = { prune }
