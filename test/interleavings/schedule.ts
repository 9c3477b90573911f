import type { InstalledClock } from '@sinonjs/fake-timers'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { problemsOf } from './invariants'
import { CONFIGS, DOES, TAG } from './scenarios'
import { Stage } from './stages'
import { Ending, Request, World } from './world'

/** What is explored: requests and events, and the config under which they meet. */
export interface Scenario {
  config: string
  /** What each request does; those of `EVENTS` happen at one step. */
  does: string[]
  /** Do the requests share a process, and so a queue? */
  oneProcess?: boolean
}

/**
 * One step: `0` goes on with request 0, until its next call of the driver or its answer; `0!` and `0?` let
 * the call fail, before it is made or after it took effect; `0x` kills its process; `~` lets the deadline
 * of all calls pass, which go on all the same; `0>` is the answer that gets to the browser, and `0/` the
 * one that gets lost.
 */
export type Step = string

/** A step that no request would take by itself. */
export function isFault(step: Step): boolean {
  return /[!?x~/]/.test(step)
}

const MINUTE_IN_MS = 60_000
/** With the last look for an answer. */
const STORE_TIMEOUT_IN_MS = 5001

/** Runs a scenario step by step. */
export class Run {
  public requests: Request[]
  public done: Step[] = []

  /** The steps at which the time of the session came. */
  public expiredAt: number[] = []

  private world: World
  private firstId = ''

  constructor(
    app: ApplicationContract,
    private stage: Stage,
    private clock: InstalledClock,
    private scenario: Scenario
  ) {
    this.world = new World(app, stage, CONFIGS[scenario.config])
    this.requests = scenario.does.map((does, index) => new Request('abc'[index], does))
  }

  /** The session that all of it is about: a user who is logged in, with a message that waits. */
  public async prepare() {
    await this.stage.clear()
    const { id } = await this.world.visit((session) => {
      session.put({ user: 'the user', n: 0, list: [] })
      session.flash('welcome', 'hello')
      session.supportsTagging() && session.tag(TAG)
    })
    this.firstId = id
    if (this.rotates) {
      this.passMinutes(16)
    }
  }

  public get rotates(): boolean {
    return this.scenario.config.startsWith('rotating')
  }

  /** What can happen next. */
  public choices({ faults = false } = {}): Step[] {
    const hasFault = this.done.some((step) => isFault(step))
    const mayFail = faults && !hasFault && this.requests.some(isWaiting)
    return [
      ...this.requests.flatMap((request, index) => this.choicesOf(request, index, faults, mayFail)),
      ...(mayFail && this.stage.fakes.includes('setTimeout') ? ['~'] : []),
    ]
  }

  private choicesOf(request: Request, index: number, faults: boolean, mayFail: boolean): Step[] {
    if (request.state === 'to come') {
      return this.mayHappen(request) ? [`${index}`] : []
    }
    const isDelivered = request.state !== 'answered' || !this.mayDeliver(request)
    const answers = isDelivered ? [] : [`${index}>`, ...(faults ? [`${index}/`] : [])]
    if (!request.gate) {
      return answers
    }
    const failures = [`${index}!`, `${index}?`, ...(this.isAlone ? [] : [`${index}x`])]
    return [`${index}`, ...(isWaiting(request) && mayFail ? failures : []), ...answers]
  }

  /** The test can't let half an hour pass within a call that tells its time. */
  private mayHappen({ does }: Request): boolean {
    return !this.stage.isTimedByCall || does !== 'expires' || !this.requests.some(isWaiting)
  }

  /** Do the requests share one process, and its queue? */
  private get isAlone(): boolean {
    return this.stage.oneProcess ?? this.scenario.oneProcess ?? false
  }

  /**
   * An answer that left before that of another one with a new id, and gets to the browser after it, carries
   * the old cookie: no server can promise anything there. Of two logins, either may come last.
   */
  private mayDeliver(request: Request): boolean {
    return !this.requests.some(
      (other) =>
        other !== request &&
        other.state === 'answered' &&
        other.answeredAt < request.answeredAt &&
        other.does !== 'logs in' &&
        other.setsCookie &&
        request.setsCookie
    )
  }

  public async take(step: Step) {
    this.done.push(step)
    this.world.step++
    if (step === '~') {
      this.requests.filter(isBusy).forEach((request) => (request.isLate = true))
      this.clock.tick(STORE_TIMEOUT_IN_MS)
      return this.quiet()
    }
    const request = this.requests[Number(step[0])]
    switch (step[1]) {
      case '>':
        this.world.deliver(request)
        break
      case '/':
        request.state = 'delivered'
        break
      case 'x':
        request.state = 'dead'
        request.gate = null
        break
      case '!':
        this.open(request, 'error before')
        break
      case '?':
        this.open(request, 'error after')
        break
      default:
        await this.goOn(request)
    }
    await this.quiet()
  }

  private async goOn(request: Request) {
    if (request.state !== 'to come') {
      this.open(request, 'ok')
      return
    }
    const processNumber = this.isAlone ? 0 : this.requests.indexOf(request)
    switch (request.does) {
      case 'evicted':
        await this.stage.clear()
        request.state = 'delivered'
        break
      case 'expires':
        this.passMinutes(30)
        this.expiredAt.push(this.world.step)
        request.state = 'delivered'
        break
      case 'ends all':
        this.world.endAll(request, TAG, processNumber)
        break
      case 'revoked':
        this.world.revoke(request, this.firstId, processNumber)
        break
      default:
        this.world.begin(request, DOES[request.does], processNumber)
        // The cookie is read and the session loaded in one step: who reads it earlier has an old cookie.
        await this.quiet()
        this.open(request, 'ok')
    }
  }

  private open(request: Request, ending: Ending) {
    const { gate } = request
    request.gate = null
    gate?.open(ending)
  }

  /** What is broken at the end. */
  public problems(): Promise<string[]> {
    return problemsOf(this.world, this)
  }

  /** As it can be pasted into a test. */
  public toString(): string {
    return `replay(${JSON.stringify(this.scenario)}, '${this.done.join(' ')}')`
  }

  /** Time passes for sessions, and not for the deadline of a call. */
  public passMinutes(minutes: number) {
    this.clock.setSystemTime(Date.now() + minutes * MINUTE_IN_MS)
  }

  /** Waits until nothing goes on any more: all that remains waits at a gate, or in a queue. */
  private async quiet() {
    do {
      await new Promise<void>((resolve) => setImmediate(resolve))
    } while (!this.isAlone && this.requests.some(isRunning))
  }
}

/** Does it wait for an answer of the driver? */
function isWaiting(request: Request): boolean {
  return isBusy(request) && request.gate !== null
}

/** Does it wait for the driver, or for its turn? */
function isBusy({ state, gate }: Request): boolean {
  return state === 'under way' && gate?.call !== 'handler'
}

function isRunning({ state, gate, isLate }: Request): boolean {
  return state === 'under way' && gate === null && !isLate
}
