import type { SessionConfig, SessionRegistryConfig } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { requireObject } from './keys'
import { worded } from './words'

export interface RegistrySettings {
  /** The session key in which the session guard of AdonisJS stores the user's id. `null`: users aren't tagged. */
  userKey: string | null
  /** `Infinity`: no limit. */
  maxPerTag: number
  whenFull: 'evict' | 'refuse'
  tracksClient: boolean
}

const GUARD = 'web'

/** The valid values of each key: a description for errors, and a check. */
const TYPES: Record<keyof SessionRegistryConfig, [words: string, is: (value: unknown) => boolean]> =
  {
    tagUsers: [
      'true, false or the name of a guard',
      (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
    ],
    maxPerTag: [
      'a whole number of 1 or more',
      (value) => Number.isInteger(value) && Number(value) >= 1,
    ],
    whenFull: ['"evict" or "refuse"', (value) => value === 'evict' || value === 'refuse'],
    trackClient: ['true or false', (value) => typeof value === 'boolean'],
  }

const KEYS = Object.keys(TYPES)

/** @throws E_SESSION_INVALID_CONFIG */
export function registryOf({ registry = {} }: SessionConfig): RegistrySettings {
  requireObject('registry', registry)
  for (const [key, value] of Object.entries(registry)) {
    if (!KEYS.includes(key)) {
      throw SessionException.invalidConfig(
        `registry.${key}`,
        `is unknown. The known keys are ${KEYS.join(', ')}`
      )
    }
    const [words, isValid] = TYPES[key as keyof SessionRegistryConfig]
    if (value !== undefined && !isValid(value)) {
      throw SessionException.invalidConfig(
        `registry.${key}`,
        `is ${worded(value)}, and must be ${words}`
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

/** The maximum length of the database column. */
const LONGEST = 190

/** PostgreSQL can't store NUL, and UTF-8 has no bytes for half of a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u

/**
 * Returns a tag as it is stored. A number and the same number as a string are the same tag.
 *
 * @throws E_SESSION_INVALID_TAG
 */
export function tagOf(tag: unknown): string {
  const text = typeof tag === 'number' && Number.isFinite(tag) ? String(tag) : tag
  if (typeof text !== 'string' || !isStorable(text)) {
    throw SessionException.invalidTag(tag)
  }
  return text
}

function isStorable(text: string): boolean {
  return text !== '' && text.length <= LONGEST && !UNSTORABLE.test(text)
}
