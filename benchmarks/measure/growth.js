const { Browser } = require('../harness/browser')
const { Group } = require('../harness/group')

const CONNECTIONS = 8
const BATCH = 2_500

/** Memory in bytes after the garbage is collected. */
async function memoryOf(child) {
  await child.ask('gc')
  const { memory } = await child.ask('usage')
  return { rss: memory.rss, heapUsed: memory.heapUsed }
}

/**
 * What the requests do, in turns: read and write 64 sessions, and visit without one. Where the process
 * does not hold the sessions, new ones are begun, too.
 */
async function mixture(driver, load) {
  const next = await load.crowd(1024)
  const visitor = () => new Browser()
  const begun = driver === 'memory' ? [] : [{ path: '/fill?bytes=100', next: visitor }]
  return [
    { path: '/read', next },
    { path: '/write', next },
    { path: '/untouched', next },
    { path: '/read', next: visitor },
    ...begun,
  ]
}

/**
 * The memory of one process of ours after a tenth of the requests and after all of them.
 *
 * @returns `early` and `late`, each with `rss` and `heapUsed` in bytes
 */
async function growth(driver, { requests, build, progress }) {
  const group = await Group.start(driver, ['ours'], { build })
  const [{ child, load }] = group.members
  const parts = await mixture(driver, load)
  const results = { requests, before: await memoryOf(child) }
  const early = Math.floor(requests / 10)

  for (let sent = 0, turn = 0; sent < requests; turn++) {
    const count = Math.min(BATCH, (sent < early ? early : requests) - sent)
    const { failed } = await load.run({
      ...parts[turn % parts.length],
      requests: count,
      connections: CONNECTIONS,
    })
    if (failed > 0) {
      throw new Error(`${failed} of ${count} requests failed`)
    }
    sent += count
    progress(`${sent} of ${requests} requests`)
    if (sent === early || sent === requests) {
      results[sent === early ? 'early' : 'late'] = await memoryOf(child)
    }
  }
  await group.stop()
  return results
}

module.exports = { growth }
