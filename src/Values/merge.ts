import { isDeepStrictEqual } from 'util'
import { isPlainObject, isSafeKey, Values } from './paths'

function keysOf(...sources: Values[]): string[] {
  return [...new Set(sources.flatMap((source) => Object.keys(source)))].filter(isSafeKey)
}

/**
 * Three-way merge of JSON values, key by key, into plain objects: unchanged by us → theirs,
 * unchanged by them → ours, changed by both → ours. A deletion is a change. Arrays are one value.
 * Pure: the arguments stay as they are.
 */
export function merge(base: Values, ours: Values, theirs: Values): Values {
  const merged: Values = {}
  for (const key of keysOf(theirs, ours)) {
    const [was, mine, other] = [base[key], ours[key], theirs[key]]
    let value: unknown

    if (isDeepStrictEqual(was, mine)) {
      value = other
    } else if (isPlainObject(mine) && isPlainObject(other)) {
      value = merge(isPlainObject(was) ? was : {}, mine, other)
    } else {
      value = mine
    }

    if (value !== undefined) {
      merged[key] = value
    }
  }
  return merged
}

/** What two sets of JSON values both hold: the same key with the same value. */
export function common(one: Values, other: Values): Values {
  const shared: Values = {}
  for (const key of keysOf(one)) {
    if (isPlainObject(one[key]) && isPlainObject(other[key])) {
      shared[key] = common(one[key], other[key])
    } else if (isDeepStrictEqual(one[key], other[key])) {
      shared[key] = one[key]
    }
  }
  return shared
}

/** Adds values into a target: plain objects are merged, anything else is replaced. */
export function mergeInto(target: Values, values: Values): Values {
  for (const key of keysOf(values)) {
    if (isPlainObject(values[key]) && isPlainObject(target[key])) {
      mergeInto(target[key], values[key])
    } else if (values[key] !== undefined) {
      target[key] = values[key]
    }
  }
  return target
}
