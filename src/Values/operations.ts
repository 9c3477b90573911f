import { SessionException } from '../Exceptions'
import { merge, mergeInto } from './merge'
import { getPath, isSafeKey, Own, ownPath, setPath, unsetPath, Values } from './paths'
import { storable } from './storable'

/**
 * What a request did to a session, as data, in order. Doing it again on what another request has
 * stored meanwhile gives both requests their due: that is how nothing is lost.
 */
export type Operation =
  | { verb: 'put'; key: string; value: any }
  | { verb: 'forget'; key: string }
  | { verb: 'increment'; key: string; by: number }
  | { verb: 'push'; key: string; items: any[] }
  | { verb: 'merge'; values: Values }
  | { verb: 'replace'; values: Values }

type Apply<Verb> = (
  values: Values,
  operation: Extract<Operation, { verb: Verb }>,
  own?: Own
) => void

const APPLY: { [Verb in Operation['verb']]: Apply<Verb> } = {
  put: (values, { key, value }, own) => setPath(values, key, value, own),

  forget: (values, { key }, own) => unsetPath(values, key, own),

  increment: (values, { key, by }, own) => {
    const current = getPath(values, key) ?? 0
    if (typeof current === 'number') {
      setPath(values, key, storable(current + by, key), own)
    }
  },

  push: (values, { key, items }, own) => {
    const current = getPath(values, key) ?? []
    if (Array.isArray(current)) {
      const list = ownPath(values, key, own)
      if (Array.isArray(list)) {
        list.push(...items)
      } else {
        setPath(values, key, [...current, ...items], own)
      }
    }
  },

  merge: (values, { values: others }, own) => mergeInto(values, others, own),

  replace: (values, { values: others }) => {
    Object.keys(values).forEach((key) => delete values[key])
    Object.assign(values, safe(others))
  },
}

/** The values without keys that reach a prototype. */
export function safe(values: Values): Values {
  const keys = Object.keys(values).filter(isSafeKey)
  return Object.fromEntries(keys.map((key) => [key, values[key]]))
}

/** Does one operation to the values, in place. `own` is asked for each object before it is changed. */
export function apply(values: Values, operation: Operation, own?: Own): Values {
  ;(APPLY[operation.verb] as Apply<any>)(values, operation, own)
  return values
}

/** A copy of values as the store gives it back: a gap in an array is `null`. */
function stored<Value>(values: Value): Value {
  return JSON.parse(JSON.stringify(values))
}

/** In the form in which it is stored, as what it is compared with. */
function replay(values: Values, operations: Operation[]): Values {
  const copy = stored({ values, operations })
  return stored(copy.operations.reduce(applyWhereItFits, copy.values))
}

/** What does not fit what another request has stored is left out: the later put has its way. */
function applyWhereItFits(values: Values, operation: Operation): Values {
  try {
    return apply(values, operation)
  } catch (error) {
    if (error instanceof SessionException) {
      return values
    }
    throw error
  }
}

/**
 * The values of a request that began with `base` and ended with `ours`, brought onto `theirs`,
 * which another request has stored meanwhile. The operations are done again on `theirs`; what was
 * changed in place, without a verb, is merged in. All arguments are JSON values and stay as they are.
 */
export function rebase(base: Values, ours: Values, operations: Operation[], theirs: Values) {
  return merge(replay(base, operations), ours, replay(theirs, operations))
}
