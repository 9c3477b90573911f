import { createHash } from 'crypto'

/**
 * The hash that is stored in place of a session id, 43 characters. Someone who reads the table, a backup or a
 * log of it can't take over a session.
 */
export function hashOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url')
}

/** The prefix of a hash that a list returns in place of an id. No id contains this character. */
const LISTED = '#'

/** What stands in place of the id of a session in a list, where only its hash is known. */
export function listedId(hash: string): string {
  return LISTED + hash
}

/** Was it made by `listedId`? */
export function isListedId(id: unknown): boolean {
  return typeof id === 'string' && /^#[\w-]{43}$/.test(id)
}

/** The hash by which a row is found, from an id or from a `listedId`. */
export function keyOf(sessionId: string): string {
  return sessionId.startsWith(LISTED) ? sessionId.slice(LISTED.length) : hashOf(sessionId)
}
