import { SessionException } from '../Exceptions'

/** How long to wait for a store, and its name for the error. Part of the settings. */
export interface Deadline {
  driver: string
  storeTimeoutInMs: number
}

/** The store did not answer; what it does with the operation later is nobody's business any more. */
class DeadlineError extends Error {}

/**
 * Asks the store, and waits no longer than the deadline.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE when the store fails or does not answer in time. Errors of this
 * package pass as they are.
 */
export async function within<T>(
  { driver, storeTimeoutInMs }: Deadline,
  operation: string,
  question: () => T | Promise<T>
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeadlineError(`no answer within ${storeTimeoutInMs} ms`)),
      storeTimeoutInMs
    )
  })

  try {
    return await Promise.race([question(), deadline])
  } catch (error) {
    if (error instanceof SessionException) {
      throw error
    }
    throw SessionException.storeUnavailable(driver, operation, error)
  } finally {
    clearTimeout(timer!)
  }
}
