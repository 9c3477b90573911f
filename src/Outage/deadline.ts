import { performance } from 'perf_hooks'
import { SessionException } from '../Exceptions'

/** How long to wait for a driver, and its name for the error. Part of the settings. */
export interface Deadline {
  driver: string
  storeTimeoutInMs: number
}

/** What is told about the answer. */
export interface Listener {
  /** It came, a value or an error, in time or late. */
  answered(): void
  /** It did not come in time. Returns the reason, as far as it is known. */
  unanswered(): Error | null
}

const NOBODY: Listener = { answered() {}, unanswered: () => null }

/**
 * Asks the driver, and waits no longer than the deadline. The operation is not cancelled; its late answer
 * is ignored.
 *
 * A blocked event loop runs its timers before it reads the answers that have come meanwhile. So the time
 * that a timer is late is given back, up to a second deadline.
 *
 * An error with the code `ETIMEDOUT` is not an answer: the driver has given up waiting by itself.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE when the driver fails or does not answer in time. Errors of this
 * package pass as they are.
 */
export function within<T>(
  { driver, storeTimeoutInMs }: Deadline,
  operation: string,
  question: () => T | Promise<T>,
  listener: Listener = NOBODY
): Promise<T> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      const isOurs = error instanceof SessionException
      reject(isOurs ? error : SessionException.storeUnavailable(driver, operation, error))
    }
    let isGivenUp = false
    const fail = (error: Error & { code?: unknown }) => {
      clearTimeout(timer)
      if (error.code !== 'ETIMEDOUT') {
        listener.answered()
      } else if (!isGivenUp) {
        listener.unanswered()
      }
      refuse(error)
    }
    const giveUp = () => {
      isGivenUp = true
      refuse(silence(storeTimeoutInMs, listener.unanswered()))
    }

    const dueAt = performance.now() + storeTimeoutInMs
    let timer = setTimeout(() => {
      timer = setTimeout(giveUp, Math.min(performance.now() - dueAt, storeTimeoutInMs))
    }, storeTimeoutInMs)

    try {
      Promise.resolve(question()).then((answer) => {
        clearTimeout(timer)
        listener.answered()
        resolve(answer)
      }, fail)
    } catch (error) {
      fail(error)
    }
  })
}

function silence(timeoutInMs: number, reason: NodeJS.ErrnoException | null): Error {
  const text = `no answer within ${timeoutInMs} ms`
  return reason
    ? Object.assign(new Error(`${reason.message} (${text})`), { code: reason.code })
    : new Error(text)
}
