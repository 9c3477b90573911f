import ms, { StringValue } from 'ms'
import type { SessionConfig, SessionMeta } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { CookieAttributes, validateCookie } from './cookie'
import { validateTypes } from './keys'

export { CookieAttributes }

/**
 * The session config with every duration parsed, in milliseconds, and every default filled in.
 * Made once at the edge: inside the package nothing is optional.
 */
export interface Settings {
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
  cookie: CookieAttributes
}

/** The durations of the config: what stands in when absent, and the least that makes sense. */
const DURATIONS = {
  age: { fallback: '2h' as string | number, leastInMs: 1000 },
  touchEvery: { fallback: 0, leastInMs: 0 },
  absoluteAge: { fallback: Infinity, leastInMs: 1000 },
  rotateEvery: { fallback: Infinity, leastInMs: 1000 },
  retireFor: { fallback: '60s', leastInMs: 0 },
  storeTimeout: { fallback: '5s', leastInMs: 1 },
}

/** What a timer of Node.js takes, and what dates and cookies do: a hundred years are enough. */
const LONGEST_TIMER_IN_MS = 2 ** 31 - 1
const LONGEST_IN_MS = 100 * 365.25 * 24 * 3_600_000

const known = new WeakMap<object, Settings>()

/** Is this an age that a session can have, in milliseconds? */
export function isAge(ageInMs: number | null): ageInMs is number {
  return ageInMs !== null && ageInMs >= DURATIONS.age.leastInMs && ageInMs <= LONGEST_IN_MS
}

/**
 * Parses a duration: a number is milliseconds, a string is read by the `ms` package.
 * Returns `null` for anything else.
 */
export function toMilliseconds(value: unknown): number | null {
  const parsed = typeof value === 'string' && value.trim() ? ms(value.trim() as StringValue) : value
  return typeof parsed === 'number' && !Number.isNaN(parsed) ? parsed : null
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
      `is ${JSON.stringify(value)}, which is not a valid duration. Write a number of milliseconds or a string such as "2h"`
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
 * object, so that asking again costs nothing. `inherited` are the cookie defaults of `config/app`.
 *
 * @throws E_SESSION_INVALID_CONFIG names the key that cannot work
 */
export function settingsOf(config: SessionConfig, inherited: CookieAttributes = {}): Settings {
  const cached = alreadyKnown(config)
  if (cached) {
    return cached
  }

  validateTypes(config)
  const settings: Settings = {
    driver: config.driver,
    cookieName: config.cookieName ?? 'adonis-session',
    clearWithBrowser: config.clearWithBrowser ?? false,
    ageInMs: duration(config, 'age'),
    touchEveryInMs: duration(config, 'touchEvery'),
    saveUninitialized: config.saveUninitialized ?? true,
    absoluteAgeInMs: duration(config, 'absoluteAge'),
    rotateEveryInMs: duration(config, 'rotateEvery'),
    retireForInMs: duration(config, 'retireFor'),
    storeTimeoutInMs: duration(config, 'storeTimeout'),
    cookie: config.cookie ?? {},
  }
  validateCookie(settings.cookieName, settings.cookie, inherited)
  if (settings.touchEveryInMs >= settings.ageInMs) {
    throw SessionException.invalidConfig(
      'touchEvery',
      `is ${inWords(settings.touchEveryInMs)} and must be shorter than "age", which is ${inWords(settings.ageInMs)}. Numbers are milliseconds`
    )
  }

  known.set(config, settings)
  return settings
}

/** Must a driver that keeps values alone keep the meta among them? */
export function needsMeta({ age, family }: SessionMeta, settings: Settings): boolean {
  const { absoluteAgeInMs, rotateEveryInMs } = settings
  const isOwn = age !== undefined || family !== undefined
  return isOwn || absoluteAgeInMs !== Infinity || rotateEveryInMs !== Infinity
}
