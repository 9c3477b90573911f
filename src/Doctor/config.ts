import type { Finding, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'

const DAY_IN_MS = 86_400_000

/** A check of the config. Returns a finding, or `null` if there is no problem. */
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
          what: 'Sessions have no maximum lifetime: a stolen cookie works for as long as it is used (ASVS 7.3.2)',
          advice: 'Set "absoluteAge", such as "30d"',
        }
      : null,
  (_, { ageInMs }) =>
    ageInMs > 30 * DAY_IN_MS
      ? {
          level: 'warning',
          what: 'An unused session ends only after more than 30 days (ASVS 7.3.1)',
          advice: 'Set a shorter "age". For "remember me", set a longer one with "session.setAge"',
        }
      : null,
  (_, { touchEveryInMs }) =>
    touchEveryInMs === 0
      ? {
          level: 'warning',
          what: 'Every request writes to the store and sets a cookie, even if it changes nothing',
          advice: 'Set "touchEvery", such as "1m"',
        }
      : null,
  (_, { saveUninitialized }) =>
    saveUninitialized
      ? {
          level: 'warning',
          what: 'Every visitor gets a cookie, even if nothing is stored in the session',
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
          what: 'Scripts in the page can read the session cookie (ASVS 3.3.4)',
          advice: 'Set "cookie.httpOnly" to true',
        }
      : null,
  (_, __, cookie) =>
    cookie.sameSite === undefined || cookie.sameSite === false
      ? {
          level: 'warning',
          what: 'Cookies have no SameSite attribute, so each browser applies its own default (ASVS 3.3.2)',
          advice: 'Set "cookie.sameSite" to "lax"',
        }
      : null,
  (_, { cookieName }, cookie) =>
    /^__Host-/i.test(cookieName) || cookie.domain !== undefined
      ? null
      : {
          level: 'warning',
          what: `Other hosts of the same domain can set the cookie "${cookieName}" (ASVS 3.3.3)`,
          advice:
            'Set "cookieName" to "__Host-session" if the app is served over HTTPS. This logs everyone out once',
        },
  (_, { driver }) =>
    driver === 'memory'
      ? {
          level: 'error',
          what: 'The memory driver loses all sessions when the process ends',
          advice: 'Use another driver outside of tests',
        }
      : null,
  (_, { driver, revocation }) =>
    driver === 'cookie' && revocation?.driver === 'memory'
      ? {
          level: 'error',
          what: 'Which sessions have ended is remembered in the memory of one process, and other processes do not know it',
          advice: 'Set "revocation.driver" to a driver whose store all servers share',
        }
      : null,
  (_, { driver, revocation }) =>
    driver === 'cookie' && !revocation
      ? {
          level: 'warning',
          what: 'A logout is not final with the cookie driver: a copy of the cookies works until its age is over (ASVS 7.4.1)',
          advice: 'Set "revocation", or use a driver that keeps sessions on the server',
        }
      : null,
]

export function findingsOfConfig(config: SessionConfig, settings: Settings): Finding[] {
  const { cookie } = config
  if (typeof cookie === 'function') {
    const rest = CHECKS.map((check) => check(config, settings, ASSUMED)).filter(isFinding)
    const what =
      'The cookie attributes come from a function that needs a request, so they were not checked'
    return [...rest, { level: 'unknown', what }]
  }
  const found = CHECKS.map((check) => check(config, settings, cookie ?? {})).filter(isFinding)
  return found.length ? found : [{ level: 'ok', what: 'The config follows the recommendations' }]
}

/** Attributes that cause no finding, in place of those that are only known in a request. */
const ASSUMED = { secure: true, httpOnly: true, sameSite: 'lax', domain: '' }

function isFinding(found: Finding | null): found is Finding {
  return found !== null
}
