import { SessionException } from '../Exceptions'
import { isPlainObject, isSafeKey, Values } from './paths'

/** Objects that JSON writes as `{}` or worse, in silence. */
const LOSSY = [Map, Set, WeakMap, WeakSet, Promise, RegExp, Error, ArrayBuffer]

/** Whatever is deeper may be a circle, and is looked at more closely. */
const DEPTH_WITHOUT_CIRCLES = 100

function refuse(path: string, problem: string): never {
  throw SessionException.unserializable(path || 'session', problem)
}

function join(path: string, key: string | number): string {
  return path ? `${path}.${key}` : String(key)
}

function copyObject(value: any, path: string, parents: object[]): any {
  if (parents.includes(value)) {
    refuse(path, 'it refers to itself')
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    refuse(path, 'it is an invalid date')
  }
  if (typeof value.toJSON === 'function') {
    return copy(value.toJSON(), path, [...parents, value])
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return copy(value.valueOf(), path, parents)
  }
  if (LOSSY.some((type) => value instanceof type) || ArrayBuffer.isView(value)) {
    refuse(path, `JSON cannot hold a ${value.constructor.name}`)
  }

  const chain = [...parents, value]
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => copy(item, join(path, index), chain) ?? null)
  }

  const clean: Values = {}
  for (const key of Object.keys(value)) {
    if (isSafeKey(key)) {
      const item = copy(value[key], join(path, key), chain)
      if (item !== undefined) {
        clean[key] = item
      }
    }
  }
  return clean
}

function copy(value: unknown, path: string, parents: object[]): any {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : refuse(path, `JSON cannot hold ${value}`)
    case 'bigint':
      return value.toString()
    case 'function':
    case 'symbol':
      return refuse(path, `JSON cannot hold a ${typeof value}`)
    case 'object':
      return value === null ? null : copyObject(value, path, parents)
    default:
      return value
  }
}

/**
 * A copy of a value as the store will give it back: dates and `toJSON` objects as their JSON,
 * big integers as decimal strings, `undefined` members left out.
 *
 * @param path where the value stands in the session, for the error
 * @throws E_SESSION_UNSERIALIZABLE for what JSON cannot hold: functions, symbols, `NaN`, maps,
 * circles …; never dropped in silence
 */
export function storable(value: unknown, path: string): any {
  try {
    return copy(value, path, [])
  } catch (error) {
    if (error instanceof RangeError) {
      refuse(path, 'it is nested too deeply')
    }
    throw error
  }
}

/** Will JSON give a value back as it is? This looks and copies nothing: most values are such. */
function isJson(value: any, depth: number): boolean {
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
    refuse('', 'a session is an object of values')
  }
  return JSON.stringify(isJson(values, 0) ? values : storable(values, ''))
}
