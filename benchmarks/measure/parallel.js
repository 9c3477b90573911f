const { Browser } = require('../harness/browser')

const CONNECTIONS = 50

/** Requests of each connection. */
const EACH = 20

/** Adds one to a counter of one session, over all connections at once. */
async function increments(load, each) {
  const browser = new Browser()
  await load.visit(load.pool(1), browser, '/fill?bytes=1024')
  const requests = CONNECTIONS * each
  const next = () => browser
  const run = await load.run({ path: '/increment', next, requests, connections: CONNECTIONS })
  const { n } = await load.visit(load.pool(1), browser, '/count', { isJson: true })
  // No number: the session itself is damaged, and all is lost.
  return { ...run, lost: run.sent - run.failed - (n ?? 0) }
}

/** 50 connections that use one session at once, as the tabs of one browser, with one set of cookies. */
async function parallel({ child, load }, each = EACH) {
  await increments(load, each)
  const before = await child.ask('usage')
  const result = await increments(load, each)
  const after = await child.ask('usage')
  return { ...result, cpuInUs: (after.cpuInUs - before.cpuInUs) / result.sent }
}

module.exports = { parallel, CONNECTIONS }
