import type { ServerResponse } from 'http'
import { performance } from 'perf_hooks'
import { setTimeout as wait } from 'timers/promises'
import type { PruneOptions, SessionDriverContract } from '@ioc:Adonis/Addons/Session'

/** How long a run of automatic pruning may take, and the pause between two batches of any pruning. */
const WORK_IN_MS = 1000
const PAUSE_IN_MS = 25

/**
 * Removes ended sessions from a store that doesn't do so by itself. It works in batches with pauses, so that
 * the store and this process can do other work in between. Several processes may prune at the same time.
 */
export class Pruner {
  private dueAt = 0
  private isStopped = false
  private lastProblem = ''

  /**
   * The batches that the previous run left. The next run continues with them, so that a large directory is
   * read to its end, and not from its beginning in each run.
   */
  private batches: AsyncIterator<number> | null = null
  private running: Promise<void> | null = null

  constructor(
    private makeDriver: () => SessionDriverContract,
    private intervalInMs: number,
    private warn: (message: string) => void
  ) {
    this.schedule()
  }

  /** Returns how many sessions were removed. */
  public async prune({ timeInMs = Infinity, onProgress }: PruneOptions = {}): Promise<number> {
    let removed = 0
    await work(this.begin(), timeInMs, (count) => {
      removed += count
      onProgress?.(removed)
      return true
    })
    return removed
  }

  /** Called for each request. If pruning is due, starts it when the response has been sent. */
  public after(response: ServerResponse) {
    if (Date.now() >= this.dueAt && !this.running && !this.isStopped) {
      this.schedule()
      response.once('close', () => void (this.running ??= this.run()))
    }
  }

  /** Starts no more runs, and resolves when the current one has stopped. */
  public async stop(): Promise<void> {
    this.isStopped = true
    await this.running
    await this.batches?.return?.()
  }

  /** The random part keeps processes that were started together from pruning at the same time. */
  private schedule() {
    this.dueAt = Date.now() + this.intervalInMs * (1 + Math.random())
  }

  private begin(): AsyncIterator<number> {
    const batches = this.makeDriver().prune?.()
    return batches
      ? batches[Symbol.asyncIterator]()
      : { next: async () => ({ done: true, value: 0 }) }
  }

  /** Nothing waits for a run, so an error is only logged. The next run tries again. */
  private async run() {
    try {
      this.batches ??= this.begin()
      const isDone = await work(this.batches, WORK_IN_MS, () => !this.isStopped)
      this.batches = isDone ? null : this.batches
    } catch (error) {
      this.batches = null
      this.report(error.message)
    } finally {
      this.running = null
    }
  }

  private report(problem: string) {
    if (problem !== this.lastProblem && !this.isStopped) {
      this.lastProblem = problem
      this.warn(`sessions that have ended could not be removed: ${problem}`)
    }
  }
}

/** Works until all batches are done, the time is over, or `goesOn` says no. Returns whether all are done. */
async function work(
  batches: AsyncIterator<number>,
  timeInMs: number,
  goesOn: (removed: number) => boolean
): Promise<boolean> {
  const endsAt = performance.now() + timeInMs
  for (;;) {
    const { done, value } = await batches.next()
    if (done) {
      return true
    }
    if (!goesOn(value) || performance.now() >= endsAt) {
      return false
    }
    await wait(PAUSE_IN_MS, undefined, { ref: false })
  }
}
