import { lodash } from '@poppinss/utils'
import { SessionException } from '../Exceptions'

export type Values = Record<string, any>

/**
 * Keys that reach an object's prototype. The JSON reader of AdonisJS drops them from stored data,
 * so they are dropped everywhere: they are never written and never found.
 */
const UNSAFE_KEYS = new Set(['__proto__', 'constructor'])

/** An index this far beyond the end of an array is a mistake, or an attack on memory. */
const LONGEST_GAP = 1000
const INDEX = /^(0|[1-9]\d*)$/

export function isSafeKey(key: string): boolean {
  return !UNSAFE_KEYS.has(key)
}

export function isPlainObject(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null) {
    return false
  }
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

export function isEmpty(values: Values): boolean {
  for (const _ in values) {
    return false
  }
  return true
}

/** Has an object the property itself, and not from its prototype? */
export function owns(target: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(target, key)
}

/** `user.emails[0]` → `['user', 'emails', '0']`. A key that stands in the target as it is wins. */
function segments(target: Values, key: string): string[] {
  const plain = !key.includes('.') && !key.includes('[')
  return plain || owns(target, key) ? [key] : lodash.toPath(key)
}

/** The value at the end of a path, own properties only; `undefined` when there is none. */
function walk(target: Values, path: string[]): any {
  let node: any = target
  for (const segment of path) {
    if (typeof node !== 'object' || node === null || !isSafeKey(segment) || !owns(node, segment)) {
      return undefined
    }
    node = node[segment]
  }
  return node
}

/** The value at a dotted path; `undefined` when there is none. */
export function getPath(target: Values, key: string): any {
  return walk(target, segments(target, String(key)))
}

/**
 * Writes a value at a dotted path. A missing parent becomes an object, never an array; an existing
 * array is indexed. A path with an unsafe key writes nothing.
 *
 * @throws E_SESSION_UNSERIALIZABLE for what is no index of an array
 */
export function setPath(target: Values, key: string, value: unknown): void {
  const path = segments(target, String(key))
  if (!path.every(isSafeKey)) {
    return
  }

  const last = path.pop()!
  let node: any = target
  for (const segment of path) {
    requireIndex(node, segment, key)
    const next = owns(node, segment) ? node[segment] : undefined
    node = typeof next === 'object' && next !== null ? next : (node[segment] = {})
  }
  requireIndex(node, last, key)
  node[last] = value
}

/** An array takes indexes, up to a gap that can be meant; anything else would not be stored. */
function requireIndex(node: object, segment: string, key: string) {
  const fits = INDEX.test(segment) && Number(segment) <= (node as any[]).length + LONGEST_GAP
  if (Array.isArray(node) && !fits) {
    throw SessionException.unserializable(key, `"${segment}" is no index of the array there`)
  }
}

/** Removes the value at a dotted path; removing what is not there is fine. */
export function unsetPath(target: Values, key: string): void {
  const path = segments(target, String(key))
  const last = path.pop()!
  const parent = walk(target, path)
  if (typeof parent === 'object' && parent !== null && isSafeKey(last)) {
    delete parent[last]
  }
}

/** A new object with only the values at the given paths, at their places. */
export function pickPaths(source: Values, keys: string[]): Values {
  const picked: Values = {}
  for (const key of keys) {
    const value = getPath(source, key)
    if (value !== undefined) {
      if (owns(source, key)) {
        picked[key] = value
      } else {
        setPath(picked, key, value)
      }
    }
  }
  return picked
}

/** A copy without the values at the given paths; the source stays as it is. */
export function omitPaths(source: Values, keys: string[]): Values {
  const rest: Values = lodash.cloneDeep(source)
  keys.forEach((key) => unsetPath(rest, key))
  return rest
}
