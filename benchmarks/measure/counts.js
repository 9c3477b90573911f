const path = require('path')
const Redis = require('ioredis')
const { SERVERS, WORKLOADS, workloadsOf } = require('../catalog')
const { Group } = require('../harness/group')
const { Load } = require('../harness/load')
const { Proxy } = require('../harness/proxy')

const COUNT_FILES = path.join(__dirname, '..', 'servers', 'count_files.js')

/** Each browser comes several times; one request after the other, so that nothing overlaps. */
const BROWSERS = 16
const REQUESTS = 4 * BROWSERS

/** What a server does after its response is on its way is over by then, in milliseconds. */
const REST = 50
const rest = () => new Promise((resolve) => setTimeout(resolve, REST))

function perRequest(counts) {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, Number((count / REQUESTS).toFixed(2))])
  )
}

/** Calls of each command since the statistics were reset, of the benchmarks' own ones none. */
async function commandsOf(redis) {
  const info = await redis.info('commandstats')
  const found = [...info.matchAll(/^cmdstat_(\w+)(?:\|\w+)?:calls=(\d+)/gm)]
  return Object.fromEntries(
    found.map(([, name, calls]) => [name, Number(calls)]).filter(([name]) => name !== 'config')
  )
}

/** Counts one workload of one server. */
async function countOne({ child, proxy, web }, workload, redis) {
  const { path: page, bytes } = WORKLOADS[workload]
  const load = new Load(web.url)
  const next = await load.crowd(child.spec.session ? bytes : null, BROWSERS)
  let setCookies = 0
  const visits = async (count) => {
    for (let n = 0; n < count; n++) {
      const browser = next()
      await load.visit(load.pool(1), browser, page)
      setCookies += browser.kept
    }
    await rest()
  }

  // The first visits load scripts and open connections.
  await visits(BROWSERS)
  ;[web, proxy].forEach((counter) => counter?.reset())
  child.spec.driver === 'file' && (await child.ask('counts'))
  await redis?.config('RESETSTAT')
  setCookies = 0
  await visits(REQUESTS)

  const { sentBytes, receivedBytes } = web.counted
  const result = perRequest({ setCookies, requestBytes: sentBytes, responseBytes: receivedBytes })
  if (proxy) {
    Object.assign(result, { store: perRequest(proxy.counted) })
  }
  if (child.spec.driver === 'redis') {
    result.commands = perRequest(await commandsOf(redis))
  }
  if (child.spec.driver === 'file') {
    result.files = perRequest(await child.ask('counts'))
  }
  await load.close()
  return result
}

/**
 * Counts, per request: bytes over HTTP, `Set-Cookie` headers, trips and bytes to its store, commands of Redis,
 * and accesses to files. In processes of its own: those that are timed are not watched.
 *
 * @returns by workload and server
 */
async function count(driver, names, workloads, { build, progress }) {
  const proxies = new Map()
  const group = await Group.start(driver, names, {
    build,
    execArgv: driver === 'file' ? ['--require', COUNT_FILES] : [],
    async specOf(name, { stores }) {
      const [store] = Object.keys(stores).filter((key) => key === (SERVERS[name].driver ?? driver))
      if (!store) {
        return {}
      }
      proxies.set(name, await Proxy.start(stores[store].port))
      return { [`${store}Port`]: proxies.get(name).port }
    },
  })
  const redis = group.stores.redis && new Redis(group.stores.redis.port)

  const results = {}
  for (const workload of workloadsOf(driver, workloads)) {
    results[workload] = {}
    for (const { name, child } of group.members) {
      progress(`counting ${workload}, ${name}`)
      const web = await Proxy.start(child.port)
      const watched = { child, web, proxy: proxies.get(name) }
      results[workload][name] = await countOne(watched, workload, redis)
      web.stop()
    }
  }

  redis?.disconnect()
  await group.stop()
  proxies.forEach((proxy) => proxy.stop())
  return results
}

module.exports = { count }
