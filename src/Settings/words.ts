import { inspect } from 'util'

const SHORT = { depth: 1, maxArrayLength: 10, breakLength: Infinity, customInspect: false }

/** Any value in words, for an error. */
export function worded(value: unknown): string {
  try {
    const isWritable = typeof value === 'string' || typeof value === 'object'
    return isWritable ? JSON.stringify(value) : inspect(value, SHORT)
  } catch {
    // A circle, or an object with a big integer.
    return inspect(value, SHORT)
  }
}
