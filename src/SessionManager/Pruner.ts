import type { ServerResponse } from 'http'
import { performance } from 'perf_hooks'
import { setTimeout as wait } from 'timers/promises'
import { measured } from '../Diagnostics'
import type { PruneOptions, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'

/** How long a run of automatic pruning may take, and the pause between two batches of any pruning. */
const WORK_IN_MS = 1000
const PAUSE_IN_MS = 25

/**
 * Removes ended sessions from a store that doesn't do so by itself. It works in batches with pauses, so that
 * the store and this process can do other work in between. Several processes may prune at the same time.
 */
export class Pruner {
  private scheduledAt = 0
  private dueAt = 0
  private stopping = new AbortController()
  private lastProblem = ''

  /**
   * The batches that the previous run left. The next run continues with them, so that a large directory is
   * read to its end, and not from its beginning in each run.
   */
  private batches: AsyncIterator<number> | null = null
  private running: Promise<void> | null = null

  constructor(
    private makeDriver: () => SessionDriverContract,
    private driver: string,
    private intervalInMs: number,
    private patienceInMs: number,
    private warn: (message: string) => void
  ) {
    this.schedule()
  }

  /**
   * Returns how many sessions were removed.
   *
   * @throws E_SESSION_STORE_UNAVAILABLE
   */
  public async prune({ timeInMs = Infinity, onProgress }: PruneOptions = {}): Promise<number> {
    const batches = this.begin()
    let removed = 0
    try {
      await work({ next: () => this.next(batches) }, timeInMs, (count) => {
        removed += count
        onProgress?.(removed)
      })
    } finally {
      await batches.return?.()
    }
    return removed
  }

  private async next(batches: AsyncIterator<number>) {
    try {
      return await batches.next()
    } catch (error) {
      throw SessionException.storeUnavailable(this.driver, 'prune', error)
    }
  }

  /** Called for each request. If pruning is due, starts it when the response has been sent. */
  public after(response: ServerResponse) {
    const now = Date.now()
    // A clock that was put back would keep it from being due for as long as the clock was ahead.
    if (now >= this.dueAt || now < this.scheduledAt) {
      this.schedule()
      response.once('close', () => {
        if (!this.stopping.signal.aborted) {
          this.running ??= this.run()
        }
      })
    }
  }

  /** Starts no more runs, and resolves when the current one has stopped, or its store doesn't answer. */
  public async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.race([
      (this.running ?? Promise.resolve()).then(() => this.batches?.return?.()),
      wait(this.patienceInMs, undefined, { ref: false }),
    ])
  }

  /** The random part keeps processes that were started together from pruning at the same time. */
  private schedule() {
    this.scheduledAt = Date.now()
    this.dueAt = this.scheduledAt + this.intervalInMs * (1 + Math.random())
  }

  /** An app's own driver may have a method of this name that does something else. */
  private begin(): AsyncIterator<number> {
    const batches: any = this.makeDriver().prune?.()
    if (typeof batches?.[Symbol.asyncIterator] === 'function') {
      return batches[Symbol.asyncIterator]()
    }
    Promise.resolve(batches).catch(() => {})
    if (batches !== undefined) {
      this.report('the "prune" method of the driver does not return an async iterator')
    }
    return { next: async () => ({ done: true, value: 0 }) }
  }

  /** Nothing waits for a run, so an error is only logged. The next run tries again. */
  private async run() {
    const { signal } = this.stopping
    try {
      this.batches ??= this.begin()
      let removed = 0
      const note = (count: number) => void (removed += count)
      const isDone = await measured(
        'prune',
        this.driver,
        () => work(this.batches!, WORK_IN_MS, note, signal),
        () => ({ removed })
      )
      this.batches = isDone ? null : this.batches
      this.lastProblem = isDone ? '' : this.lastProblem
    } catch (error) {
      this.batches = null
      this.report(error.message)
    } finally {
      this.running = null
    }
  }

  private report(problem: string) {
    if (problem !== this.lastProblem && !this.stopping.signal.aborted) {
      this.lastProblem = problem
      this.warn(`sessions that have ended could not be removed: ${problem}`)
    }
  }
}

/**
 * Works until all batches are done, the time is over, or it is to stop. Returns whether all are done. A pause that
 * can be stopped doesn't keep the process alive.
 */
async function work(
  batches: AsyncIterator<number>,
  timeInMs: number,
  note: (removed: number) => void,
  stop?: AbortSignal
): Promise<boolean> {
  const endsAt = performance.now() + timeInMs
  for (;;) {
    const { done, value } = await batches.next()
    if (done) {
      return true
    }
    note(value)
    if (stop?.aborted || performance.now() >= endsAt) {
      return false
    }
    await wait(PAUSE_IN_MS, undefined, stop ? { ref: false, signal: stop } : {}).catch(() => {})
    if (stop?.aborted) {
      return false
    }
  }
}
