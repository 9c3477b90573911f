/**
 * `npm run bench -- profile --driver redis --workload read --server ours`: where one server spends
 * the CPU time of a request, by package and by function.
 */
const fs = require('fs')
const { parseArgs } = require('util')
const { SERVERS, DRIVERS, WORKLOADS } = require('./catalog')
const { Group } = require('./harness/group')
const { selfTimes } = require('./report/self_times')
const { table } = require('./report/table')

const HELP = `Profiles one server.

  npm run bench -- profile [options]

  --server NAME     ${Object.keys(SERVERS).join(', ')} (ours)
  --driver NAME     ${Object.keys(DRIVERS).join(', ')} (redis)
  --workload NAME   ${Object.keys(WORKLOADS).join(', ')} (read)
  --requests N      requests under the profiler (20000)
  --top N           functions to print (25)
  --ours FOLDER     a build of adonis5-session other than that of the repository
  --out FILE        writes the profile for the developer tools of Chromium
`

const OPTIONS = {
  server: { type: 'string', default: 'ours' },
  driver: { type: 'string', default: 'redis' },
  workload: { type: 'string', default: 'read' },
  requests: { type: 'string', default: '20000' },
  top: { type: 'string', default: '25' },
  ours: { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean' },
}

const us = (value) => value.toFixed(2)
const share = (value, whole) => `${((100 * value) / whole).toFixed(1)} %`

async function profile(args) {
  const { values: options } = parseArgs({ args, options: OPTIONS })
  if (options.help) {
    return console.log(HELP)
  }
  const { server, driver, workload } = options
  const requests = Number(options.requests)
  const group = await Group.start(driver, [server], { build: options.ours })
  const [{ child, load }] = group.members
  const { path, bytes } = WORKLOADS[workload]
  const next = await load.crowd(SERVERS[server].session ? bytes : null)

  console.log(`${SERVERS[server].title}, ${driver}, ${WORKLOADS[workload].title}`)
  await load.run({ path, next, requests: 5000, connections: 8 })
  const before = await child.ask('usage')
  await load.run({ path, next, requests, connections: 8 })
  const cpu = ((await child.ask('usage')).cpuInUs - before.cpuInUs) / requests
  await child.ask('startProfile', { intervalInUs: 100 })
  await load.run({ path, next, requests, connections: 8 })
  const recorded = await child.ask('stopProfile')
  await group.stop()

  const { packages, functions, busyInUs } = selfTimes(recorded)
  const row = ([name, self]) => [name, us(self / requests), share(self, busyInUs)]
  console.log(`\nCPU time of a request, all threads, unprofiled: ${us(cpu)} µs`)
  console.log(`Main thread of a request, profiled: ${us(busyInUs / requests)} µs\n`)
  console.log(table(['package', 'µs/request', 'share'], packages.map(row)))
  console.log(
    `\n${table(['function', 'µs/request', 'share'], functions.slice(0, Number(options.top)).map(row))}`
  )
  if (options.out) {
    fs.writeFileSync(options.out, JSON.stringify(recorded))
  }
}

module.exports = { profile }
