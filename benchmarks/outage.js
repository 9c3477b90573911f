/** `npm run bench -- outage`: what requests with a session wait for while Redis is down. */
const { parseArgs } = require('util')
const { SERVERS } = require('./catalog')
const { Group } = require('./harness/group')
const { table } = require('./report/table')

const HELP = `Sends requests with a session while Redis is down, and tells how long they waited.

  npm run bench -- outage [options]

  --requests N      (500)
  --connections N   requests at once (50)
  --ours FOLDER     a build of adonis5-session other than that of the repository
`

const OPTIONS = {
  requests: { type: 'string', default: '500' },
  connections: { type: 'string', default: '50' },
  ours: { type: 'string' },
  help: { type: 'boolean' },
}

const OUTAGES = {
  'refuses connections': 'SIGKILL',
  hangs: 'SIGSTOP',
}

const seconds = (timeInMs) => `${(timeInMs / 1000).toFixed(2)} s`

async function measure(signal, { requests, connections, ours }) {
  const group = await Group.start('redis', ['ours'], { build: ours })
  const [{ child, load }] = group.members
  const next = await load.crowd(1024)
  process.kill(group.stores.redis.pid, signal)

  const before = await child.ask('usage')
  const times = []
  const start = Date.now()
  const amount = { requests: Number(requests), connections: Number(connections) }
  const { failed } = await load.run({ path: '/read', next, times, ...amount })
  const tookInMs = Date.now() - start
  const cpuInMs = ((await child.ask('usage')).cpuInUs - before.cpuInUs) / 1000
  await group.stop()

  times.sort((one, other) => one - other)
  const waited = times.filter((time) => time > 1000).length
  const median = times[Math.floor(times.length / 2)]
  return [failed, seconds(tookInMs), seconds(median), waited, `${cpuInMs.toFixed(0)} ms`]
}

async function outage(args) {
  const { values: options } = parseArgs({ args, options: OPTIONS })
  if (options.help) {
    return console.log(HELP)
  }
  const rows = []
  for (const [name, signal] of Object.entries(OUTAGES)) {
    rows.push([`Redis ${name}`, ...(await measure(signal, options))])
  }
  console.log(
    `${SERVERS.ours.title}: ${options.requests} requests, ${options.connections} at once\n`
  )
  console.log(table(['', '503', 'all took', 'median', 'longer than 1 s', 'CPU time'], rows))
}

module.exports = { outage }
