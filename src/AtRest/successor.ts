import { hkdfSync } from 'crypto'
import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { decryptText, encryptText } from './encryption'

/**
 * Encrypts the successor in a tombstone, which is the id that the session has now. Only someone who has the
 * old id may learn it, so the key is derived from the old id.
 */
export function seal(tombstone: SessionTombstone, sessionId: string): SessionTombstone {
  const { successor } = tombstone
  if (successor === undefined) {
    return tombstone
  }
  return { ...tombstone, successor: encryptText(successor, keyFor(sessionId)) }
}

/** The reverse of `seal`. If decryption fails, the result has no successor and the reason `revoked`. */
export function unseal(tombstone: SessionTombstone, sessionId: string): SessionTombstone {
  const { successor, ...rest } = tombstone
  if (successor === undefined) {
    return tombstone
  }
  const text = decryptText(successor, keyFor(sessionId))
  return text === null ? { ...rest, reason: 'revoked' } : { ...rest, successor: text }
}

function keyFor(sessionId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionId, '', 'session successor', 32))
}
