import { SessionException } from '../Exceptions'
import { merge, mergeInto } from './merge'
import { getPath, isSafeKey, setPath, unsetPath, Values } from './paths'

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

type Apply<Verb> = (values: Values, operation: Extract<Operation, { verb: Verb }>) => void

const APPLY: { [Verb in Operation['verb']]: Apply<Verb> } = {
  put: (values, { key, value }) => setPath(values, key, value),

  forget: (values, { key }) => unsetPath(values, key),

  increment: (values, { key, by }) => {
    const current = getPath(values, key) ?? 0
    if (typeof current === 'number') {
      setPath(values, key, current + by)
    }
  },

  push: (values, { key, items }) => {
    const current = getPath(values, key) ?? []
    if (Array.isArray(current)) {
      setPath(values, key, current)
      current.push(...items)
    }
  },

  merge: (values, { values: others }) => mergeInto(values, others),

  replace: (values, { values: others }) => replaceAll(values, others),
}

/** Puts other values in place of all values of an object. */
export function replaceAll(values: Values, others: Values) {
  Object.keys(values).forEach((key) => delete values[key])
  Object.keys(others)
    .filter(isSafeKey)
    .forEach((key) => (values[key] = others[key]))
}

/** Does one operation to the values, in place. */
export function apply(values: Values, operation: Operation): Values {
  ;(APPLY[operation.verb] as Apply<any>)(values, operation)
  return values
}

function replay(values: Values, operations: Operation[]): Values {
  const copy = JSON.parse(JSON.stringify({ values, operations }))
  return copy.operations.reduce(applyWhereItFits, copy.values)
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
