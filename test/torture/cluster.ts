import type { ChildProcess } from 'child_process'
import { randomBytes } from 'crypto'
import type { AppOptions } from '../helpers/app'
import { Browser, BrowserResponse, RequestOptions } from '../helpers/browser'
import { startGatedApp } from './gated_app'
import { Gates, Point } from './gates'
import { takeProcess } from './spares'

/** One process that answers requests: a child, or this one. */
interface Process {
  url: string
  release(id: string): void
  kill(): Promise<void>
}

/** A request on its way. */
export interface InFlight {
  /** It got to its point and waits there. */
  reached: Promise<void>
  release(): void
  response: Promise<BrowserResponse>
}

export interface FireOptions extends RequestOptions {
  /** Which process answers. */
  via?: number
  /** Hold the request at this point. */
  at?: Point
  /** Fail it at this point. */
  failAt?: Point
  /** The answer may be a 500: otherwise it is an error of the test. */
  mayFail?: boolean
}

export type Script = any[][]

/** Several processes of one app behind one store, and requests that stop where a test wants them. */
export class Cluster {
  private processes: Process[] = []
  private arrivals = new Map<string, () => void>()

  private constructor(
    private driver: string,
    private options: AppOptions
  ) {}

  /** Starts `size` processes; a driver that lives in its process gets this one. */
  public static async start(driver: string, size: number, options: AppOptions = {}) {
    const cluster = new this(driver, options)
    const inProcess = driver === 'memory' || driver === 'fourMethods' || size === 0
    cluster.processes = inProcess
      ? [await cluster.here()]
      : await Promise.all(Array.from({ length: size }, () => cluster.spawn()))
    return cluster
  }

  public get size() {
    return this.processes.length
  }

  public browser(): Browser {
    return new Browser(this.processes[0].url)
  }

  /** Sends a request with the cookies of a browser, and keeps what comes back for it. */
  public fire(browser: Browser, path: string, options: FireOptions = {}): InFlight {
    const { via = 0, at, failAt, mayFail = false, headers, ...request } = options
    const id = randomBytes(8).toString('hex')
    const target = this.processes[via % this.size]
    const reached = new Promise<void>((resolve) => this.arrivals.set(id, resolve))

    const answer = browser.request(target.url + path, {
      ...request,
      headers: {
        ...headers,
        ...(at && { 'x-gate': `${id} ${at}` }),
        ...(failAt && { 'x-fail': failAt }),
      },
    })
    const response = answer.then((got) => {
      if (got.status === 500 && !mayFail) {
        throw new Error(`500: ${got.text}`)
      }
      return got
    })
    response.catch(() => {})
    return { reached, release: () => target.release(id), response }
  }

  /** Runs a script of session verbs. */
  public do(browser: Browser, script: Script, options: FireOptions = {}): InFlight {
    return this.fire(browser, '/do', { ...options, method: 'POST', body: { script } })
  }

  public async run(browser: Browser, script: Script, options: FireOptions = {}) {
    return this.do(browser, script, options).response
  }

  public async show(browser: Browser, options: FireOptions = {}) {
    return (await this.fire(browser, '/session', options).response).json
  }

  /** Kills a process as a crash does, and starts another one in its place. */
  public async crash(via: number) {
    await this.processes[via].kill()
    this.processes[via] = await this.spawn()
  }

  public async stop() {
    await Promise.all(this.processes.map((process) => process.kill()))
  }

  private async here(): Promise<Process> {
    const gates = new Gates((id) => this.arrivals.get(id)?.())
    const app = await startGatedApp(this.driver, gates, this.options)
    return { url: app.url, release: (id) => gates.release(id), kill: () => app.stop() }
  }

  private async spawn(): Promise<Process> {
    const child = takeProcess()
    child.send({ start: { driver: this.driver, options: this.options } })
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The process ended with ${code}`)))
      child.on('message', (message: { url?: string; reached?: string }) => {
        if (message.url) {
          resolve(message.url)
        } else {
          this.arrivals.get(message.reached!)?.()
        }
      })
    })
    return { url, release: (release) => child.send({ release }), kill: () => end(child) }
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
