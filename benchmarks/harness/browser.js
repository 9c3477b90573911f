/** The cookies of one browser: those that responses have set, as they came. */
class Browser {
  constructor(cookies = []) {
    this.cookies = new Map(cookies)
    this.join()
  }

  /** Keeps what a response sets. `lines` is its `Set-Cookie` header: nothing, a line, or several. */
  keep(lines) {
    const all = lines === undefined ? [] : [].concat(lines)
    /** How many cookies the last response has set. */
    this.kept = all.length
    if (this.kept === 0) {
      return
    }
    for (const line of all) {
      const [pair] = line.split(';', 1)
      const name = pair.slice(0, pair.indexOf('='))
      if (/; ?(max-age=0|expires=thu, 01 jan 1970)/i.test(line)) {
        this.cookies.delete(name)
      } else {
        this.cookies.set(name, pair.slice(name.length + 1))
      }
    }
    this.join()
  }

  join() {
    const header = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    /** The headers of its requests. */
    this.headers = header ? { cookie: header } : {}
  }
}

module.exports = { Browser }
