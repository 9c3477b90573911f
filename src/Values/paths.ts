import { lodash } from '@poppinss/utils'
import { SessionException } from '../Exceptions'
import { DEEPEST, tooDeep } from './depth'

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
  return prototype === null || prototype === Object.prototype || isOtherRealms(value, prototype)
}

/** Is it a plain object that was made in another realm, such as a `vm` context? */
function isOtherRealms(value: object, prototype: object): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    owns(prototype, 'hasOwnProperty') &&
    Object.prototype.toString.call(value) === '[object Object]'
  )
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
export function pathOf(target: Values, key: string): string[] {
  const plain = !key.includes('.') && !key.includes('[')
  const path = plain || owns(target, key) ? [key] : lodash.toPath(key)
  return path.length ? path : [key]
}

/**
 * The name below which all is that a key can reach, also where a key with dots stands as it is. What is done
 * below one name makes no difference to what is done below another.
 */
export function rootOf(key: string): string {
  return pathOf({}, String(key))[0].split(/[.[]/, 1)[0]
}

/** The value at the end of a path; `undefined` when there is none. */
function walk(target: Values, path: string[]): any {
  let node: any = target
  for (const segment of path) {
    if (typeof node !== 'object' || node === null || !isSafeKey(segment) || !shows(node, segment)) {
      return undefined
    }
    node = node[segment]
  }
  return node
}

/** Has an object the property itself? One of a class of the app has its accessors, too. */
function shows(node: any, segment: string): boolean {
  return (
    owns(node, segment) ||
    (!Array.isArray(node) &&
      !isPlainObject(node) &&
      segment in node &&
      typeof node[segment] !== 'function')
  )
}

/** The value at a dotted path; `undefined` when there is none. */
export function getPath(target: Values, key: string): any {
  return walk(target, pathOf(target, String(key)))
}

/** Gives the object to write to in place of one that is not ours to change. */
export type Own = (node: any) => any

const itself: Own = (node) => node

/**
 * Writes a value at a dotted path. A missing parent becomes an object, never an array; an existing
 * array is indexed. A path with an unsafe key writes nothing.
 *
 * @throws E_SESSION_UNSERIALIZABLE for what is not a valid index of an array, and for a path that is too deep
 */
export function setPath(target: Values, key: string, value: unknown, own = itself): void {
  const path = pathOf(target, String(key))
  if (!path.every(isSafeKey)) {
    return
  }
  if (path.length > DEEPEST + 1) {
    throw tooDeep(path[0])
  }

  const last = path.pop()!
  let node: any = target
  for (const segment of path) {
    requireIndex(node, segment, key)
    node = child(node, segment, own) ?? (node[segment] = {})
  }
  requireIndex(node, last, key)
  node[last] = value
}

/** The object under a key, to be written to; `null` when there is none, or what is stored of it is none. */
function child(node: any, segment: string, own: Own): any {
  const next = owns(node, segment) ? node[segment] : null
  if (!isObject(next)) {
    return null
  }
  const ours = own(next)
  if (ours !== next) {
    node[segment] = ours
  }
  return isObject(ours) ? ours : null
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** The object at a path, to be written to; `null` when there is none. */
export function ownPath(target: Values, key: string, own = itself): any {
  let node: any = target
  for (const segment of pathOf(target, String(key))) {
    node = node && isSafeKey(segment) ? child(node, segment, own) : null
  }
  return node
}

/** An array takes indexes, up to a gap that can be meant; anything else would not be stored. */
function requireIndex(node: object, segment: string, key: string) {
  if (Array.isArray(node) && !fits(node, segment)) {
    throw SessionException.unserializable(
      key,
      `"${segment}" is not a valid index of the array there`
    )
  }
}

function fits(list: unknown[], segment: string): boolean {
  return INDEX.test(segment) && Number(segment) <= list.length + LONGEST_GAP
}

/** Removes the value at a dotted path; removing what is not there is fine. */
export function unsetPath(target: Values, key: string, own = itself): void {
  const path = pathOf(target, String(key))
  if (!path.every(isSafeKey)) {
    return
  }

  const last = path.pop()!
  let node: any = target
  for (const segment of path) {
    node = node && child(node, segment, own)
  }
  // The length of an array is not to be removed, which is no error.
  node && Reflect.deleteProperty(node, last)
}
