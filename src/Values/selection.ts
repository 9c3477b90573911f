import {
  getPath,
  isPlainObject,
  isSafeKey,
  owns,
  pathOf,
  setPath,
  unsetPath,
  Values,
} from './paths'
import { storable } from './storable'

/** A new object with only the values at the given paths, at their places. */
export function pickPaths(source: Values, keys: string[]): Values {
  const picked: Values = {}
  const depthOf = (key: string) => pathOf(source, String(key)).length
  // What is above goes first: it brings along what is below.
  for (const key of [...keys].sort((one, other) => depthOf(one) - depthOf(other))) {
    const value = getPath(source, key)
    if (value !== undefined && owns(source, key)) {
      picked[key] = value
    } else if (value !== undefined && getPath(picked, key) === undefined) {
      setPath(picked, key, value)
    }
  }
  return picked
}

/** A copy without the values at the given paths; the source stays as it is. */
export function omitPaths(source: Values, keys: string[]): Values {
  const rest: Values = copyOf(source)
  keys.forEach((key) => unsetPath(rest, key, asStored))
  return rest
}

function isPlain(value: unknown): boolean {
  return isPlainObject(value) || Array.isArray(value)
}

/** Instances stay as they are: a copy of one would be without its private fields. */
function copyOf(node: any, copies = new Map()): any {
  if (!isPlain(node) || copies.has(node)) {
    return copies.get(node) ?? node
  }
  const copy: any = Array.isArray(node) ? new Array(node.length) : {}
  copies.set(node, copy)
  for (const key of Object.keys(node).filter(isSafeKey)) {
    copy[key] = copyOf(node[key], copies)
  }
  return copy
}

/** What is removed from an instance is removed from what would be stored of it. */
function asStored(node: any): any {
  return isPlain(node) ? node : storable(node, '')
}

/** Removes fields in place: a name at any depth, a path where it leads. */
export function omitFields(values: Values, fields: string[]): Values {
  const isPath = (field: string) => field.includes('.')
  fields.filter(isPath).forEach((path) => unsetPath(values, path))
  removeKeys(values, new Set(fields.filter((field) => !isPath(field))))
  return values
}

function removeKeys(node: any, names: Set<string>) {
  for (const key of Object.keys(node)) {
    if (names.has(key) && !Array.isArray(node)) {
      delete node[key]
    } else if (typeof node[key] === 'object' && node[key] !== null) {
      removeKeys(node[key], names)
    }
  }
}
