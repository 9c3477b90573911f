import { CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'crypto'

/** Sizes for AES-256-GCM, in bytes. */
const NONCE = 12
const TAG = 16

/** Encrypts a text with a key of 32 bytes: the nonce, the tag and the ciphertext in Base64url. */
export function encryptText(text: string, key: CipherKey): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url')
}

/** The reverse of `encryptText`. `null`: it is damaged, or was encrypted with another key. */
export function decryptText(sealed: string, key: CipherKey): string | null {
  try {
    const bytes = Buffer.from(sealed, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), {
      authTagLength: TAG,
    })
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()])
    return text.toString('utf8')
  } catch {
    return null
  }
}
