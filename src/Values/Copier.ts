import { SessionException, withArticle } from '../Exceptions'
import { DEEPEST, tooDeep } from './depth'
import * as lossy from './lossy'
import { isPlainObject, isSafeKey } from './paths'

/** The place of a value: a key, and the place that it is in. The root has no key. */
export interface Place {
  key: string
  within: Place | null
  depth: number
}

function nameOf(place: Place): string {
  const keys: string[] = []
  for (let at: Place | null = place; at; at = at.within) {
    at.key && keys.unshift(at.key)
  }
  return keys.join('.')
}

function refuse(place: Place, problem: string): never {
  throw SessionException.unserializable(nameOf(place) || 'session', problem)
}

/** Copies values, in time that is linear in their size. */
export class Copier {
  /** The objects that the value is in, which it may not refer to. */
  private around = new Set<object>()

  /** @param seen gets each object of the value */
  constructor(private seen?: WeakSet<object>) {}

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
    } else if (lossy.isBoxed(value)) {
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
    if (lossy.isInvalidDate(value)) {
      refuse(place, 'it is an invalid date')
    }
    if (place.depth > DEEPEST) {
      throw tooDeep(keyOf(place))
    }
    this.around.add(value)
    this.seen?.add(value)
  }
}

/** What an object shows of what it holds. An object that is not plain and shows nothing would be lost. */
function keysOf(value: object, place: Place): string[] {
  const keys = Object.keys(value)
  if (lossy.isLossy(value) || (!keys.length && !isPlainObject(value))) {
    refuse(place, `JSON cannot hold ${withArticle(lossy.nameOf(value))}`)
  }
  return keys.filter(isSafeKey)
}

function below(within: Place, key: string): Place {
  return { key, within, depth: within.depth + 1 }
}

/** The key of the session that a place is in. */
function keyOf(place: Place): string {
  let at = place
  while (at.within?.key) {
    at = at.within
  }
  return at.key
}
