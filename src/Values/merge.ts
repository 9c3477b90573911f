import { isPlainObject, isSafeKey, Own, owns, Values } from './paths'

function keysOf(...sources: Values[]): string[] {
  return [...new Set(sources.flatMap((source) => Object.keys(source)))].filter(isSafeKey)
}

/** Are two JSON values the same, whatever the order of their keys? */
export function isSame(one: any, other: any): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other
  }
  const keys = Object.keys(one)
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => owns(other, key) && isSame(one[key], other[key]))
  )
}

/**
 * Three-way merge of JSON values, key by key, into plain objects: unchanged by us → theirs,
 * unchanged by them → ours, changed by both → ours, removed by them → removed. Arrays are one value.
 * Pure: the arguments stay as they are.
 */
export function merge(base: Values, ours: Values, theirs: Values): Values {
  const merged: Values = {}
  for (const key of keysOf(theirs, ours)) {
    const value = mergeValue(base[key], ours[key], theirs[key])
    if (value !== undefined) {
      merged[key] = value
    }
  }
  return merged
}

/** Objects are gone into before they are compared: each value is looked at once. */
function mergeValue(was: unknown, mine: unknown, other: unknown): unknown {
  if (isPlainObject(mine) && isPlainObject(other)) {
    return merge(isPlainObject(was) ? was : {}, mine, other)
  }
  return isRemoved(was, mine, other) || isSame(was, mine) ? other : mine
}

/**
 * Have they removed a value, or the object or array that we changed inside? Ours would bring back what
 * nobody touched, such as a user who was logged out.
 */
function isRemoved(was: unknown, mine: unknown, other: unknown): boolean {
  return (
    (was !== undefined && other === undefined) ||
    (isPlainObject(was) && isPlainObject(mine) && !isPlainObject(other)) ||
    (Array.isArray(was) && Array.isArray(mine) && !Array.isArray(other))
  )
}

/** What two sets of JSON values both hold: the same key with the same value. */
export function common(one: Values, other: Values): Values {
  const shared: Values = {}
  for (const key of keysOf(one)) {
    if (isPlainObject(one[key]) && isPlainObject(other[key])) {
      shared[key] = common(one[key], other[key])
    } else if (isSame(one[key], other[key])) {
      shared[key] = one[key]
    }
  }
  return shared
}

/** Adds values into a target: plain objects are merged, anything else is replaced. */
export function mergeInto(target: Values, values: Values, own: Own = (node) => node): Values {
  for (const key of keysOf(values)) {
    const ours = isPlainObject(target[key]) ? own(target[key]) : null
    if (isPlainObject(values[key]) && isPlainObject(ours)) {
      target[key] = mergeInto(ours, values[key], own)
    } else if (values[key] !== undefined) {
      target[key] = values[key]
    }
  }
  return target
}
