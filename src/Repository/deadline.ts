import { SessionException } from '../Exceptions'

/** How long to wait for a driver, and its name for the error. Part of the settings. */
export interface Deadline {
  driver: string
  storeTimeoutInMs: number
}

/**
 * Asks the driver, and waits no longer than the deadline. The operation is not cancelled; its late answer
 * is ignored.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE when the driver fails or does not answer in time. Errors of this
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
