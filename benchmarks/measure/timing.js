const { SERVERS } = require('../catalog')
const { median, quantile, shuffled, spread } = require('./stats')

/** Connections at once while CPU time is measured; latency is measured with one. */
const CONNECTIONS = 8

/** Requests before each batch that are not measured: a process that has waited is slow at first. */
const SETTLING = 100

/** A batch of a slow server ends after this time, with the requests that it has answered. */
const BATCH_IN_SECONDS = 4

/** CPU time of the server per request of one batch, in microseconds. */
async function cpuOf({ child, load }, request, requests) {
  await load.run({ ...request, requests: SETTLING, connections: CONNECTIONS })
  const before = await child.ask('usage')
  const batch = { ...request, requests, connections: CONNECTIONS, seconds: BATCH_IN_SECONDS }
  const { sent, failed } = await load.run(batch)
  const after = await child.ask('usage')
  if (failed > 0) {
    throw new Error(`${failed} of ${sent} requests to "${child.spec.name}" failed`)
  }
  return (after.cpuInUs - before.cpuInUs) / sent
}

/**
 * Measures one request on several servers, in rounds: each round has a batch of each, in another
 * order, so that what disturbs the machine for a while disturbs all of them.
 *
 * @param members those of a group, with the request of each as `request: { path, next }`
 * @returns by name: CPU time in µs per request, latency in ms, and the cost above its base in µs
 */
async function timeInRounds(members, { rounds, requests, warmUp, progress }) {
  for (const { request, load } of members) {
    const seconds = 2 * BATCH_IN_SECONDS
    await load.run({ ...request, requests: warmUp, connections: CONNECTIONS, seconds })
  }

  const cpu = new Map(members.map(({ name }) => [name, []]))
  const times = new Map(members.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`)
    for (const member of shuffled(members)) {
      const { name, request, load } = member
      cpu.get(name).push(await cpuOf(member, request, requests))
      const alone = { connections: 1, seconds: 1, times: times.get(name) }
      await load.run({ ...request, ...alone, requests: Math.ceil(requests / 5) })
    }
  }
  return Object.fromEntries(
    members.map(({ name, base }) => [name, summary(name, base ?? SERVERS[name]?.base, cpu, times)])
  )
}

function summary(name, base, cpu, times) {
  const own = cpu.get(name)
  const result = {
    cpuInUs: median(own),
    cpuSpreadInUs: spread(own),
    latencyInMs: median(times.get(name)),
    latency99InMs: quantile(times.get(name), 0.99),
  }
  if (base && cpu.has(base)) {
    const above = own.map((value, round) => value - cpu.get(base)[round])
    return { ...result, aboveInUs: median(above), aboveSpreadInUs: spread(above) }
  }
  return result
}

module.exports = { timeInRounds }
