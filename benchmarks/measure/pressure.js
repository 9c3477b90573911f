const { PRESSURES } = require('../catalog')
const { Group } = require('../harness/group')
const { median, quantile, shuffled } = require('./stats')

/** Every fifth request of a mixture writes. */
function mixture() {
  let turn = 0
  return () => (turn++ % 5 === 0 ? '/write' : '/read')
}

/** How long each server is under pressure in a round, and before the first one. */
const SECONDS = 2

const SERVERS_OF = {
  file: ['bare', 'old', 'ours'],
  redis: ['bare', 'old', 'ours'],
  postgres: ['bare', 'oldInRedis', 'ours'],
}

/** One batch: how many answers a second, how many of them were errors, and how long each took. */
async function batch({ load, request }, seconds) {
  const times = []
  const start = process.hrtime.bigint()
  const { sent, failed } = await load.run({ ...request, seconds, times, requests: Infinity })
  const tookInSeconds = Number(process.hrtime.bigint() - start) / 1e9
  const half = Math.floor(times.length / 2)
  return {
    times,
    failed,
    perSecond: sent / tookInSeconds,
    // More than 1 where a queue grows as long as the pressure lasts.
    drift: median(times.slice(half)) / median(times.slice(0, half)),
  }
}

function summary(batches) {
  const times = batches.flatMap((one) => one.times)
  return {
    perSecond: median(batches.map((one) => one.perSecond)),
    medianInMs: median(times),
    p99InMs: quantile(times, 0.99),
    longestInMs: quantile(times, 1),
    drift: median(batches.map((one) => one.drift)),
    failedShare: batches.reduce((sum, one) => sum + one.failed, 0) / times.length,
  }
}

/** One kind of pressure on all servers, in rounds, each in another order. */
async function measureKind(kind, members, { rounds, seconds, progress }) {
  const { connections, browsers, path } = PRESSURES[kind]
  for (const member of members) {
    const next = await member.load.crowd(member.spec.session ? 1024 : null, browsers)
    member.request = { path: path ?? mixture(), next, connections }
    await batch(member, seconds)
  }
  const batches = new Map(members.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    progress(`${PRESSURES[kind].title}, round ${round} of ${rounds}`)
    for (const member of shuffled(members)) {
      batches.get(member.name).push(await batch(member, seconds))
    }
  }
  return Object.fromEntries([...batches].map(([name, found]) => [name, summary(found)]))
}

/**
 * What browsers wait for when they ask as fast as they are answered: all connections are always busy.
 *
 * @returns by kind and server: answers per second, latencies in ms, the drift of the median between the
 *   first half of a batch and the second, and the share of errors
 */
async function pressure(driver, { rounds, seconds = SECONDS, build, progress }) {
  const group = await Group.start(driver, SERVERS_OF[driver], { build })
  const results = {}
  for (const kind of Object.keys(PRESSURES)) {
    results[kind] = await measureKind(kind, group.members, { rounds, seconds, progress })
  }
  await group.stop()
  return results
}

module.exports = { pressure, DRIVERS: Object.keys(SERVERS_OF) }
