import { types } from 'util'
import { SessionException, withArticle } from '../Exceptions'
import { isPlainObject, isSafeKey, Values } from './paths'

/** Deeper than this a value is a mistake, or an attack: whatever goes through it needs room on the stack. */
export const DEEPEST = 1500

/** Whatever is deeper may be a circle, and is looked at more closely. */
const DEPTH_WITHOUT_CIRCLES = 100

/** The place of a value: a key, and the place that it is in. The root has no key. */
interface Place {
  key: string
  within: Place | null
  depth: number
}

function pathOf(place: Place): string {
  const keys: string[] = []
  for (let at: Place | null = place; at; at = at.within) {
    at.key && keys.unshift(at.key)
  }
  return keys.join('.')
}

function refuse(place: Place, problem: string): never {
  throw SessionException.unserializable(pathOf(place) || 'session', problem)
}

/** Objects that JSON writes as `{}` or worse, in silence, wherever they were made. */
function isLossy(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isRegExp(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    value instanceof Error
  )
}

/** The name of what cannot be stored, for the error. */
function nameOf(value: object): string {
  const name = value.constructor?.name
  return name && name !== 'Object' ? name : Object.prototype.toString.call(value).slice(8, -1)
}

/** Copies values, in time that is linear in their size. */
class Copier {
  /** The objects that the value is in, which it may not refer to. */
  private around = new Set<object>()

  public copy(value: unknown, place: Place): any {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? value : refuse(place, `JSON cannot hold ${value}`)
      case 'bigint':
        return value.toString()
      case 'function':
      case 'symbol':
        return refuse(place, `JSON cannot hold a ${typeof value}`)
      case 'object':
        return value === null ? null : this.copyObject(value, place)
      default:
        return value
    }
  }

  /** Calls itself by `copy` alone: each call in between would halve the depth that the stack has room for. */
  private copyObject(value: any, place: Place): any {
    this.enter(value, place)
    let copied: any
    if (typeof value.toJSON === 'function') {
      copied = this.copy(value.toJSON(), { ...place, depth: place.depth + 1 })
    } else if (isBoxed(value)) {
      copied = this.copy(value.valueOf(), place)
    } else if (Array.isArray(value)) {
      copied = []
      for (let index = 0; index < value.length; index++) {
        copied.push(this.copy(value[index], below(place, String(index))) ?? null)
      }
    } else {
      copied = {}
      for (const key of keysOf(value, place)) {
        const item = this.copy(value[key], below(place, key))
        if (item !== undefined) {
          copied[key] = item
        }
      }
    }
    this.around.delete(value)
    return copied
  }

  private enter(value: object, place: Place) {
    if (this.around.has(value)) {
      refuse(place, 'it refers to itself')
    }
    if (value instanceof Date && Number.isNaN(value.getTime())) {
      refuse(place, 'it is an invalid date')
    }
    if (place.depth > DEEPEST) {
      throw tooDeep(place)
    }
    this.around.add(value)
  }
}

/** What an object shows of what it holds. An object that is not plain and shows nothing would be lost. */
function keysOf(value: object, place: Place): string[] {
  const keys = Object.keys(value)
  if (isLossy(value) || (!keys.length && !isPlainObject(value))) {
    refuse(place, `JSON cannot hold ${withArticle(nameOf(value))}`)
  }
  return keys.filter(isSafeKey)
}

function isBoxed(value: unknown): boolean {
  return types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value)
}

function below(within: Place, key: string): Place {
  return { key, within, depth: within.depth + 1 }
}

/** Names the key of the session: a path of thousands of keys helps nobody. */
function tooDeep(place: Place) {
  let at = place
  while (at.within?.key) {
    at = at.within
  }
  const problem = `it is nested too deeply: ${DEEPEST} levels are the most`
  return SessionException.unserializable(at.key || 'session', problem)
}

/**
 * A copy of a value as the store will give it back: dates and `toJSON` objects as their JSON,
 * big integers as decimal strings, `undefined` members left out.
 *
 * @param path where the value stands in the session, for the error
 * @throws E_SESSION_UNSERIALIZABLE for what JSON cannot hold (functions, symbols, `NaN`, maps, circles,
 * objects that show nothing of what they hold) and what is nested too deeply; never dropped in silence
 */
export function storable(value: unknown, path: string): any {
  const place = { key: path, within: null, depth: 0 }
  try {
    return new Copier().copy(value, place)
  } catch (error) {
    // The stack may be half used when the value comes.
    throw error instanceof RangeError ? tooDeep(place) : error
  }
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

/**
 * The JSON text of the values of a session.
 *
 * @throws E_SESSION_UNSERIALIZABLE
 */
export function toJson(values: Values): string {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw SessionException.unserializable('session', 'a session is an object of values')
  }
  return JSON.stringify(isJson(values) ? values : storable(values, ''))
}
