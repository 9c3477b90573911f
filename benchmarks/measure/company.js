const path = require('path')
const { WORKLOADS } = require('../catalog')
const { Group } = require('../harness/group')
const { parallel } = require('./parallel')
const { timeInRounds } = require('./timing')

/** The Node.js that `company/package.json` names: 24.18 to 24.21 sign slowly with the kind of key that AdonisJS uses. */
const execPath = path.join(__dirname, '..', 'company', 'node_modules', 'node', 'bin', 'node')

const NAMES = ['bare', 'old', 'ours', 'adonis7', 'session8']
const DRIVERS = ['cookie', 'file', 'redis']
const PAGES = ['read', 'write', 'untouched', 'visitor']

/** Packages that hold a Node binary exist for this platform. */
const canRun = () => process.platform === 'linux' && process.arch === 'x64'

async function measureDriver(driver, { build, increments, ...options }, progress) {
  const group = await Group.start(driver, NAMES, { build, execPath })
  const results = { timings: {}, parallel: {} }
  for (const workload of PAGES) {
    const { path: page, bytes } = WORKLOADS[workload]
    for (const member of group.members) {
      const next = await member.load.crowd(member.spec.session ? bytes : null, options.browsers)
      member.request = { path: page, next }
    }
    const note = (text) => progress(`${driver}, ${workload}, ${text}`)
    results.timings[workload] = await timeInRounds(group.members, { ...options, progress: note })
  }
  // With cookies there is nothing that two requests share.
  for (const member of driver === 'cookie'
    ? []
    : group.members.filter(({ spec }) => spec.session)) {
    progress(`${driver}, 50 connections on one session, ${member.name}`)
    results.parallel[member.name] = await parallel(member, increments)
  }
  await group.stop()
  return results
}

/**
 * `@adonisjs/session` 8 on AdonisJS 7 beside 6.4.0 and ours on AdonisJS 5, each over its own framework without
 * sessions, all on the Node.js that the newest of them needs.
 *
 * @returns by driver, `timings` by workload, and `parallel`
 */
async function company(options, progress) {
  const results = {}
  for (const driver of DRIVERS) {
    results[driver] = await measureDriver(driver, options, progress)
  }
  return results
}

module.exports = { company, canRun, PAGES }
