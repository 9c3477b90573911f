import ms, { StringValue } from 'ms'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionConfig, SessionMeta } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { CookieAttributes, validateCookie } from './cookie'
import { validateCookieTypes, validateTypes } from './keys'
import { keysOf, sealingKeysOf } from './keyRing'
import { registryOf, RegistrySettings } from './registry'
import { RevocationSettings, revocationOf } from './revocation'
import { worded } from './words'

export { CookieAttributes }

/**
 * The session config with every duration parsed, in milliseconds, and every default filled in.
 * Made once at the edge: inside the package nothing is optional.
 */
export interface Settings {
  isEnabled: boolean
  driver: string
  cookieName: string
  clearWithBrowser: boolean
  ageInMs: number
  touchEveryInMs: number
  saveUninitialized: boolean
  /** `Infinity` when sessions may live as long as they are used. */
  absoluteAgeInMs: number
  /** `Infinity` when an id may serve as long as its session. */
  rotateEveryInMs: number
  retireForInMs: number
  storeTimeoutInMs: number
  /** `Infinity` when only the app prunes. */
  pruneEveryInMs: number
  /** All cookies of one session together, in the `Cookie` header of a request. */
  maxCookieBytes: number
  /** The attributes of the cookies of a response. */
  cookieFor: (ctx: HttpContextContract) => CookieAttributes
  /** Has this request no session? */
  skips: (ctx: HttpContextContract) => boolean
  dontFlash: string[]
  /** Do messages wait for a page, rather than for the next request? */
  flashesToPage: boolean
  registry: RegistrySettings
  /** Where the cookie driver remembers endings. `null`: in the process. */
  revocation: RevocationSettings | null
  /** Those that sign and encrypt cookies, the first one to write with. Empty: the key of the app. */
  keys: string[]
  /** Those that encrypt stored sessions, the first one to write with. */
  sealingKeys: string[]
  /** Are stored sessions encrypted from now on? */
  encrypts: boolean
}

/** What is read from `config/app`. */
export interface AppSettings {
  /** The defaults for attributes of cookies. */
  cookie?: CookieAttributes
  appKey?: string
}

/** The durations of the config: what stands in when absent, and the least that makes sense. */
const DURATIONS = {
  age: { fallback: '2h' as string | number, leastInMs: 1000 },
  touchEvery: { fallback: 0, leastInMs: 0 },
  absoluteAge: { fallback: Infinity, leastInMs: 1000 },
  rotateEvery: { fallback: Infinity, leastInMs: 1000 },
  retireFor: { fallback: '60s', leastInMs: 0 },
  storeTimeout: { fallback: '5s', leastInMs: 1 },
  prune: { fallback: '1m', leastInMs: 1000 },
}

/** What a timer of Node.js takes, and what dates and cookies do: a hundred years are enough. */
const LONGEST_TIMER_IN_MS = 2 ** 31 - 1
const LONGEST_IN_MS = 100 * 365.25 * 24 * 3_600_000

/** No browser keeps a cookie longer (RFC 6265bis, section 5.5): 400 days. */
export const LONGEST_COOKIE_IN_MS = 400 * 86_400_000

const COOKIE_NAME = 'adonis-session'

const known = new WeakMap<object, Settings>()

/** Is this an age that a session can have, in milliseconds? */
export function isAge(ageInMs: number | null): ageInMs is number {
  return ageInMs !== null && ageInMs >= DURATIONS.age.leastInMs && ageInMs <= LONGEST_IN_MS
}

/**
 * Parses a duration into whole milliseconds, as stores and timers take them: a number is milliseconds, a string is
 * read by the `ms` package. Returns `null` for anything else.
 */
export function toMilliseconds(value: unknown): number | null {
  const parsed = typeof value === 'string' && value.trim() ? ms(value.trim() as StringValue) : value
  return typeof parsed === 'number' && !Number.isNaN(parsed) ? Math.round(parsed) : null
}

function inWords(timeInMs: number): string {
  return ms(timeInMs, { long: true })
}

function duration(config: Partial<SessionConfig>, key: keyof typeof DURATIONS): number {
  const { fallback, leastInMs } = DURATIONS[key]
  const value = config[key] ?? fallback
  const parsed = toMilliseconds(value)

  if (parsed === null) {
    throw SessionException.invalidConfig(
      key,
      `is ${worded(value)}, which is not a valid duration. Write a number of milliseconds or a string such as "2h"`
    )
  }
  if (
    parsed > (key === 'storeTimeout' ? LONGEST_TIMER_IN_MS : LONGEST_IN_MS) &&
    parsed !== fallback
  ) {
    throw SessionException.invalidConfig(key, `is ${parsed} milliseconds, which is too long`)
  }
  if (parsed < leastInMs) {
    throw SessionException.invalidConfig(
      key,
      `is ${parsed} milliseconds and must be ${leastInMs} or more. Numbers are milliseconds: for seconds write "${parsed}s"`
    )
  }
  return parsed
}

/**
 * Attributes of an object are validated here and by `validateTypes`, those of a function for each response.
 *
 * @throws E_SESSION_INVALID_CONFIG
 */
function cookieFor(config: SessionConfig, inherited: CookieAttributes): Settings['cookieFor'] {
  const { cookieName = COOKIE_NAME } = config
  const cookie = config.cookie ?? {}
  const validated = (attributes: CookieAttributes) => {
    validateCookie(cookieName, attributes, inherited)
    return attributes
  }
  if (typeof cookie !== 'function') {
    validated(cookie)
    return () => cookie
  }
  const known = new WeakMap<HttpContextContract, CookieAttributes>()
  return (ctx) => {
    if (!known.has(ctx)) {
      const attributes = cookie(ctx) ?? {}
      validateCookieTypes(attributes, 'and the function must return an object, and no promise')
      known.set(ctx, validated(attributes))
    }
    return known.get(ctx)!
  }
}

/** Proxies take header lines of 8 KB, unless told otherwise, and Node.js 16 KB for all headers. */
const MAX_COOKIE_BYTES = { fallback: 7168, least: 1024, most: 3 * 4096 }

function maxCookieBytes({ maxCookieBytes: bytes }: SessionConfig): number {
  const { fallback, least, most } = MAX_COOKIE_BYTES
  const value: unknown = bytes ?? fallback
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw SessionException.invalidConfig(
      'maxCookieBytes',
      `is ${worded(value)}, and must be a number of bytes from ${least} to ${most}`
    )
  }
  return value
}

/** An answer that is no boolean would be a promise, which is always true. */
function skips({ skip }: SessionConfig): Settings['skips'] {
  return (ctx) => {
    const answer = skip ? skip(ctx) : false
    if (typeof answer !== 'boolean') {
      throw SessionException.invalidConfig('skip', 'must return true or false, and no promise')
    }
    return answer
  }
}

function dontFlash(config: SessionConfig): string[] {
  const fields = config.dontFlash ?? []
  // A hole in the list counts as a name that is missing.
  if (!Array.isArray(fields) || !Array.from(fields).every((field) => typeof field === 'string')) {
    throw SessionException.invalidConfig(
      'dontFlash',
      `is ${worded(fields)}, and must be a list of names of fields`
    )
  }
  return fields
}

function flashesToPage({ flashTo }: SessionConfig): boolean {
  const value: unknown = flashTo ?? undefined
  if (value !== undefined && value !== 'page') {
    throw SessionException.invalidConfig(
      'flashTo',
      `is ${worded(value)}, and must be "page", or absent for messages to the next request`
    )
  }
  return value === 'page'
}

/** A driver is given its own section, which inherits from the config that was validated. */
function alreadyKnown(config: SessionConfig): Settings | undefined {
  let part: object | null = config
  while (part && !known.has(part)) {
    part = Object.getPrototypeOf(part)
  }
  return part ? known.get(part) : undefined
}

/**
 * Validates the config of `config/session` and returns its settings. The answer is kept per config
 * object, so that asking again costs nothing.
 *
 * @throws E_SESSION_INVALID_CONFIG names the key that cannot work
 */
export function settingsOf(
  config: SessionConfig,
  { cookie = {}, appKey }: AppSettings = {}
): Settings {
  const cached = alreadyKnown(config)
  if (cached) {
    return cached
  }

  validateTypes(config)
  const settings: Settings = {
    isEnabled: config.enabled ?? true,
    driver: config.driver,
    cookieName: config.cookieName ?? COOKIE_NAME,
    clearWithBrowser: config.clearWithBrowser ?? false,
    ageInMs: duration(config, 'age'),
    touchEveryInMs: duration(config, 'touchEvery'),
    saveUninitialized: config.saveUninitialized ?? true,
    absoluteAgeInMs: duration(config, 'absoluteAge'),
    rotateEveryInMs: duration(config, 'rotateEvery'),
    retireForInMs: duration(config, 'retireFor'),
    storeTimeoutInMs: duration(config, 'storeTimeout'),
    pruneEveryInMs: config.prune === false ? Infinity : duration(config, 'prune'),
    maxCookieBytes: maxCookieBytes(config),
    cookieFor: cookieFor(config, cookie),
    skips: skips(config),
    dontFlash: dontFlash(config),
    flashesToPage: flashesToPage(config),
    registry: registryOf(config),
    revocation: revocationOf(config),
    keys: keysOf(config),
    sealingKeys: sealingKeysOf(config, appKey),
    encrypts: config.encrypt ?? false,
  }
  if (settings.touchEveryInMs >= settings.ageInMs) {
    throw SessionException.invalidConfig(
      'touchEvery',
      `is ${inWords(settings.touchEveryInMs)} and must be shorter than "age", which is ${inWords(settings.ageInMs)}. Numbers are milliseconds`
    )
  }

  known.set(config, settings)
  return settings
}

/** Do the cookies of a session end with the browser? */
export function endsWithBrowser({ persist }: SessionMeta, { clearWithBrowser }: Settings): boolean {
  return persist === undefined ? clearWithBrowser : !persist
}

/** Must a driver that keeps values alone keep the meta among them? */
export function needsMeta(
  { age, persist, family, sealed, flashed }: SessionMeta,
  settings: Settings
): boolean {
  const { absoluteAgeInMs, rotateEveryInMs, revocation, flashesToPage } = settings
  const isOwn = [age, persist, family, sealed].some((own) => own !== undefined)
  const isWaiting = flashesToPage && flashed !== undefined
  const isTimed = absoluteAgeInMs !== Infinity || rotateEveryInMs !== Infinity
  return isOwn || isWaiting || isTimed || revocation !== null
}
