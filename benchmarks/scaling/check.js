const { setTimeout: wait } = require('timers/promises')
const { SERVERS } = require('../catalog')
const { Browser } = require('../harness/browser')
const { Group } = require('../harness/group')
const { fill } = require('../measure/fill')
const { measured } = require('./meters')
const { predict, total } = require('./model')
const { Traffic } = require('./traffic')

/** Visits and settings in miniature, so that sessions begin, are refreshed, rotate and end within a minute. */
const TRAFFIC = { visitsPerSecond: 60, pages: 10, secondsBetween: 1, writes: 0.2, logins: 0.3 }
const SETTINGS = { age: 20, touchEvery: 3, rotateEvery: 5 }

/** From when on as many sessions end as begin, in seconds: a visit, the age after it, and a little more. */
const STEADY_AFTER = TRAFFIC.pages * TRAFFIC.secondsBetween + SETTINGS.age + 5

const config = {
  age: `${SETTINGS.age}s`,
  rotateEvery: `${SETTINGS.rotateEvery}s`,
  // Sessions that have ended stay until the run is over, where they can be counted.
  prune: false,
}

/**
 * Compares what the model says with what a store does that holds many sessions already.
 *
 * @param costs those of the operations, as `unitCosts` measured them
 * @returns rows of what was `predicted` and what was `found`
 */
async function check(driver, costs, { stored, seconds, build, progress }) {
  const specOf = () => ({ ...SERVERS.ours, touchEvery: `${SETTINGS.touchEvery}s`, config })
  const group = await Group.start(driver, ['ours'], { build, specOf })
  const [{ load, spec, child }] = group.members
  const store = group.stores[driver]

  progress(`${driver}: ${stored} sessions`)
  await load.visit(load.pool(1), new Browser(), '/fill?bytes=1024')
  await fill(driver, { spec, child }, { count: stored - 1, samples: 1, progress })

  const traffic = new Traffic(load, TRAFFIC)
  traffic.start()
  progress(`${driver}: waiting for the steady state, ${STEADY_AFTER} seconds`)
  await wait(STEADY_AFTER * 1000)
  progress(`${driver}: counting for ${seconds} seconds`)
  const found = await measured(driver, store, () => wait(seconds * 1000))
  await traffic.stop()
  await group.stop()

  const { rates, requests } = predict(TRAFFIC, SETTINGS)
  const perSecond = (what) => total(rates, costs, (cost) => cost[what])
  const row = (what, unit, predicted, amount) => ({ driver, what, unit, predicted, found: amount })
  return [
    row('statements', '/s', perSecond('statements'), found.statements / seconds),
    row(
      'CPU time of the store',
      'µs a request',
      perSecond('cpuInUs') / requests,
      found.cpuInUs / seconds / requests
    ),
    ...(found.walBytes
      ? [
          row(
            'write-ahead log',
            'KB/s',
            perSecond('walBytes') / 1000,
            found.walBytes / seconds / 1000
          ),
        ]
      : []),
    row('sessions and old ids added', '/s', rates.create + rates.regenerate, found.added / seconds),
  ]
}

module.exports = { check, TRAFFIC, SETTINGS }
