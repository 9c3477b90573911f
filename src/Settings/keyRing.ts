import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'

/** The minimum length of a key of AdonisJS, in characters. */
const SHORTEST = 16

/**
 * The keys in the config; absent: none, and `APP_KEY` is used. No error shows a key.
 *
 * @throws E_SESSION_INVALID_CONFIG
 */
export function keysOf(config: SessionConfig): string[] {
  const keys = config.keys ?? []
  if (!Array.isArray(keys)) {
    throw SessionException.invalidConfig('keys', 'must be a list of strings')
  }
  // A hole in the list counts as a key that is missing.
  Array.from(keys).forEach((key: unknown, at) => {
    if (typeof key !== 'string' || key.length < SHORTEST) {
      const problem =
        typeof key === 'string'
          ? `has ${key.length} characters, and must have ${SHORTEST} or more`
          : `is ${key === null ? 'null' : typeof key}, and must be a string of ${SHORTEST} or more characters. If it comes from the environment, the variable is not set there`
      throw SessionException.invalidConfig(`keys[${at}]`, problem)
    }
  })
  return [...new Set(keys)]
}

/**
 * The keys that encrypt stored sessions, the first one to write with.
 *
 * @throws E_SESSION_INVALID_CONFIG
 */
export function sealingKeysOf(config: SessionConfig, appKey: string | undefined): string[] {
  const keys = keysOf(config)
  const known = keys.length || appKey === undefined ? keys : [appKey]
  if (config.encrypt && !known.length) {
    throw SessionException.invalidConfig('encrypt', 'needs a key. Set "keys" or APP_KEY')
  }
  return known
}
