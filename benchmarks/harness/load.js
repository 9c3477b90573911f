const { performance } = require('perf_hooks')
const { Browser } = require('./browser')

/** How many browsers, each with a session of its own, take turns unless told otherwise. */
const BROWSERS = 64

/** Requests of many browsers to one server, over kept connections. */
class Load {
  constructor(url) {
    this.url = url
    this.pools = new Map()
  }

  /** The connections for `count` requests at once. They stay open for the next batch. */
  pool(count) {
    if (!this.pools.has(count)) {
      // Here, so that `--help` works before the packages are installed.
      const { Pool } = require('undici')
      this.pools.set(count, new Pool(this.url, { connections: count, pipelining: 1 }))
    }
    return this.pools.get(count)
  }

  /** One request, with the cookies of a browser. Returns the status, or the JSON of the answer. */
  async visit(pool, browser, path, { isJson = false } = {}) {
    const { statusCode, headers, body } = await pool.request({
      method: 'GET',
      path,
      headers: browser.headers,
    })
    browser.keep(headers['set-cookie'])
    if (isJson) {
      return body.json()
    }
    await body.dump()
    return statusCode
  }

  /** Browsers with a session of `bytes` bytes each; `null`: with no cookie, on each request anew. */
  async crowd(bytes, count = BROWSERS) {
    if (bytes === null) {
      return () => new Browser()
    }
    const browsers = Array.from({ length: count }, () => new Browser())
    const pool = this.pool(1)
    for (const browser of browsers) {
      const status = await this.visit(pool, browser, `/fill?bytes=${bytes}`)
      if (status !== 200) {
        throw new Error(`A session of ${bytes} bytes was not stored: status ${status}`)
      }
    }
    let turn = 0
    return () => browsers[turn++ % count]
  }

  /**
   * Sends requests over `connections` connections until there were `requests`, or `seconds` are over.
   * `path` is that of all of them, or a function that tells the next one.
   * Returns how many there were, how many failed, and with `times` the duration of each in ms.
   */
  async run({ path, next, requests, connections, seconds = Infinity, times = null }) {
    const pool = this.pool(connections)
    const end = performance.now() + seconds * 1000
    let sent = 0
    let failed = 0
    const work = async () => {
      while (sent < requests) {
        const start = performance.now()
        if (start > end) {
          return
        }
        sent++
        const status = await this.visit(pool, next(), typeof path === 'function' ? path() : path)
        times?.push(performance.now() - start)
        failed += status === 200 ? 0 : 1
      }
    }
    await Promise.all(Array.from({ length: connections }, work))
    return { sent, failed }
  }

  async close() {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()))
  }
}

module.exports = { Load }
