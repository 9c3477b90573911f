import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'crypto'
import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'

/** Sizes for AES-256-GCM, in bytes. */
const KEY = 32
const NONCE = 12
const TAG = 16

/**
 * The hash that is stored in place of a session id, 43 characters. Someone who reads the table, a backup or a
 * log of it can't take over a session.
 */
export function hashOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url')
}

/** Before the hash of an id, where a list stands for the id: no id has it. */
const LISTED = '#'

/** What stands in place of the id of a session in a list, where only its hash is known. */
export function listedId(hash: string): string {
  return LISTED + hash
}

/** Was it made by `listedId`? */
export function isListedId(id: unknown): boolean {
  return typeof id === 'string' && /^#[\w-]{43}$/.test(id)
}

/** What a row is found by: the hash of an id, also where a list gave that. */
export function keyOf(sessionId: string): string {
  return sessionId.startsWith(LISTED) ? sessionId.slice(LISTED.length) : hashOf(sessionId)
}

/**
 * Encrypts the successor in a tombstone, which is the id that the session has now. Only someone who has the
 * old id may learn it, so the key is derived from the old id.
 */
export function seal(tombstone: SessionTombstone, sessionId: string): SessionTombstone {
  const { successor } = tombstone
  if (successor === undefined) {
    return tombstone
  }
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', keyFor(sessionId), nonce)
  const text = Buffer.concat([cipher.update(successor, 'utf8'), cipher.final()])
  const sealed = Buffer.concat([nonce, cipher.getAuthTag(), text])
  return { ...tombstone, successor: sealed.toString('base64url') }
}

/** The reverse of `seal`. If decryption fails, the result has no successor and the reason `revoked`. */
export function unseal(tombstone: SessionTombstone, sessionId: string): SessionTombstone {
  const { successor, ...rest } = tombstone
  if (successor === undefined) {
    return tombstone
  }
  try {
    const sealed = Buffer.from(successor, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', keyFor(sessionId), sealed.subarray(0, NONCE), {
      authTagLength: TAG,
    })
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()])
    return { ...rest, successor: text.toString('utf8') }
  } catch {
    return { ...rest, reason: 'revoked' }
  }
}

function keyFor(sessionId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionId, '', 'session successor', KEY))
}
