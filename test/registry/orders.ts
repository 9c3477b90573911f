import type { AtomicDriverContract, ListedSession } from '@ioc:Adonis/Addons/Session'

/** Calls of a driver. The file and redis drivers read each session of a list. */
const CALLS = ['load', 'replace', 'touch', 'retire', 'destroy', 'recordOf']

/** One of two that work at once: each call of its driver waits to be let through. */
export class Actor {
  /** How many calls were let through. */
  public steps = 0
  public isDone = false
  public error: Error | null = null

  private isStarted = false
  private open = () => {}
  private stop = () => {}

  /** Goes to the first call. */
  public start(work: () => Promise<unknown>): Promise<void> {
    this.isStarted = true
    const stopped = this.stopped()
    work()
      .catch((error) => (this.error = error))
      .finally(() => {
        this.isDone = true
        this.stop()
      })
    return stopped
  }

  /** Goes on to the next call, or to the end. */
  public goOn(): Promise<void> {
    this.steps++
    const stopped = this.stopped()
    this.open()
    return stopped
  }

  private stopped(): Promise<void> {
    return new Promise((resolve) => (this.stop = resolve))
  }

  private async pass(): Promise<void> {
    if (this.isStarted) {
      await new Promise<void>((resolve) => {
        this.open = resolve
        this.stop()
      })
    }
  }

  /** A driver whose calls wait. Of a list with ids, each is read when it is asked for, in the order that is given. */
  public gated(driver: any, order: (ids: string[]) => string[]): AtomicDriverContract {
    const gated = Object.create(driver)
    for (const name of CALLS.filter((call) => driver[call])) {
      gated[name] = async (...args: unknown[]) => {
        await this.pass()
        return driver[name].apply(gated, args)
      }
    }
    // Those two enter a session into the list before they store it.
    if (driver.entered) {
      gated.entered = async (...args: unknown[]) => {
        const entered = await driver.entered(...args)
        await this.pass()
        return entered
      }
    }
    gated.tagged = (tag: string) =>
      driver.recordOf ? this.listed(driver, gated, tag, order) : this.gatedList(driver.tagged(tag))
    return gated
  }

  private async *gatedList(listed: AsyncIterable<ListedSession>) {
    await this.pass()
    for await (const one of listed) {
      yield one
      await this.pass()
    }
  }

  private async *listed(
    driver: any,
    gated: any,
    tag: string,
    order: (ids: string[]) => string[]
  ): AsyncGenerator<ListedSession> {
    await this.pass()
    const ids: string[] = []
    const names = Object.create(driver)
    names.recordOf = async (id: string) => void ids.push(id)
    for await (const _ of names.tagged(tag)) {
      // Its record is read later.
    }
    for (const sessionId of order(ids)) {
      yield { sessionId, record: await gated.recordOf(sessionId) }
    }
  }
}

/** Chooses which of two goes on. */
export type Choose = () => number

/**
 * Does a run once for every order in which two go on, if one goes on in place of the other no more than `switches`
 * times. Returns how many there are.
 */
export async function everyOrder(
  switches: number,
  run: (choose: Choose) => Promise<void>
): Promise<number> {
  const toTry: number[][] = [[]]
  for (let runs = 0; ; runs++) {
    const begin = toTry.pop()
    if (!begin) {
      return runs
    }
    const taken: number[] = []
    await run(() => {
      const [last = 0] = taken.slice(-1)
      const isGiven = taken.length < begin.length
      const choice = isGiven ? begin[taken.length] : last
      const other = [...taken, 1 - choice]
      if (!isGiven && switchesIn(other) <= switches) {
        toTry.push(other)
      }
      taken.push(choice)
      return choice
    })
  }
}

function switchesIn(taken: number[]): number {
  return taken.filter((one, at) => one !== (taken[at - 1] ?? 0)).length
}
