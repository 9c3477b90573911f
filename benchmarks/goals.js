/** The goals, as a table: what is compared, on which results, and the limit. */

/** Cost above the bare server, as a share of what 6.4.0 costs above it. */
const shareOf = (driver, workload, server) => (results) => {
  const found = results.timings[driver]?.[workload]
  return found?.old && found[server] && found[server].aboveInUs / found.old.aboveInUs
}

const countOf = (driver, workload, pick) => (results) => {
  const found = results.counts[driver]?.[workload]?.ours
  return found && pick(found)
}

/** By how much a larger session makes the request to Redis larger: by nothing, if no value goes there. */
const bytesPerByte = (results) => {
  const small = results.counts.redis?.read?.ours
  const large = results.counts.redis?.['read-32k']?.ours
  return small && large && large.store.sentBytes - small.store.sentBytes
}

/** Cost above the bare server, over what two equal servers or two batches of one differ by. */
const overNoise = (driver) => (results) => {
  const found = results.timings[driver]?.visitor
  if (!found?.ours || !found.control) {
    return undefined
  }
  const noise = Math.max(found.bare.cpuSpreadInUs, Math.abs(found.control.aboveInUs))
  return found.ours.aboveInUs / noise
}

const flat = (driver, workload) => (results) => results.million[driver]?.[workload].ratio

const grownBy = (driver) => (results) => {
  const found = results.growth[driver]
  return found && (found.late.heapUsed - found.early.heapUsed) / 2 ** 20
}

const lost = (driver) => (results) => results.parallel[driver]?.ours?.lost

const THIRD = 1 / 3

/** `limit: null` has no goal and is reported. `unit` is empty for ratios. */
const GOALS = [
  ['redis, read: CPU of 6.4.0', shareOf('redis', 'read', 'ours'), THIRD],
  ['redis, untouched: CPU of 6.4.0', shareOf('redis', 'untouched', 'ours'), THIRD],
  ['redis, read, touchEvery 0: CPU of 6.4.0', shareOf('redis', 'read', 'ours0'), 1 / 2],
  ['redis, untouched, touchEvery 0: CPU of 6.4.0', shareOf('redis', 'untouched', 'ours0'), 1 / 2],
  ['redis, write: CPU of 6.4.0', shareOf('redis', 'write', 'ours'), 1 / 2],
  ['cookie, read: CPU of 6.4.0', shareOf('cookie', 'read', 'ours'), 1 / 2],
  ['cookie, untouched: CPU of 6.4.0', shareOf('cookie', 'untouched', 'ours'), 1 / 2],
  ['cookie, write: CPU of 6.4.0', shareOf('cookie', 'write', 'ours'), null],
  ['file, read: CPU of 6.4.0', shareOf('file', 'read', 'ours'), null],
  ['file, untouched: CPU of 6.4.0', shareOf('file', 'untouched', 'ours'), null],
  ['file, write: CPU of 6.4.0', shareOf('file', 'write', 'ours'), null],
  ['memory, read: CPU of 6.4.0', shareOf('memory', 'read', 'ours'), 1 / 4],
  ['memory, untouched: CPU of 6.4.0', shareOf('memory', 'untouched', 'ours'), 1 / 4],
  ['memory, write: CPU of 6.4.0', shareOf('memory', 'write', 'ours'), 1 / 4],

  ['redis, read: round trips', countOf('redis', 'read', ({ store }) => store.trips), 1],
  ['redis, untouched: round trips', countOf('redis', 'untouched', ({ store }) => store.trips), 1],
  ['redis, write: round trips', countOf('redis', 'write', ({ store }) => store.trips), 2],
  ['redis, visitor: round trips', countOf('redis', 'visitor', ({ store }) => store.trips), 0],
  ['redis, read: bytes sent', countOf('redis', 'read', ({ store }) => store.sentBytes), 200],
  ['redis, read of 32 KB: bytes sent beyond those of 1 KB', bytesPerByte, 0],
  ['cookie, read: Set-Cookie', countOf('cookie', 'read', (found) => found.setCookies), 0],
  ['cookie, untouched: Set-Cookie', countOf('cookie', 'untouched', (found) => found.setCookies), 0],

  ...['cookie', 'file', 'redis', 'memory'].map((driver) => [
    `${driver}, visitor: above bare, in noise`,
    overNoise(driver),
    1,
  ]),
  ...['file', 'redis', 'memory'].flatMap((driver) =>
    ['read', 'write'].map((workload) => [
      `${driver}, ${workload}: CPU with a million sessions, of a thousand`,
      flat(driver, workload),
      1.1,
    ])
  ),
  ...['file', 'redis', 'memory'].map((driver) => [`${driver}: lost updates`, lost(driver), 0]),
  ...['redis', 'memory'].map((driver) => [`${driver}: heap grown, MB`, grownBy(driver), 1]),
]

/** The goals that the results say something about, each with what was measured and whether it is met. */
function judge(results) {
  return GOALS.map(([goal, measure, limit]) => ({ goal, limit, measured: measure(results) }))
    .filter(({ measured }) => measured !== undefined)
    .map((goal) => ({ ...goal, isMet: goal.limit === null ? null : goal.measured <= goal.limit }))
}

module.exports = { judge }
