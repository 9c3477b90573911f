const { PRESSURES, SERVERS, WORKLOADS } = require('../catalog')
const { dependencies } = require('../company/package.json')
const { CONNECTIONS } = require('../measure/parallel')

/** The results as tables: a title, a head, and rows of text. Each output draws them in its own way. */

const us = (value) => (value === undefined ? '' : value.toFixed(1))
const ms = (value) => value.toFixed(2)
const mb = (value) => (value / 2 ** 20).toFixed(1)
const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2))
const titleOf = (name) => SERVERS[name].title

function timeTable(driver, workload, timed) {
  const old = (timed.old ?? timed.oldInRedis)?.aboveInUs
  return {
    title: `${driver}: ${WORKLOADS[workload].title}`,
    head: ['server', 'CPU µs', '±', 'above bare', '±', 'of 6.4.0', 'p50 ms', 'p99 ms'],
    rows: Object.entries(timed).map(([name, found]) => [
      titleOf(name),
      us(found.cpuInUs),
      us(found.cpuSpreadInUs),
      us(found.aboveInUs),
      us(found.aboveSpreadInUs),
      old && found.aboveInUs !== undefined ? (found.aboveInUs / old).toFixed(2) : '',
      ms(found.latencyInMs),
      ms(found.latency99InMs),
    ]),
  }
}

const words = (counts) =>
  Object.entries(counts ?? {})
    .map(([name, count]) => `${number(count)} ${name}`)
    .join(', ') || '-'

/** What reaches the store and the browser in one request. */
function countTable(driver, counts) {
  const store = { redis: 'commands', file: 'files' }[driver]
  const head = ['server', 'workload', 'Set-Cookie', 'HTTP in', 'HTTP out']
  const isServer = driver === 'redis' || driver === 'postgres'
  const trips = isServer ? ['trips', 'to the store', 'from the store'] : []
  const rows = Object.entries(counts).flatMap(([workload, servers]) =>
    Object.entries(servers)
      .filter(([name]) => SERVERS[name].session)
      .map(([name, found]) => [
        titleOf(name),
        workload,
        number(found.setCookies),
        String(Math.round(found.requestBytes)),
        String(Math.round(found.responseBytes)),
        ...(found.store
          ? [
              number(found.store.trips),
              String(Math.round(found.store.sentBytes)),
              String(Math.round(found.store.receivedBytes)),
            ]
          : []),
        ...(store ? [words(found[store])] : []),
      ])
  )
  return {
    title: `${driver}: per request, trips and bytes`,
    head: [...head, ...trips, ...(store ? [store] : [])],
    rows,
  }
}

function parallelTable(parallel) {
  return {
    title: `${CONNECTIONS} connections add to one counter of one session`,
    head: ['server', 'driver', 'requests', 'failed', 'lost updates', 'CPU µs'],
    rows: Object.entries(parallel).flatMap(([driver, servers]) =>
      Object.entries(servers).map(([name, { sent, failed, lost, cpuInUs }]) => [
        titleOf(name),
        driver,
        String(sent),
        String(failed),
        String(lost),
        us(cpuInUs),
      ])
    ),
  }
}

function pressureTable(driver, kinds) {
  return {
    title: `${driver}: under pressure`,
    head: [
      'load',
      'server',
      'answers/s',
      'p50 ms',
      'p99 ms',
      'longest ms',
      'later of first',
      'errors %',
    ],
    rows: Object.entries(kinds).flatMap(([kind, servers]) =>
      Object.entries(servers).map(([name, found]) => [
        PRESSURES[kind].title,
        titleOf(name),
        String(Math.round(found.perSecond)),
        ms(found.medianInMs),
        ms(found.p99InMs),
        ms(found.longestInMs),
        found.drift.toFixed(2),
        (100 * found.failedShare).toFixed(1),
      ])
    ),
  }
}

/** CPU time above the own framework without sessions. */
function companyTable(company) {
  const drivers = Object.entries(company)
  const names = ['old', 'session8', 'ours']
  const workloads = Object.keys(drivers[0]?.[1].timings ?? {})
  return {
    title: `in company, on Node.js ${dependencies.node.split('@').pop()}: CPU µs above the framework without sessions`,
    head: ['driver', 'server', ...workloads.map((name) => WORKLOADS[name].short), 'lost of 1000'],
    rows: drivers.flatMap(([driver, { timings, parallel }]) =>
      names.map((name) => [
        driver,
        titleOf(name),
        ...workloads.map((workload) => {
          const { aboveInUs, aboveSpreadInUs } = timings[workload][name]
          return `${us(aboveInUs)} ± ${us(aboveSpreadInUs)}`
        }),
        parallel[name] ? String(parallel[name].lost) : '',
      ])
    ),
  }
}

function millionTable(million) {
  return {
    title: 'few and many stored sessions, adonis5-session',
    head: ['driver', 'workload', 'few', 'many', 'CPU µs, few', 'CPU µs, many', 'many of few', '±'],
    rows: Object.entries(million).flatMap(([driver, { stored, ...workloads }]) =>
      Object.entries(workloads).map(([workload, { few, many, ratio, ratioSpread }]) => [
        driver,
        workload,
        ...stored.map(String),
        us(few.cpuInUs),
        us(many.cpuInUs),
        ratio.toFixed(2),
        ratioSpread.toFixed(2),
      ])
    ),
  }
}

function pruneTable(prune) {
  return {
    title: 'removing what has ended beside requests, adonis5-session',
    head: [
      'driver',
      'rows',
      'seconds',
      'rows/s',
      'p50 ms alone',
      'beside',
      'p99 ms alone',
      'beside',
    ],
    rows: Object.entries(prune ?? {}).map(([driver, { removed, seconds, alone, beside }]) => [
      driver,
      String(removed),
      seconds.toFixed(1),
      String(Math.round(removed / seconds)),
      ms(alone.median),
      ms(beside.median),
      ms(alone.p99),
      ms(beside.p99),
    ]),
  }
}

function growthTable(growth) {
  return {
    title: 'memory of the process in MB after garbage collection, adonis5-session',
    head: [
      'driver',
      'requests',
      'heap at a tenth',
      'heap at the end',
      'RSS at a tenth',
      'RSS at the end',
    ],
    rows: Object.entries(growth).map(([driver, { requests, early, late }]) => [
      driver,
      String(requests),
      mb(early.heapUsed),
      mb(late.heapUsed),
      mb(early.rss),
      mb(late.rss),
    ]),
  }
}

const VERDICTS = new Map([
  [true, 'met'],
  [false, 'MISSED'],
  [null, 'no goal'],
])

function goalTable(goals) {
  return {
    title: 'goals, adonis5-session',
    head: ['goal', 'at most', 'measured', 'floor', ''],
    rows: goals.map(({ goal, limit, measured, floor, isMet }) => [
      goal,
      limit === null ? '' : number(limit),
      number(measured),
      floor === undefined ? '' : number(floor),
      VERDICTS.get(isMet),
    ]),
  }
}

/** All tables of the results, without those that have no rows. */
function tablesOf(results) {
  const { timings, counts, parallel, pressure = {}, company = {} } = results
  const { million, prune, growth, goals } = results
  return [
    ...Object.entries(timings).flatMap(([driver, workloads]) =>
      Object.entries(workloads).map(([workload, timed]) => timeTable(driver, workload, timed))
    ),
    ...Object.entries(counts).map(([driver, counted]) => countTable(driver, counted)),
    parallelTable(parallel),
    ...Object.entries(pressure).map(([driver, kinds]) => pressureTable(driver, kinds)),
    companyTable(company),
    millionTable(million),
    pruneTable(prune),
    growthTable(growth),
    goalTable(goals),
  ].filter(({ rows }) => rows.length > 0)
}

module.exports = { tablesOf, timeTable, goalTable }
