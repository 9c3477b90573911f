import type { SessionConfig, SessionRegistryConfig } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'

export interface RegistrySettings {
  /** The key under which the session guard of AdonisJS keeps the id of the user; `null`: nobody looks there. */
  userKey: string | null
  /** `Infinity`: any number. */
  maxPerTag: number
  whenFull: 'evict' | 'refuse'
  tracksClient: boolean
}

const GUARD = 'web'

/** What each key may be, in words. */
const TYPES: Record<keyof SessionRegistryConfig, [words: string, is: (value: unknown) => boolean]> =
  {
    tagUsers: [
      'true, false or the name of a guard',
      (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
    ],
    maxPerTag: [
      'a whole number from 1 on',
      (value) => Number.isInteger(value) && Number(value) >= 1,
    ],
    whenFull: ['"evict" or "refuse"', (value) => value === 'evict' || value === 'refuse'],
    trackClient: ['true or false', (value) => typeof value === 'boolean'],
  }

/** @throws E_SESSION_INVALID_CONFIG */
export function registryOf({ registry = {} }: SessionConfig): RegistrySettings {
  if (typeof registry !== 'object' || registry === null) {
    throw SessionException.invalidConfig('registry', 'must be an object')
  }
  for (const [key, value] of Object.entries(registry)) {
    const [words, isValid] = TYPES[key as keyof SessionRegistryConfig] ?? []
    if (!words) {
      const known = Object.keys(TYPES).join(', ')
      throw SessionException.invalidConfig(`registry.${key}`, `is unknown. Known are ${known}`)
    }
    if (value !== undefined && !isValid!(value)) {
      throw SessionException.invalidConfig(
        `registry.${key}`,
        `is ${JSON.stringify(value)}, and must be ${words}`
      )
    }
  }
  const {
    tagUsers = false,
    maxPerTag = Infinity,
    whenFull = 'evict',
    trackClient = false,
  } = registry
  return {
    userKey: tagUsers === false ? null : `auth_${tagUsers === true ? GUARD : tagUsers}`,
    maxPerTag,
    whenFull,
    tracksClient: trackClient,
  }
}

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
