import { randomBytes, randomInt } from 'crypto'
import { join } from 'path'
import { parseArgs } from './arguments'
import type { AppOptions } from '../helpers/app'
import { Browser } from '../helpers/browser'
import { driversThat } from '../helpers/drivers'
import { startServices } from '../services'
import { Cluster, Script } from './cluster'

const PARALLEL = 24

/** What was tried, and what went wrong: the last four must stay 0. */
interface Tally {
  rounds: number
  requests: number
  updates: number
  logins: number
  logouts: number
  crashes: number
  lost: number
  resurrected: number
  loggedOut: number
  errors: number
}

/** A visitor, and what the store has acknowledged to have of its session. */
class Visitor {
  public browser: Browser
  private updates = 0
  private attempts = 0

  constructor(
    private cluster: Cluster,
    private tally: Tally
  ) {
    this.browser = cluster.browser()
  }

  public async begin() {
    this.updates = this.attempts = 0
    this.browser = this.cluster.browser()
    await this.send(this.browser, [['put', { n: 0, list: [], user: 0 }]])
  }

  /** Parallel updates of every kind, through every process; a process may die meanwhile. */
  public async update(crash: boolean) {
    const requests = Array.from({ length: PARALLEL }, (_, via) => this.updateOnce(via))
    if (crash) {
      await Promise.race(requests)
      await this.cluster.crash(randomInt(this.cluster.size))
      this.tally.crashes++
    }
    await Promise.all(requests)

    const { n, list, ...keys } = await this.values()
    const kept = [n, list?.length, Object.keys(keys).filter((key) => key.startsWith('k')).length]
    this.tally.lost += kept.filter((count) => !(count >= this.updates)).length
    this.tally.lost += kept.filter((count) => count > this.attempts).length
  }

  /**
   * A login beside pages that began before it. They are other tabs here: an answer that left before the
   * login's and arrives after it is beyond the server.
   */
  public async login() {
    const pages = Array.from({ length: PARALLEL / 2 }, (_, via) => {
      const script: Script = via % 2 ? [['get', 'user']] : [['flash', 'late', via]]
      return this.send(this.browser.clone(), script, via)
    })
    await this.send(this.browser, [['put', 'user', 7], ['regenerate']])
    await Promise.all(pages)
    this.tally.logins++
    this.tally.loggedOut += (await this.values()).user === 7 ? 0 : 1
  }

  /** A logout beside requests that read and write; a copy of the cookies must be worth nothing. */
  public async logout() {
    const copy = this.browser.clone()
    const others = Array.from({ length: PARALLEL / 2 }, (_, via) =>
      this.send(copy.clone(), via % 2 ? [['get', 'user']] : [['increment', 'n']], via)
    )
    await this.send(this.browser, [['invalidate']], randomInt(this.cluster.size))
    await Promise.all(others)
    this.tally.logouts++
    for (const browser of [copy, this.browser]) {
      const { values } = (await this.cluster.show(browser)) ?? {}
      this.tally.resurrected += values?.user === undefined ? 0 : 1
    }
  }

  private async updateOnce(via: number) {
    const name = randomBytes(4).toString('hex')
    this.attempts++
    const script: Script = [
      ['increment', 'n'],
      ['push', 'list', name],
      ['put', `k${name}`, via],
    ]
    if (await this.send(this.browser.clone(), script, via)) {
      this.updates++
      this.tally.updates += script.length
    }
  }

  /** Was it answered with success? A process that was killed answers nothing, which is no error. */
  private async send(browser: Browser, script: Script, via = 0): Promise<boolean> {
    this.tally.requests++
    const response = await this.cluster.run(browser, script, { via }).catch(() => null)
    this.tally.errors += response && response.status >= 500 ? 1 : 0
    return response?.status === 200
  }

  private async values() {
    return (await this.cluster.show(this.browser))?.values ?? {}
  }
}

async function torture(driver: string, size: number, until: number): Promise<Tally> {
  const location = join(__dirname, '..', '..', 'tmp', 'sessions', randomBytes(6).toString('hex'))
  const options: AppOptions = driver === 'file' ? { session: { file: { location } } } : {}
  const tally: Tally = {
    ...{ rounds: 0, requests: 0, updates: 0, logins: 0, logouts: 0, crashes: 0 },
    ...{ lost: 0, resurrected: 0, loggedOut: 0, errors: 0 },
  }

  const cluster = await Cluster.start(driver, size, options)
  const visitor = new Visitor(cluster, tally)
  while (Date.now() < until) {
    await visitor.begin()
    await visitor.update(false)
    await visitor.login()
    await visitor.update(tally.rounds % 10 === 9)
    await visitor.logout()
    tally.rounds++
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${driver}: ${tally.rounds} rounds, ${tally.lost} lost `)
    }
  }
  await cluster.stop()
  return tally
}

async function main() {
  const { minutes, processes, json } = parseArgs(process.argv.slice(2))
  await startServices(['chromium'])

  const tallies: Record<string, Tally> = {}
  for (const driver of driversThat('isShared')) {
    tallies[driver] = await torture(driver, processes, Date.now() + (minutes * 60_000) / 2)
  }

  /* eslint-disable no-console -- the result is what this command is for */
  if (json) {
    console.log(JSON.stringify(tallies))
  } else {
    console.table(tallies)
  }
  /* eslint-enable no-console */
  const failed = Object.values(tallies).some(
    ({ lost, resurrected, loggedOut, errors }) => lost + resurrected + loggedOut + errors > 0
  )
  process.exit(failed ? 1 : 0)
}

void main()
