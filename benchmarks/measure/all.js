const { DRIVERS, WORKLOADS, workloadsOf } = require('../catalog')
const { Group } = require('../harness/group')
const { prepareCompany } = require('../prepare')
const { canRun, company } = require('./company')
const { count } = require('./counts')
const { growth } = require('./growth')
const { million } = require('./million')
const { parallel } = require('./parallel')
const { DRIVERS: PRESSED, pressure } = require('./pressure')
const { prune } = require('./prune')
const { timeInRounds } = require('./timing')

/** The drivers whose process is watched for growth; the requests are shared out among them. */
const GROWTH = ['redis', 'memory']

/** The first workload of a group warms what all of them use: so many times the requests. */
const FIRST_WARM_UP = 4

/** A session of 32 KB takes ten times as long: this share of the requests has to do. */
const LARGE = 1 / 3

/** Servers that the counting and the parallel requests say nothing new about. */
const isWithoutSession = ({ session }) => !session

/** CPU time and latency of all servers of a driver, in all workloads, and the parallel requests. */
async function timeDriver(driver, names, options, progress) {
  const group = await Group.start(driver, names, { build: options.build })
  const results = { timings: {}, parallel: {} }

  for (const workload of options.parts.includes('time')
    ? workloadsOf(driver, options.workloads)
    : []) {
    progress.begin(`${driver}: ${WORKLOADS[workload].title}`)
    const { path, bytes, isLarge } = WORKLOADS[workload]
    const isFirst = Object.keys(results.timings).length === 0
    for (const member of group.members) {
      const needed = isWithoutSession(member.spec) ? null : bytes
      const next = await member.load.crowd(needed, options.browsers)
      member.request = { path, next }
    }
    results.timings[workload] = await timeInRounds(group.members, {
      rounds: options.rounds,
      requests: Math.ceil(options.requests * (isLarge ? LARGE : 1)),
      warmUp: Math.ceil(options.warmUp * (isLarge ? LARGE : isFirst ? FIRST_WARM_UP : 1)),
      progress: (text) => progress.note(text),
    })
  }

  if (options.parts.includes('parallel')) {
    progress.begin(`${driver}: 50 connections on one session`)
    for (const member of group.members) {
      if (member.spec.session && member.spec.session !== 'floor') {
        progress.note(member.name)
        results.parallel[member.name] = await parallel(member, options.increments)
      }
    }
  }
  await group.stop()
  return results
}

/** Everything that was asked for, by its part: see `PARTS` in `compare.js`. */
async function measureAll(options, progress) {
  const { drivers, servers, workloads, parts, build } = options
  const results = {
    ...{ timings: {}, counts: {}, parallel: {}, pressure: {}, company: {} },
    ...{ million: {}, prune: {}, growth: {} },
  }
  const note = (text) => progress.note(text)

  for (const driver of drivers) {
    const names = DRIVERS[driver].servers.filter((name) => servers.includes(name))
    if (parts.includes('time') || parts.includes('parallel')) {
      const { timings, parallel: lost } = await timeDriver(driver, names, options, progress)
      results.timings[driver] = timings
      results.parallel[driver] = lost
    }
    if (parts.includes('counts')) {
      progress.begin(`${driver}: round trips and bytes`)
      const counted = names.filter((name) => name !== 'control')
      results.counts[driver] = await count(driver, counted, workloads, { build, progress: note })
    }
  }

  for (const driver of drivers.filter((name) => PRESSED.includes(name))) {
    if (parts.includes('pressure')) {
      progress.begin(`${driver}: under pressure`)
      results.pressure[driver] = await pressure(driver, {
        ...options.pressure,
        build,
        progress: note,
      })
    }
  }

  if (parts.includes('company') && canRun()) {
    prepareCompany()
    progress.begin('in company, on Node.js 24')
    results.company = await company(options, note)
  }

  for (const driver of drivers.filter((name) => DRIVERS[name].keepsMillion)) {
    if (parts.includes('million')) {
      progress.begin(`${driver}: ${options.stored[1]} stored sessions`)
      const timing = { ...options, progress: note }
      results.million[driver] = await million(driver, options.stored, timing)
    }
  }

  if (parts.includes('prune') && drivers.includes('postgres')) {
    progress.begin(`postgres: ${options.stored[1]} sessions that have ended`)
    results.prune.postgres = await prune(options.stored[1], { build, progress: note })
  }

  const watched = drivers.filter((name) => GROWTH.includes(name))
  if (parts.includes('growth') && watched.length > 0) {
    progress.begin(`${options.growthRequests} requests: memory`)
    const requests = Math.round(options.growthRequests / watched.length)
    const measured = watched.map((driver) => growth(driver, { requests, build, progress: note }))
    const memories = await Promise.all(measured)
    watched.forEach((driver, index) => (results.growth[driver] = memories[index]))
  }
  return results
}

module.exports = { measureAll }
