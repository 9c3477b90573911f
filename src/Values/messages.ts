import {
  byToken,
  inPlace,
  placesOf,
  plus,
  Tokens,
  tokensOf,
  Tree,
  treeOf,
  valuesOf,
  without,
} from './messageTree'
import { isEmpty, isPlainObject, Values } from './paths'

/** The key under which flash messages wait for the next request (the same as 6.4.0). */
export const FLASH_KEY = '__flash__'

/** What a request does to the messages that wait: it takes away what it has seen, and puts its own. */
export interface FlashChange {
  seen: Tree
  put: Values
  /** The keys under which it puts all that there is then. */
  whole?: string[]
  /** The end of the tokens of what is put. */
  mark?: string
}

/** Messages, and the tokens of those that have one. */
export interface Waiting {
  messages: Values
  tokens: Tokens
}

/** Takes the waiting messages out of the values of a session; what is stored stays as it is. */
export function split(stored: Values): { values: Values; messages: Values } {
  const { [FLASH_KEY]: messages, ...values } = stored
  return { values, messages: isPlainObject(messages) ? messages : {} }
}

/** Puts waiting messages into the JSON of the values of a session; no messages take no key. */
export function withMessages(json: string, messages: Values): string {
  return isEmpty(messages) ? json : JSON.stringify({ ...JSON.parse(json), [FLASH_KEY]: messages })
}

export function isNoFlash({ seen, put }: FlashChange): boolean {
  return !seen.size && isEmpty(put)
}

/**
 * The messages that wait after a request. Each is shown once, whoever stored something between. Those of several
 * requests are merged, like those of one.
 */
export function waitingAfter(
  { seen, put, whole = [], mark = '' }: FlashChange,
  { messages, tokens }: Waiting,
  newToken: () => string
): Waiting {
  const unseen = without(treeOf(messages, tokens), seen, byToken)
  const left = without(unseen, placesOf(whole), inPlace)
  const after = isEmpty(put) ? left : plus(left, treeOf(put, newToken() + mark))
  return { messages: valuesOf(after), tokens: tokensOf(after) }
}
