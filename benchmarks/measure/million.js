const { SERVERS } = require('../catalog')
const { Browser } = require('../harness/browser')
const { Group } = require('../harness/group')
const { fill } = require('./fill')
const { timeInRounds } = require('./timing')

/** How many of the stored sessions take turns, spread over all of them: as many with either store. */
const USED = 1_000

/** How many take turns to see what it costs that nothing is seen twice within a short time. */
const WIDELY_USED = 20_000

/** A session of about 100 bytes, so that many fit into memory. */
const FIRST = '/fill?bytes=100'

/** Filling takes longer than a minute: until the sessions are due to be touched is longer still. */
const TOUCH_EVERY = '30m'

/** The page of each workload, and whose turn it is. */
const WORKLOADS = [
  ['read', '/read', 'next'],
  ['write', '/write', 'next'],
  ['read-wide', '/read', 'nextWide'],
]

const NODE_FLAGS = ['--max-old-space-size=8192']

function inTurns(browsers) {
  let turn = 0
  return () => browsers[turn++ % browsers.length]
}

/** Many of few, from what they differed by in the same rounds. */
function ratioOf({ few, many }) {
  return {
    ratio: 1 + many.aboveInUs / few.cpuInUs,
    ratioSpread: many.aboveSpreadInUs / few.cpuInUs,
  }
}

/** Fills the store of one server, and gives it browsers with the cookies of some of the sessions. */
async function prepare(driver, member, count, progress) {
  const { load, child } = member
  await load.visit(load.pool(1), new Browser(), FIRST)
  const { ids, stored } = await fill(driver, member, {
    count: count - 1,
    samples: WIDELY_USED,
    progress,
  })
  const signed = await child.ask('sign', ids)
  const browsers = signed.map((value) => new Browser([['adonis-session', value]]))
  const every = Math.max(Math.floor(browsers.length / USED), 1)
  const used = browsers.filter((_, index) => index % every === 0)
  return { stored, next: inTurns(used), nextWide: inTurns(browsers) }
}

/**
 * Compares the cost of a request with few and with many stored sessions, of ours: two servers with two
 * stores, alive at once, in interleaved rounds.
 *
 * @param sizes how many sessions are stored, such as `[1_000, 1_000_000]`
 * @returns by workload: the summaries of `few` and `many`, and their `ratio` of CPU time with its spread
 */
async function million(driver, sizes, { build, progress, ...timing }) {
  const specOf = () => ({ ...SERVERS.ours, touchEvery: TOUCH_EVERY })
  const groups = await Promise.all(
    ['few', 'many'].map(() =>
      Group.start(driver, ['ours'], { build, specOf, execArgv: NODE_FLAGS })
    )
  )

  const members = []
  for (const [index, name] of ['few', 'many'].entries()) {
    const [{ child, load, spec }] = groups[index].members
    const member = { name, child, load, spec, base: index ? 'few' : undefined }
    members.push({ ...member, ...(await prepare(driver, member, sizes[index], progress)) })
  }

  const stored = members.map((member) => member.stored)
  const results = { stored }
  for (const [workload, path, next] of WORKLOADS) {
    members.forEach((member) => (member.request = { path, next: member[next] }))
    const note = (text) => progress(`${stored[1]} sessions, ${workload}, ${text}`)
    const timed = await timeInRounds(members, { ...timing, progress: note })
    results[workload] = { ...timed, ...ratioOf(timed) }
  }
  progress('removing the sessions')
  await Promise.all(groups.map((group) => group.stop()))
  return results
}

module.exports = { million }
