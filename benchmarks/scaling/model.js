/**
 * What sessions ask of their store, worked out from what visitors do, from the settings, and from what each
 * operation costs. Times are in seconds, rates are per second.
 */

/** A tombstone refuses changes under an old id for at least this long. */
const TOMBSTONE_SECONDS = 3600

/** What a page does to the session, in the order in which it's decided. */
function operationOf({ isLogin, isWrite, sinceRefresh, sinceIssue }, { touchEvery, rotateEvery }) {
  if (isLogin || sinceIssue >= rotateEvery) {
    return 'regenerate'
  }
  return isWrite ? 'write' : sinceRefresh >= touchEvery ? 'touch' : 'read'
}

/**
 * One visit, on average: how often each operation happens, and how long before its end the session was last
 * refreshed. The first page creates the session; the second one logs in with a probability of `logins`, each
 * later one writes with a probability of `writes`.
 */
function visit({ pages, secondsBetween, writes, logins }, settings) {
  const counts = { create: 1, read: 0, touch: 0, write: 0, regenerate: 0 }
  let states = new Map([['0 0', { sinceRefresh: 0, sinceIssue: 0, share: 1 }]])

  for (let page = 2; page <= pages; page++) {
    const after = new Map()
    const arrive = (state, share, does) => {
      const sinceRefresh = state.sinceRefresh + secondsBetween
      const sinceIssue = state.sinceIssue + secondsBetween
      const operation = operationOf({ ...does, sinceRefresh, sinceIssue }, settings)
      counts[operation] += share
      const next = {
        sinceRefresh: operation === 'read' ? sinceRefresh : 0,
        sinceIssue: operation === 'regenerate' ? 0 : sinceIssue,
      }
      const key = `${next.sinceRefresh} ${next.sinceIssue}`
      after.set(key, { ...next, share: share + (after.get(key)?.share ?? 0) })
    }
    for (const state of states.values()) {
      const login = page === 2 ? logins : 0
      arrive(state, state.share * login, { isLogin: true })
      arrive(state, state.share * (1 - login) * writes, { isWrite: true })
      arrive(state, state.share * (1 - login) * (1 - writes), {})
    }
    states = after
  }

  const sinceRefresh = [...states.values()].reduce(
    (sum, state) => sum + state.share * state.sinceRefresh,
    0
  )
  return { counts, sinceRefresh }
}

/** The traffic of one store, in a steady state: what is asked of it, and what it holds. */
function predict(traffic, settings) {
  const { visitsPerSecond, pages, secondsBetween } = traffic
  const { counts, sinceRefresh } = visit(traffic, settings)
  const rates = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count * visitsPerSecond])
  )
  const aliveFor = (pages - 1) * secondsBetween - sinceRefresh + settings.age
  return {
    requests: pages * visitsPerSecond,
    rates,
    sessions: visitsPerSecond * aliveFor,
    tombstones: rates.regenerate * (settings.tombstoneFor ?? TOMBSTONE_SECONDS),
    // What has ended is removed as fast as it's created.
    ended: visitsPerSecond + rates.regenerate,
  }
}

/** The sum of what each operation costs, such as CPU time, by its rate. */
function total(rates, costs, of) {
  return Object.entries(rates).reduce((sum, [name, rate]) => sum + rate * of(costs[name]), 0)
}

module.exports = { predict, total, TOMBSTONE_SECONDS }
