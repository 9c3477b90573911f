import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { CookieClientContract } from '@ioc:Adonis/Core/CookieClient'
import type { EncryptionContract } from '@ioc:Adonis/Core/Encryption'
import { Settings } from '../Settings'

/** Reads and writes cookies: an AdonisJS `CookieClient`, or a `KeyRing`. */
export type CookieSealer = Pick<CookieClientContract, 'sign' | 'unsign' | 'encrypt' | 'decrypt'>

const known = new WeakMap<Settings, KeyRing>()

/** The keys for the cookies of an app's sessions: those of the config, or else `APP_KEY`. */
export function keyRingOf(app: ApplicationContract, settings: Settings): KeyRing {
  const { keys } = settings
  const encryption = app.container.use('Adonis/Core/Encryption')
  if (!keys.length) {
    return new KeyRing([encryption])
  }
  if (!known.has(settings)) {
    known.set(settings, new KeyRing(keys.map((secret) => encryption.child({ secret }))))
  }
  return known.get(settings)!
}

/**
 * Signs and encrypts cookies as AdonisJS does, with the first key. Accepts cookies made with any of the keys. Returns
 * `null` if none of them fits.
 */
export class KeyRing implements CookieSealer {
  /** @param encryptions one for each key, with at least one key */
  constructor(private encryptions: EncryptionContract[]) {}

  public sign(name: string, value: string): string {
    return `s:${this.encryptions[0].verifier.sign(value, undefined, name)}`
  }

  /** `isFirst`: whether the first key signed the text. */
  public verify(name: string, text: string): { value: unknown; isFirst: boolean } | null {
    if (!text.startsWith('s:')) {
      return null
    }
    for (const { verifier } of this.encryptions) {
      const value = quietly(() => verifier.unsign(text.slice('s:'.length), name))
      if (value !== null) {
        return { value, isFirst: verifier === this.encryptions[0].verifier }
      }
    }
    return null
  }

  public unsign(name: string, text: string): any {
    return this.verify(name, text)?.value ?? null
  }

  public encrypt(name: string, value: unknown, ttlInMs?: number): string {
    return `e:${this.encryptions[0].encrypt(value, ttlInMs, name)}`
  }

  public decrypt(name: string, text: string): any {
    if (!text.startsWith('e:')) {
      return null
    }
    for (const encryption of this.encryptions) {
      const value = quietly(() => encryption.decrypt(text.slice('e:'.length), name))
      if (value !== null) {
        return value
      }
    }
    return null
  }
}

/** AdonisJS raises errors for some malformed texts; they count as unreadable. */
function quietly<T>(read: () => T | null): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
