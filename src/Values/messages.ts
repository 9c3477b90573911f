import { isSame } from './merge'
import { isEmpty, isPlainObject, owns, Values } from './paths'

/** The key under which flash messages wait for the next request (the same as 6.4.0). */
export const FLASH_KEY = '__flash__'

/** For each message, a token of the request that flashed it: equal messages can be told apart. */
export type Tokens = Record<string, string>

/** What a request does to the messages that wait: it takes away what it has seen, and puts its own. */
export interface FlashChange {
  seen: Values
  /** The tokens of the seen messages, where the driver keeps them. */
  tokens: Tokens
  put: Values
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
  return isEmpty(seen) && isEmpty(put)
}

/** The messages that wait after a request. Each is shown once, whoever stored something between. */
export function waitingAfter(
  flash: FlashChange,
  { messages, tokens }: Waiting,
  newToken: () => string
): Waiting {
  const after: Waiting = { messages: {}, tokens: {} }
  for (const key of Object.keys(messages)) {
    if (!wasSeen(flash, key, messages[key], tokens[key])) {
      after.messages[key] = messages[key]
      tokens[key] && (after.tokens[key] = tokens[key])
    }
  }
  for (const key of Object.keys(flash.put)) {
    after.messages[key] = flash.put[key]
    after.tokens[key] = newToken() + (flash.mark ?? '')
  }
  return after
}

/** By its token; where the driver keeps none, an equal message is the same one. */
function wasSeen({ seen, tokens }: FlashChange, key: string, message: unknown, token?: string) {
  return (
    owns(seen, key) && (token === undefined ? isSame(message, seen[key]) : token === tokens[key])
  )
}
