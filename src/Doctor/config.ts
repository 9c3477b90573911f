import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { Finding, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { CookieAttributes, Settings } from '../Settings'

const DAY_IN_MS = 86_400_000

/** A check of the config. Returns a finding, or `null` if there is no problem. */
type Check = (settings: Settings, cookie: CookieAttributes) => Finding | null

/** A check of what is often different in production: `__Host-` and `secure` need HTTPS, and tests keep sessions in memory. */
const BY_ENVIRONMENT: Check[] = [
  (_, { secure }) =>
    secure
      ? null
      : {
          level: 'error',
          what: 'Cookies are sent over HTTP, where others can read them (ASVS 3.3.1)',
          advice: 'Set "cookie.secure" to true in production, or to Application.inProduction',
        },
  ({ cookieName }, { domain }) =>
    /^__Host-/i.test(cookieName) || domain
      ? null
      : {
          level: 'warning',
          what: `Other hosts of the same domain can set the cookie "${cookieName}" (ASVS 3.3.3)`,
          advice: `If the app is served over HTTPS in production, set "cookieName" to Application.inProduction ? '__Host-session' : '${cookieName}'. This logs everyone out once`,
        },
  ({ driver }) =>
    driver === 'memory'
      ? {
          level: 'error',
          what: 'The memory driver loses all sessions when the process ends',
          advice: 'Use another driver outside of tests',
        }
      : null,
  ({ driver, revocation }) =>
    driver === 'cookie' && revocation?.driver === 'memory'
      ? {
          level: 'error',
          what: 'Which sessions have ended is remembered in the memory of one process, and other processes do not know it',
          advice: 'Set "revocation.driver" to a driver whose store all servers share',
        }
      : null,
]

const CHECKS: Check[] = [
  ({ absoluteAgeInMs }) =>
    absoluteAgeInMs === Infinity
      ? {
          level: 'warning',
          what: 'Sessions have no maximum lifetime: a stolen cookie works for as long as it is used (ASVS 7.3.2)',
          advice: 'Set "absoluteAge", such as "30d"',
        }
      : null,
  ({ ageInMs }) =>
    ageInMs > 30 * DAY_IN_MS
      ? {
          level: 'warning',
          what: 'An unused session ends only after more than 30 days (ASVS 7.3.1)',
          advice: 'Set a shorter "age". For "remember me", set a longer one with "session.setAge"',
        }
      : null,
  ({ touchEveryInMs }) =>
    touchEveryInMs === 0
      ? {
          level: 'warning',
          what: 'Every request writes to the store and sets a cookie, even if it changes nothing',
          advice: 'Set "touchEvery", such as "1m"',
        }
      : null,
  ({ saveUninitialized }) =>
    saveUninitialized
      ? {
          level: 'warning',
          what: 'Every visitor gets a cookie, even if nothing is stored in the session',
          advice: 'Set "saveUninitialized" to false',
        }
      : null,
  (_, { httpOnly }) =>
    httpOnly
      ? null
      : {
          level: 'error',
          what: 'Scripts in the page can read the session cookie (ASVS 3.3.4)',
          advice: 'Set "cookie.httpOnly" to true',
        },
  (_, { sameSite }) =>
    sameSite
      ? null
      : {
          level: 'warning',
          what: 'Cookies have no SameSite attribute, so each browser applies its own default (ASVS 3.3.2)',
          advice: 'Set "cookie.sameSite" to "lax"',
        },
  ({ dontFlash }) =>
    dontFlash.some((field) => /password/i.test(field))
      ? null
      : {
          level: 'warning',
          what: 'If a form is shown again, the password that was entered is kept in the session until then',
          advice: `Set "dontFlash" to ['password', 'password_confirmation'], or to the names that these fields have`,
        },
  ({ driver, revocation }) =>
    driver === 'cookie' && !revocation
      ? {
          level: 'warning',
          what: 'A logout is not final with the cookie driver: a copy of the cookies works until its age is over (ASVS 7.4.1)',
          advice: 'Set "revocation", or use a driver that keeps sessions on the server',
        }
      : null,
]

export function findingsOfConfig(
  app: ApplicationContract,
  { cookie }: SessionConfig,
  settings: Settings
): Finding[] {
  const isKnown = typeof cookie !== 'function'
  // What the response does: an attribute that the session config leaves out is the one of the app.
  const attributes = isKnown ? { ...app.config.get('app.http.cookie', {}), ...cookie } : ASSUMED
  const ask = (checks: Check[]) =>
    checks.map((check) => check(settings, attributes)).filter(isFinding)
  const found = [...ask(CHECKS), ...ask(BY_ENVIRONMENT).map((finding) => judged(finding, app))]
  if (!isKnown) {
    const what =
      'The cookie attributes come from a function that needs a request, so they were not checked'
    return [...found, { level: 'unknown', what }]
  }
  return found.length ? found : [{ level: 'ok', what: 'The config follows the recommendations' }]
}

/** Outside of production, the config may already be right for it, so that nothing is an error. */
function judged(finding: Finding, { inProduction, nodeEnvironment }: ApplicationContract): Finding {
  return inProduction
    ? finding
    : {
        level: 'warning',
        what: `With NODE_ENV "${nodeEnvironment}": ${finding.what}`,
        advice: `For production, run the command with NODE_ENV=production. ${finding.advice}`,
      }
}

/** Attributes that cause no finding, in place of those that are only known in a request. */
const ASSUMED: CookieAttributes = {
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
  domain: 'example.com',
}

function isFinding(found: Finding | null): found is Finding {
  return found !== null
}
