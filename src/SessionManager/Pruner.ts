import type { ServerResponse } from 'http'
import { performance } from 'perf_hooks'
import { setTimeout as wait } from 'timers/promises'
import type { PruneOptions, SessionDriverContract } from '@ioc:Adonis/Addons/Session'

/** How long the automatic pruning works at a time, and how long each one rests between two batches. */
const WORK_IN_MS = 1000
const PAUSE_IN_MS = 25

/**
 * Removes sessions that have ended from a store that does not do so by itself: batch after batch, so that
 * neither the store nor this process is busy with nothing else. Processes may do so at the same time.
 */
export class Pruner {
  private dueAt = 0
  private isStopped = false
  private lastProblem = ''

  /** What a run left to the next one: a directory is read to its end, not over and over from its beginning. */
  private batches: AsyncIterator<number> | null = null
  private running: Promise<void> | null = null

  constructor(
    private makeDriver: () => SessionDriverContract,
    private intervalInMs: number,
    private warn: (message: string) => void
  ) {
    this.schedule()
  }

  /** How many sessions were removed. */
  public async prune({ timeInMs = Infinity, onProgress }: PruneOptions = {}): Promise<number> {
    let removed = 0
    await work(this.begin(), timeInMs, (count) => {
      removed += count
      onProgress?.(removed)
      return true
    })
    return removed
  }

  /** Called with each request, and does something once in a while: when its response has been sent. */
  public after(response: ServerResponse) {
    if (Date.now() >= this.dueAt && !this.running && !this.isStopped) {
      this.schedule()
      response.once('close', () => void (this.running ??= this.run()))
    }
  }

  /** Settles when nothing is going on any more. */
  public async stop(): Promise<void> {
    this.isStopped = true
    await this.running
    await this.batches?.return?.()
  }

  /** Processes that were started together do not prune together. */
  private schedule() {
    this.dueAt = Date.now() + this.intervalInMs * (1 + Math.random())
  }

  private begin(): AsyncIterator<number> {
    const batches = this.makeDriver().prune?.()
    return batches
      ? batches[Symbol.asyncIterator]()
      : { next: async () => ({ done: true, value: 0 }) }
  }

  /** Nobody waits for it: an error is a line of the log, and the next run tries again. */
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

/** Does batches until all are done, the time is over, or it need not go on. Answers whether all are done. */
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
