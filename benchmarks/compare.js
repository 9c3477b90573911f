/** `npm run bench`: the comparison of all servers. */
const { parseArgs } = require('util')
const { SERVERS, DRIVERS, WORKLOADS, workloadsOf } = require('./catalog')
const { Group } = require('./harness/group')
const { timeInRounds } = require('./measure/timing')
const { table } = require('./report/table')

const OPTIONS = {
  drivers: { type: 'string', default: Object.keys(DRIVERS).join() },
  workloads: { type: 'string', default: Object.keys(WORKLOADS).join() },
  servers: { type: 'string', default: Object.keys(SERVERS).join() },
  rounds: { type: 'string', default: '15' },
  requests: { type: 'string', default: '500' },
  quick: { type: 'boolean' },
  ours: { type: 'string' },
  help: { type: 'boolean' },
}

const us = (value) => (value === undefined ? '' : value.toFixed(1))

async function compare(args) {
  const { values: options } = parseArgs({ args, options: OPTIONS })
  const chosen = options.servers.split(',')
  for (const driver of options.drivers.split(',')) {
    const names = DRIVERS[driver].servers.filter((name) => chosen.includes(name))
    const group = await Group.start(driver, names, { build: options.ours })
    for (const workload of workloadsOf(driver, options.workloads.split(','))) {
      const { path, bytes, title } = WORKLOADS[workload]
      for (const member of group.members) {
        const bare = !member.spec.session
        member.request = { path, next: await member.load.crowd(bare ? null : bytes) }
      }
      const start = Date.now()
      const results = await timeInRounds(group.members, {
        rounds: Number(options.rounds),
        requests: Number(options.requests),
        warmUp: 2000,
        progress: () => {},
      })
      const old = results.old?.aboveInUs
      console.log(`\n${driver}, ${title}  (${((Date.now() - start) / 1000).toFixed(0)} s)`)
      console.log(
        table(
          ['server', 'CPU µs', '±', 'above base', '±', 'of 6.4.0', 'p50 ms', 'p99 ms'],
          names.map((name) => {
            const result = results[name]
            return [
              SERVERS[name].title,
              us(result.cpuInUs),
              us(result.cpuSpreadInUs),
              us(result.aboveInUs),
              us(result.aboveSpreadInUs),
              old && result.aboveInUs ? (result.aboveInUs / old).toFixed(2) : '',
              result.latencyInMs.toFixed(3),
              result.latency99InMs.toFixed(3),
            ]
          })
        )
      )
    }
    await group.stop()
  }
}

module.exports = { compare }
