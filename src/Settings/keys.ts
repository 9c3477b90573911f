import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { SessionException, withArticle } from '../Exceptions'
import { isPlainObject } from '../Values/paths'
import { worded } from './words'

/** The type that a key must have where it is set. What is a driver's is looked at by the driver. */
const TYPES: Record<keyof SessionConfig, 'boolean' | 'string' | 'function' | 'any'> = {
  enabled: 'boolean',
  driver: 'string',
  cookieName: 'string',
  clearWithBrowser: 'boolean',
  age: 'any',
  cookie: 'any',
  file: 'any',
  redisConnection: 'any',
  database: 'any',
  dynamodb: 'any',
  touchEvery: 'any',
  saveUninitialized: 'boolean',
  absoluteAge: 'any',
  rotateEvery: 'any',
  retireFor: 'any',
  storeTimeout: 'any',
  prune: 'any',
  maxCookieBytes: 'any',
  dontFlash: 'any',
  flashTo: 'any',
  registry: 'any',
  revocation: 'any',
  healthCheck: 'boolean',
  keys: 'any',
  encrypt: 'boolean',
  skip: 'function',
}

const COOKIE_TYPES: Record<string, 'boolean' | 'string' | 'any'> = {
  path: 'string',
  domain: 'string',
  httpOnly: 'boolean',
  secure: 'boolean',
  partitioned: 'boolean',
  sameSite: 'any',
  maxAge: 'any',
  expires: 'any',
}

/** So many letters may differ for one key to be another one mistyped. */
const NEAR = 2

/** @throws E_SESSION_INVALID_CONFIG */
export function validateTypes(config: SessionConfig) {
  validate(config, TYPES, '')
  validateCookieTypes(cookieIn(config), 'and must be an object or a function')
}

/**
 * Looks at the attributes of cookies, of the config or from its function.
 *
 * @throws E_SESSION_INVALID_CONFIG
 */
export function validateCookieTypes(attributes: Record<string, any>, demand: string) {
  if (!isPlainObject(attributes)) {
    throw SessionException.invalidConfig('cookie', `is ${described(attributes)}, ${demand}`)
  }
  validate(attributes, COOKIE_TYPES, 'cookie.')
}

/** An instance, a list or a promise has none of the keys, and would count as empty. @throws E_SESSION_INVALID_CONFIG */
export function requireObject(key: string, value: unknown) {
  if (!isPlainObject(value)) {
    throw SessionException.invalidConfig(
      key,
      `must be an object, and is ${withArticle(kindOf(value))}`
    )
  }
}

/** A function is asked for the attributes of each response, and they are validated then. */
function cookieIn({ cookie }: SessionConfig): Record<string, any> {
  return typeof cookie === 'function' ? {} : (cookie ?? {})
}

function described(value: unknown): string {
  return `${worded(value)}, ${withArticle(kindOf(value))}`
}

/** The type of a value, or the class of what is no plain object. */
function kindOf(value: any): string {
  return typeof value === 'object' && !isPlainObject(value)
    ? (value?.constructor?.name ?? 'null')
    : typeof value
}

function validate(values: Record<string, any>, types: Record<string, string>, prefix: string) {
  for (const [key, type] of Object.entries(types)) {
    const value = values[key] ?? undefined
    if (value !== undefined && type !== 'any' && typeof value !== type) {
      throw SessionException.invalidConfig(
        `${prefix}${key}`,
        `is ${described(value)}, and must be ${withArticle(type)}`
      )
    }
  }
}

/**
 * A sentence for each key that is not known and almost like one that is: what is mistyped has no effect.
 * The sections of drivers have names of their own.
 */
export function nearMisses(config: SessionConfig, drivers: string[]): string[] {
  return [
    ...missesOf(config, TYPES, '').filter(({ key }) => !drivers.includes(key)),
    ...missesOf(cookieIn(config), COOKIE_TYPES, 'cookie.'),
  ].map(
    ({ key, meant, prefix }) =>
      `"${prefix}${key}" inside the "config/session" file is unknown and has no effect. Did you mean "${prefix}${meant}"?`
  )
}

function missesOf(values: Record<string, any>, types: Record<string, string>, prefix: string) {
  const known = Object.keys(types)
  return Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key) => ({ key, prefix, meant: known.find((other) => isNear(key, other)) }))
    .filter(({ meant }) => meant)
}

function isNear(key: string, other: string): boolean {
  return distance(key.toLowerCase(), other.toLowerCase()) <= Math.min(NEAR, other.length / 3)
}

/** How many letters are to be added, removed or replaced to make one text the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[other.length]
}
