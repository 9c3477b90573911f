import { SessionException } from '../Exceptions'

/** As long as the column of a table takes. */
const LONGEST = 190

/**
 * A tag as it is stored: a number and its text are one tag.
 *
 * @throws E_SESSION_INVALID_TAG
 */
export function tagOf(tag: unknown): string {
  const text = typeof tag === 'number' && Number.isFinite(tag) ? String(tag) : tag
  if (typeof text !== 'string' || text === '' || text.length > LONGEST) {
    throw SessionException.invalidTag(tag)
  }
  return text
}
