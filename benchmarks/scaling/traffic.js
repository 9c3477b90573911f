const { setTimeout: wait } = require('timers/promises')
const { Browser } = require('../harness/browser')

/** Enough for all requests that are under way at once. */
const CONNECTIONS = 64

/** Which page is next: the second logs in with a probability of `logins`, the others write with one of `writes`. */
function pathOf(page, { writes, logins }) {
  if (page === 2 && Math.random() < logins) {
    return '/login'
  }
  return Math.random() < writes ? '/write' : '/read'
}

/** One visitor. Pages that are late do not delay those after them. */
async function visit(load, traffic) {
  const { pages, secondsBetween } = traffic
  const start = Date.now()
  const browser = new Browser()
  for (let page = 1; page <= pages; page++) {
    await wait(Math.max(start + (page - 1) * secondsBetween * 1000 - Date.now(), 0))
    const path = page === 1 ? '/fill?bytes=1024' : pathOf(page, traffic)
    const status = await load.visit(load.pool(CONNECTIONS), browser, path)
    if (status !== 200) {
      throw new Error(`${path} answered ${status}`)
    }
  }
}

/** Visitors who arrive at a steady rate, whether or not those before them are answered. */
class Traffic {
  constructor(load, traffic) {
    this.load = load
    this.traffic = traffic
    this.visits = new Set()
    this.arrived = 0
  }

  start() {
    const start = Date.now()
    this.timer = setInterval(() => {
      const due = ((Date.now() - start) / 1000) * this.traffic.visitsPerSecond
      while (this.arrived < due) {
        this.arrived++
        const one = visit(this.load, this.traffic).finally(() => this.visits.delete(one))
        one.catch((error) => (this.failure ??= error))
        this.visits.add(one)
      }
    }, 10)
  }

  async stop() {
    clearInterval(this.timer)
    await Promise.allSettled(this.visits)
    if (this.failure) {
      throw this.failure
    }
  }
}

module.exports = { Traffic }
