import { isDeepStrictEqual } from 'util'
import { isPlainObject, Values } from './paths'

/** The key under which flash messages wait for the next request (the same as 6.4.0). */
export const FLASH_KEY = '__flash__'

/** The flash messages of a request: those it has seen, and those it leaves to the next one. */
export interface Messages {
  seen: Values
  next: Values
}

/** Takes the waiting messages out of the values of a session; what is stored stays as it is. */
export function split(stored: Values): { values: Values; messages: Values } {
  const { [FLASH_KEY]: messages, ...values } = stored
  return { values, messages: isPlainObject(messages) ? messages : {} }
}

/** Puts waiting messages among the values of a session; no messages take no key. */
export function join(values: Values, messages: Values): Values {
  return Object.keys(messages).length ? { ...values, [FLASH_KEY]: messages } : values
}

/**
 * The messages that wait after a request whose session another request has stored meanwhile. Each
 * message reaches the next request once: what was seen is taken away, what came since is kept.
 *
 * @param areSeen whether the waiting messages are those that were seen; `undefined`: the store cannot
 * tell, then equal ones count as the same
 */
export function carryOver({ seen, next }: Messages, waiting: Values, areSeen?: boolean): Values {
  const kept = Object.keys(waiting).filter((key) =>
    areSeen === undefined ? !isDeepStrictEqual(waiting[key], seen[key]) : !areSeen
  )
  return Object.assign({}, ...kept.map((key) => ({ [key]: waiting[key] })), next)
}
