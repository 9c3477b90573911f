const { SERVERS } = require('../catalog')
const { Browser } = require('../harness/browser')
const { Group } = require('../harness/group')
const { measured } = require('./meters')

const CONNECTIONS = 8
const BYTES = 1024

/** One server whose sessions are refreshed when that is due, which here is never, and one that does so always. */
const SETTINGS = { ours: { touchEvery: '30m' }, ours0: { touchEvery: 0 } }

/** By operation, the server and the page that do it, and nothing else. A touch is a read that is due. */
const OPERATIONS = {
  create: { server: 'ours', path: `/fill?bytes=${BYTES}`, isNew: true },
  read: { server: 'ours', path: '/read' },
  touch: { server: 'ours0', path: '/read' },
  write: { server: 'ours', path: '/write' },
  regenerate: { server: 'ours', path: '/login' },
}

/**
 * What each operation on a session of 1 KB costs its store.
 *
 * @param count how often each is done
 * @returns by operation: CPU time in µs, statements, bytes written to the log, bytes that the store holds afterwards
 */
async function unitCosts(driver, { count, build, progress }) {
  const specOf = (name) => ({ ...SERVERS[name], ...SETTINGS[name] })
  const group = await Group.start(driver, Object.keys(SETTINGS), { build, specOf })
  const store = group.stores[driver]
  const costs = {}
  for (const [name, { server, path, isNew }] of Object.entries(OPERATIONS)) {
    progress(`${driver}: ${count} times ${name}`)
    const { load } = group.members.find((member) => member.name === server)
    const next = isNew ? () => new Browser() : await load.crowd(BYTES, 64)
    const send = (requests) => load.run({ path, next, requests, connections: CONNECTIONS })
    await send(500)
    const cost = await measured(driver, store, () => send(count))
    costs[name] = Object.fromEntries(
      Object.entries(cost).map(([what, amount]) => [what, amount / count])
    )
  }
  await group.stop()
  return costs
}

module.exports = { unitCosts }
