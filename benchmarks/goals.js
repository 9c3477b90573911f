/** The goals, as a table: what is compared, on which results, and the limit. */

/** Cost above the bare server, as a share of what 6.4.0 costs above it. */
const shareOf = (driver, workload, server) => (results) => {
  const found = results.timings[driver]?.[workload]
  const old = found?.old ?? found?.oldInRedis
  return old && found[server] && found[server].aboveInUs / old.aboveInUs
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

const above = (driver) => (results) => results.timings[driver]?.visitor?.ours?.aboveInUs

const flat = (driver, workload) => (results) => results.million[driver]?.[workload].ratio

const grownBy = (driver) => (results) => {
  const found = results.growth[driver]
  return found && (found.late.heapUsed - found.early.heapUsed) / 2 ** 20
}

const lost = (driver) => (results) => results.parallel[driver]?.ours?.lost

const LABELS = { ours: '', ours0: ', touchEvery 0' }

/** A goal for the cost above bare, and beside it where the floor is. */
function share(driver, workload, limit, server = 'ours') {
  return {
    goal: `${driver}, ${workload}${LABELS[server]}: CPU above bare, of 6.4.0`,
    measure: shareOf(driver, workload, server),
    limit,
    floor: shareOf(driver, workload, 'floor'),
  }
}

/** Without a limit there is no goal, and the number is reported. */
const SHARES = [
  share('redis', 'read', 0.34),
  share('redis', 'untouched', 0.34),
  share('redis', 'read', 1 / 2, 'ours0'),
  share('redis', 'untouched', 1 / 2, 'ours0'),
  share('redis', 'write', 0.65),
  share('redis', 'write-32k', 0.85),
  share('cookie', 'read', 0.5),
  share('cookie', 'untouched', 0.3),
  share('cookie', 'write', 0.9),
  share('file', 'read', null),
  share('file', 'untouched', null),
  share('file', 'write', 1),
  share('file', 'write-32k', 1),
  share('postgres', 'read', null),
  share('postgres', 'untouched', null),
  share('postgres', 'write', null),
  share('memory', 'read', null),
  share('memory', 'write', null),
  share('memory', 'read-32k', 2),
]

/** What is counted or compared otherwise: the goal, the measure and the limit. */
const OTHERS = [
  ['redis, read: round trips', countOf('redis', 'read', ({ store }) => store.trips), 1],
  ['redis, untouched: round trips', countOf('redis', 'untouched', ({ store }) => store.trips), 1],
  ['redis, write: round trips', countOf('redis', 'write', ({ store }) => store.trips), 2],
  ['redis, visitor: round trips', countOf('redis', 'visitor', ({ store }) => store.trips), 0],
  ['redis, read: bytes sent', countOf('redis', 'read', ({ store }) => store.sentBytes), 200],
  ['redis, read of 32 KB: bytes sent beyond those of 1 KB', bytesPerByte, 0],
  ['postgres, read: round trips', countOf('postgres', 'read', ({ store }) => store.trips), 1],
  ['postgres, write: round trips', countOf('postgres', 'write', ({ store }) => store.trips), 2],
  ['postgres, visitor: round trips', countOf('postgres', 'visitor', ({ store }) => store.trips), 0],
  ['cookie, read: Set-Cookie', countOf('cookie', 'read', (found) => found.setCookies), 0],
  ['cookie, untouched: Set-Cookie', countOf('cookie', 'untouched', (found) => found.setCookies), 0],

  ...['cookie', 'file', 'redis', 'postgres', 'memory'].map((driver) => [
    `${driver}, visitor: CPU above bare, µs`,
    above(driver),
    5,
  ]),
  ...['file', 'redis', 'postgres', 'memory'].flatMap((driver) =>
    ['read', 'write'].map((workload) => [
      `${driver}, ${workload}: CPU with a million sessions, of a thousand`,
      flat(driver, workload),
      1.1,
    ])
  ),
  ...['file', 'redis', 'postgres', 'memory'].map((driver) => [
    `${driver}: lost updates`,
    lost(driver),
    0,
  ]),
  ...['redis', 'memory'].map((driver) => [`${driver}: heap grown, MB`, grownBy(driver), 1]),
]

/** The goals that the results say something about, each with what was measured and whether it is met. */
function judge(results) {
  const others = OTHERS.map(([goal, measure, limit]) => ({ goal, measure, limit }))
  return [...SHARES, ...others]
    .map(({ goal, measure, limit, floor }) => ({
      goal,
      limit,
      measured: measure(results),
      floor: floor?.(results),
    }))
    .filter(({ measured }) => measured !== undefined)
    .map((found) => ({
      ...found,
      isMet: found.limit === null ? null : found.measured <= found.limit,
    }))
}

module.exports = { judge }
