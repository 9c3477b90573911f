import type { Finding, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'

const DAY_IN_MS = 86_400_000

/** A check: a finding, or nothing where all is well. */
type Check = (
  config: SessionConfig,
  settings: Settings,
  cookie: Record<string, any>
) => Finding | null

const CHECKS: Check[] = [
  (_, { absoluteAgeInMs }) =>
    absoluteAgeInMs === Infinity
      ? {
          level: 'warning',
          what: 'Sessions live for as long as they are used, and so does a stolen cookie (ASVS 7.3.2)',
          advice: 'Set "absoluteAge", such as "30d"',
        }
      : null,
  (_, { ageInMs }) =>
    ageInMs > 30 * DAY_IN_MS
      ? {
          level: 'warning',
          what: 'A session that nobody uses lives for more than 30 days (ASVS 7.3.1)',
          advice: 'Set a shorter "age", and a longer one with "session.setAge" for "remember me"',
        }
      : null,
  (_, { touchEveryInMs }) =>
    touchEveryInMs === 0
      ? {
          level: 'warning',
          what: 'Every request writes to the store and sets a cookie, also one that changes nothing',
          advice: 'Set "touchEvery", such as "1m"',
        }
      : null,
  (_, { saveUninitialized }) =>
    saveUninitialized
      ? {
          level: 'warning',
          what: 'Every visitor gets a cookie, also one of whom nothing is stored',
          advice: 'Set "saveUninitialized" to false',
        }
      : null,
  (_, __, cookie) =>
    cookie.secure === false
      ? {
          level: 'error',
          what: 'Cookies are sent over HTTP, where others can read them (ASVS 3.3.1)',
          advice: 'Set "cookie.secure" to true in production, or "Application.inProduction"',
        }
      : null,
  (_, __, cookie) =>
    cookie.httpOnly === false
      ? {
          level: 'error',
          what: 'Scripts of the page can read the session cookie (ASVS 3.3.4)',
          advice: 'Set "cookie.httpOnly" to true',
        }
      : null,
  (_, __, cookie) =>
    cookie.sameSite === undefined || cookie.sameSite === false
      ? {
          level: 'warning',
          what: 'Cookies have no SameSite attribute, so that each browser decides (ASVS 3.3.2)',
          advice: 'Set "cookie.sameSite" to "lax"',
        }
      : null,
  (_, { cookieName }, cookie) =>
    /^__Host-/i.test(cookieName) || cookie.domain !== undefined
      ? null
      : {
          level: 'warning',
          what: `Another host of the domain can set the cookie "${cookieName}" (ASVS 3.3.3)`,
          advice:
            'Name it "__Host-session" where the app is served over HTTPS. That logs everyone out once',
        },
  (_, { driver }) =>
    driver === 'memory'
      ? {
          level: 'error',
          what: 'The memory driver loses all sessions when the process ends',
          advice: 'Use another driver outside of tests',
        }
      : null,
  (_, { driver }) =>
    driver === 'cookie'
      ? {
          level: 'warning',
          what: 'A logout is not final with the cookie driver: a copy of the cookies works until its age is over (ASVS 7.4.1)',
          advice: 'Use a driver that keeps sessions on the server',
        }
      : null,
]

export function findingsOfConfig(config: SessionConfig, settings: Settings): Finding[] {
  const { cookie } = config
  if (typeof cookie === 'function') {
    const rest = CHECKS.map((check) => check(config, settings, ASSUMED)).filter(isFinding)
    const what = 'The attributes of cookies come from a function, which only a request can ask'
    return [...rest, { level: 'unknown', what }]
  }
  const found = CHECKS.map((check) => check(config, settings, cookie ?? {})).filter(isFinding)
  return found.length ? found : [{ level: 'ok', what: 'The config follows what is recommended' }]
}

/** What raises no finding. */
const ASSUMED = { secure: true, httpOnly: true, sameSite: 'lax', domain: '' }

function isFinding(found: Finding | null): found is Finding {
  return found !== null
}
