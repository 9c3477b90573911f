import { SessionException } from '../Exceptions'

/** How long to wait for a store, and its name for the error. Part of the settings. */
export interface Deadline {
  driver: string
  storeTimeoutInMs: number
}

/**
 * Asks the store, and waits no longer than the deadline; what it does with the operation later is
 * nobody's business any more.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE when the store fails or does not answer in time. Errors of this
 * package pass as they are.
 */
export function within<T>(
  { driver, storeTimeoutInMs }: Deadline,
  operation: string,
  question: () => T | Promise<T>
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      clearTimeout(timer)
      const isOurs = error instanceof SessionException
      reject(isOurs ? error : SessionException.storeUnavailable(driver, operation, error))
    }
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${storeTimeoutInMs} ms`)),
      storeTimeoutInMs
    )

    try {
      Promise.resolve(question()).then((answer) => {
        clearTimeout(timer)
        resolve(answer)
      }, fail)
    } catch (error) {
      fail(error)
    }
  })
}
