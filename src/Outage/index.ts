import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { Deadline, within } from './deadline'

/** Operations in a row without an answer until the store counts as down: a single one may be slow. */
const UNANSWERED_UNTIL_DOWN = 3

/**
 * The part of `storeTimeout` after which a session is refused without the answer of the marks, or accepted: some
 * operations ask twice before they can do without.
 */
const PART_FOR_MARKS = { refusing: 0.9, accepting: 0.4 }

const known = new WeakMap<Settings, Outage>()
const knownOfMarks = new WeakMap<Settings, Outage>()

/** What the requests of this process know of the store behind a config. */
export function outageOf(settings: Settings): Outage {
  known.has(settings) || known.set(settings, new Outage(settings))
  return known.get(settings)!
}

/** What they know of the store that the config names in `revocation`. */
export function outageOfMarks(settings: Settings): Outage {
  const { revocation, storeTimeoutInMs } = settings
  const deadline = {
    driver: revocation!.driver,
    storeTimeoutInMs:
      storeTimeoutInMs * PART_FOR_MARKS[revocation!.acceptsOutage ? 'accepting' : 'refusing'],
  }
  knownOfMarks.has(settings) || knownOfMarks.set(settings, new Outage(deadline))
  return knownOfMarks.get(settings)!
}

/**
 * Asks the store. While it is known to be down, one request at a time tries it, and the others fail at
 * once. Whatever the store answers ends the outage, an error or a late answer, too: what costs is waiting.
 */
export class Outage {
  /** Operations without an answer since the last one that had one. */
  private unanswered = 0
  private isBeingTried = false
  private reason: NodeJS.ErrnoException | null = null

  constructor(private deadline: Deadline) {}

  /** @throws E_SESSION_STORE_UNAVAILABLE */
  public ask<T>(
    driver: SessionDriverContract,
    operation: string,
    question: () => T | Promise<T>
  ): Promise<T> {
    const isTry = this.unanswered >= UNANSWERED_UNTIL_DOWN
    if (isTry && this.isBeingTried) {
      return Promise.reject(this.notAsked(operation))
    }
    this.isBeingTried = isTry
    return within(this.deadline, operation, question, {
      answered: () => this.end(),
      unanswered: () => {
        this.isBeingTried &&= !isTry
        return this.note(connectionErrorOf(driver))
      },
    })
  }

  private end() {
    this.unanswered = 0
    this.isBeingTried = false
  }

  /** A driver that knows of no connection needs no second request to wait for it. */
  private note(reason: Error | null): Error | null {
    this.reason = reason
    this.unanswered = reason ? UNANSWERED_UNTIL_DOWN : this.unanswered + 1
    return reason
  }

  private notAsked(operation: string): SessionException {
    const { driver } = this.deadline
    const reason = this.reason?.message ?? 'it has not answered for a while'
    const error = new Error(`${reason} (not asked again, as another request is trying it)`)
    return SessionException.storeUnavailable(
      driver,
      operation,
      Object.assign(error, { code: this.reason?.code })
    )
  }
}

/** Asked by a timer, where an error of a driver of the app would end the process. */
export function connectionErrorOf(driver: SessionDriverContract): Error | null {
  try {
    const error = driver.connectionError?.()
    return error instanceof Error ? error : null
  } catch {
    return null
  }
}
