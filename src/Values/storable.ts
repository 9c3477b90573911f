import { SessionException } from '../Exceptions'
import { Copier, Place } from './Copier'
import { tooDeep } from './depth'
import { isPlainObject, isSafeKey, pathOf, Values } from './paths'

/** Whatever is deeper may be a circle, and is looked at more closely. */
const DEPTH_WITHOUT_CIRCLES = 100

/**
 * A copy of a value as the store will give it back: dates and `toJSON` objects as their JSON,
 * big integers as decimal strings, `undefined` members left out.
 *
 * @param path where the value stands in the session; empty for all of its values
 * @param seen gets each object of the value
 * @throws E_SESSION_UNSERIALIZABLE for what JSON cannot hold (functions, symbols, `NaN`, maps, circles,
 * objects that show nothing of what they hold) and what is nested too deeply; never dropped in silence
 */
export function storable(value: unknown, path: string, seen?: WeakSet<object>): any {
  const depth = path === '' ? 0 : pathOf({}, String(path)).length
  return copyOf(value, { key: path, within: null, depth }, seen)
}

function copyOf(value: unknown, place: Place, seen?: WeakSet<object>): any {
  try {
    return new Copier(seen).copy(value, place)
  } catch (error) {
    // The stack may be half used when the value comes.
    throw error instanceof RangeError ? tooDeep(place.key) : error
  }
}

/** What an object gives a session as all of its values: as it is, or what its `toJSON` returns. */
export interface Whole {
  live: Values
  stored: Values
}

/** @throws E_SESSION_UNSERIALIZABLE also for what has no values to give, such as a date */
export function wholeOf(given: any, seen?: WeakSet<object>): Whole {
  const live = given ?? {}
  const stored = storable(live, '', seen)
  if (typeof stored !== 'object' || stored === null) {
    throw noValues()
  }
  return { live: typeof live.toJSON === 'function' ? storable(stored, '') : live, stored }
}

function noValues() {
  return SessionException.unserializable('session', 'a session is an object of values')
}

/** Will JSON give a value back as it is? This looks and copies nothing: most values are such. */
export function isJson(value: any, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (depth < DEPTH_WITHOUT_CIRCLES && isJsonObject(value, depth + 1))
    default:
      return false
  }
}

function isJsonObject(value: any, depth: number): boolean {
  if (typeof value.toJSON === 'function') {
    return false
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isJson(value[index], depth)) {
        return false
      }
    }
    return true
  }
  return (
    isPlainObject(value) &&
    Object.keys(value).every((key) => isSafeKey(key) && isJson(value[key], depth))
  )
}

/** The place of all values. Messages are among those that a driver gets, one level deeper than they were flashed. */
const ALL: Place = { key: '', within: null, depth: -1 }

/**
 * The JSON text of the values of a session.
 *
 * @throws E_SESSION_UNSERIALIZABLE
 */
export function toJson(values: Values): string {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw noValues()
  }
  return JSON.stringify(isJson(values) ? values : copyOf(values, ALL))
}
