import type { SessionCookieAttributes } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { worded } from './words'

/** Attributes of the session cookies; the age is added per response. */
export type CookieAttributes = SessionCookieAttributes

/** RFC 6265bis, section 4.1.1: the name is a token. */
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]+$/

/** A host name alone: a browser drops the cookie of a URL, and of a host with a port. */
const DOMAIN = /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i

/** Anything else makes a browser take the directory of the page for the path. */
const PATH = /^\/[ -:<-~]*$/

const SAME_SITE = [true, false, 'true', 'false', 'lax', 'strict', 'none']

/** RFC 6265bis, section 4.1.3, and its successor for `Http`: what the prefix of a name demands. */
const PREFIXES = [
  { prefix: /^__Secure-/i, secure: true },
  { prefix: /^__Host-/i, secure: true, host: true },
  { prefix: /^__Http-/i, secure: true, httpOnly: true },
  { prefix: /^__Host-Http-/i, secure: true, host: true, httpOnly: true },
]

/** What browsers would drop or change in silence. @throws E_SESSION_INVALID_CONFIG */
export function validateCookie(name: string, own: CookieAttributes, inherited: CookieAttributes) {
  const cookie = { ...inherited, ...own }
  if (!COOKIE_NAME.test(name)) {
    refuse('cookieName', `is ${worded(name)}, not a cookie name`)
  }
  validateAttributes(cookie)
  validateSecure(name, cookie)

  const demands = PREFIXES.filter(({ prefix }) => prefix.test(name))
  const isForHost = (cookie.path ?? '/') === '/' && !cookie.domain
  if (demands.some(({ host }) => host) && !isForHost) {
    refuse('cookie', `must have the path "/" and no domain when "cookieName" is "${name}"`)
  }
  if (demands.some(({ httpOnly }) => httpOnly) && !cookie.httpOnly) {
    refuse('cookie.httpOnly', `must be true when "cookieName" is "${name}"`)
  }
}

function validateAttributes({ sameSite, domain, path }: CookieAttributes) {
  const named = typeof sameSite === 'string' ? sameSite.toLowerCase() : sameSite
  if (named !== undefined && !SAME_SITE.includes(named)) {
    refuse(
      'cookie.sameSite',
      `is ${worded(sameSite)}, and must be a boolean, "lax", "strict" or "none"`
    )
  }
  if (domain && !DOMAIN.test(domain)) {
    refuse(
      'cookie.domain',
      `is ${worded(domain)}, and must be a host name alone, such as "example.com"`
    )
  }
  if (path && !PATH.test(path)) {
    refuse('cookie.path', `is ${worded(path)}, and must begin with "/"`)
  }
}

function validateSecure(name: string, { secure, sameSite, partitioned }: CookieAttributes) {
  const needsSecure =
    (PREFIXES.some(({ prefix }) => prefix.test(name)) && `"cookieName" is "${name}"`) ||
    (partitioned && '"cookie.partitioned" is set') ||
    (String(sameSite).toLowerCase() === 'none' && '"cookie.sameSite" is "none"')
  if (needsSecure && !secure) {
    refuse('cookie.secure', `must be true when ${needsSecure}`)
  }
}

function refuse(key: string, problem: string): never {
  throw SessionException.invalidConfig(key, problem)
}
