/** `npm run bench`: measures all servers, prints the tables, and writes what was asked for. */
const fs = require('fs')
const { parseArgs } = require('util')
const { DRIVERS, SERVERS, WORKLOADS } = require('./catalog')
const { judge } = require('./goals')
const { writeDocs } = require('./report/markdown')
const { Progress } = require('./report/progress')
const { costChart } = require('./report/charts')
const { print } = require('./report/terminal')

/** In the order in which they run. `company` runs on Linux with x64 alone. */
const PARTS = ['time', 'parallel', 'counts', 'pressure', 'company', 'million', 'prune', 'growth']

const HELP = `Compares sessions: AdonisJS 5 bare, with @adonisjs/session 6.4.0, with adonis5-session, and others.

  npm run bench -- [options]
  npm run bench -- profile --help
  npm run bench -- outage --help
  npm run bench -- scale --help

  --drivers LIST     ${Object.keys(DRIVERS).join(',')}
  --workloads LIST   ${Object.keys(WORKLOADS).join(',')}
  --servers LIST     ${Object.keys(SERVERS).join(',')}
  --parts LIST       ${PARTS.join(',')}
  --rounds N         batches of each server, in turns (11)
  --requests N       requests of a batch (800)
  --browsers N       sessions that take turns (64)
  --quick            a few requests of each, in about a minute: does it run?
  --json FILE        writes all results
  --svg FILE         writes the chart of the costs
  --docs             writes benchmarks/results.md, and the summary and the charts of docs/performance.md
  --from FILE        prints, and writes, the results of an earlier run (its --json)
  --ours FOLDER      a build of adonis5-session other than that of the repository
`

const list = (names) => ({ type: 'string', default: names.join() })

const OPTIONS = {
  drivers: list(Object.keys(DRIVERS)),
  workloads: { type: 'string' },
  servers: list(Object.keys(SERVERS)),
  parts: list(PARTS),
  rounds: { type: 'string' },
  requests: { type: 'string' },
  browsers: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  svg: { type: 'string' },
  docs: { type: 'boolean', default: false },
  from: { type: 'string' },
  ours: { type: 'string' },
  help: { type: 'boolean', default: false },
}

/** How much is done by default, and to see whether it runs. */
const FULL = {
  rounds: 11,
  requests: 800,
  warmUp: 2000,
  browsers: 64,
  stored: [1_000, 1_000_000],
  pressure: { rounds: 5 },
}
const QUICK = {
  rounds: 2,
  requests: 50,
  warmUp: 50,
  browsers: 16,
  stored: [100, 10_000],
  increments: 2,
  pressure: { rounds: 1, seconds: 0.2 },
}
const QUICK_WORKLOADS = ['read', 'write', 'visitor']

/** An error in the words on the command line, coded as those of `parseArgs`. */
function misused(message) {
  return Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_VALUE' })
}

/** The names of a list, each of which must be known. */
function chosen(option, text, known) {
  const names = text.split(',').filter(Boolean)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw misused(`--${option} does not know "${unknown}". It knows ${known.join(', ')}`)
  }
  return names
}

function amount(option, text, fallback) {
  const count = text === undefined ? fallback : Number(text)
  if (!Number.isInteger(count) || count < 1) {
    throw misused(`--${option} must be a number from 1 on`)
  }
  return count
}

function settingsOf(options) {
  const size = options.quick ? QUICK : FULL
  const known = Object.keys(WORKLOADS)
  const workloads = options.quick ? QUICK_WORKLOADS : known
  return {
    ...size,
    rounds: amount('rounds', options.rounds, size.rounds),
    requests: amount('requests', options.requests, size.requests),
    browsers: amount('browsers', options.browsers, size.browsers),
    growthRequests: options.quick ? 2_000 : 1_000_000,
    build: options.ours,
    drivers: chosen('drivers', options.drivers, Object.keys(DRIVERS)),
    workloads: chosen('workloads', options.workloads ?? workloads.join(), known),
    servers: chosen('servers', options.servers, Object.keys(SERVERS)),
    parts: chosen('parts', options.parts, PARTS),
  }
}

/** Runs all that was asked for, and adds on what it ran. */
async function measure(settings) {
  // They need what `prepare` installs, and `--help` doesn't.
  const { measureAll } = require('./measure/all')
  const { machine } = require('./report/machine')
  const progress = new Progress()
  const start = Date.now()
  const results = await measureAll(settings, progress)
  progress.clear()
  const { rounds, requests, browsers, stored, growthRequests } = settings
  return {
    machine: machine(),
    settings: { rounds, requests, browsers, stored, growthRequests },
    seconds: Math.round((Date.now() - start) / 1000),
    ...results,
  }
}

async function compare(args) {
  const { values: options } = parseArgs({ args, options: OPTIONS })
  if (options.help) {
    return console.log(HELP)
  }

  const settings = settingsOf(options)
  const results = options.from
    ? JSON.parse(fs.readFileSync(options.from, 'utf8'))
    : await measure(settings)
  results.goals = options.quick ? [] : judge(results)

  print(results)
  options.quick && console.log('\n--quick measures too little to judge the goals.')
  console.log(`\nIt took ${results.seconds} seconds.`)
  options.json && fs.writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
  options.svg && fs.writeFileSync(options.svg, costChart(results))
  options.docs && writeDocs(results)
}

module.exports = { compare }
