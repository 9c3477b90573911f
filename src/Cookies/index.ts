import type { RequestContract } from '@ioc:Adonis/Core/Request'
import type { ResponseContract, CookieOptions } from '@ioc:Adonis/Core/Response'
import type { CookieAttributes } from '../Settings'
import { keepFromSharedCaches } from './caches'

/** One cookie of one response. `ageInMs: null` ends with the browser. */
export interface CookieToSet {
  name: string
  attributes: CookieAttributes
  ageInMs: number | null
}

/**
 * The values of all cookies of one name, in the order of the header. A browser sends several when they were
 * set for different domains or paths, and the older or foreign one is often the first (RFC 6265bis, section
 * 5.8.3).
 */
export function cookieValues(request: RequestContract, name: string): string[] {
  const first = request.cookiesList()[name]
  if (first === undefined) {
    return []
  }
  const header = request.header('cookie') ?? ''
  const start = `${name}=`
  const isOnly = !header.includes(start, header.indexOf(start) + 1)
  if (isOnly) {
    return [first]
  }
  const pairs = header.split(';').map((pair) => pair.trim())
  return pairs
    .filter((pair) => pair.startsWith(start))
    .map((pair) => decoded(pair.slice(start.length)))
}

function decoded(value: string): string {
  const bare = value.startsWith('"') ? value.slice(1, -1) : value
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}

/** The Set-Cookie lines that are on a response. */
export function cookieLines(response: ResponseContract): string[] {
  const header = response.getHeader('set-cookie')
  return header === undefined ? [] : [header].flat().map(String)
}

function replaceHeaders(response: ResponseContract, headers: string[]) {
  response.removeHeader('set-cookie')
  if (headers.length) {
    response.header('set-cookie', headers)
  }
}

/**
 * Puts a cookie on the response through `write`, in place of one of the same name that an earlier
 * commit put there: `response.cookie` alone would send both. `partitioned` is added by hand, since
 * the cookie serialiser of AdonisJS 5 does not know it.
 */
export function setCookie(
  response: ResponseContract,
  { name, attributes, ageInMs }: CookieToSet,
  write: (options: Partial<CookieOptions>) => void
) {
  const { partitioned, ...options } = attributes
  withdrawCookie(response, name)
  const maxAge = ageInMs === null ? undefined : Math.ceil(ageInMs / 1000)
  write({ ...options, maxAge, expires: undefined })
  keepFromSharedCaches(response)

  if (partitioned) {
    const [cookie, ...rest] = cookieLines(response).reverse()
    replaceHeaders(response, [...rest.reverse(), `${cookie}; Partitioned`])
  }
}

/** Puts the line of a cookie before that of another one, if both are on the response. */
export function putBefore(response: ResponseContract, name: string, other: string) {
  const headers = cookieLines(response)
  const own = headers.filter((header) => header.startsWith(`${name}=`))
  const rest = headers.filter((header) => !header.startsWith(`${name}=`))
  const at = rest.findIndex((header) => header.startsWith(`${other}=`))
  if (at >= 0) {
    rest.splice(at, 0, ...own)
    replaceHeaders(response, rest)
  }
}

/** Takes back a cookie that an earlier commit put on the response. */
export function withdrawCookie(response: ResponseContract, name: string) {
  const headers = cookieLines(response)
  const others = headers.filter((header) => !header.startsWith(`${name}=`))
  if (others.length < headers.length) {
    replaceHeaders(response, others)
  }
}

/** Puts a cookie on the response whose value is already signed or encrypted. */
export function writeAsIs(
  response: ResponseContract,
  name: string,
  value: string,
  options: Partial<CookieOptions> & { encode?: boolean }
) {
  options.encode = false
  response.plainCookie(name, value, options)
}

/** Asks the browser to drop a cookie, with the path and domain under which it was set. */
export function dropCookie(response: ResponseContract, name: string, attributes: CookieAttributes) {
  setCookie(response, { name, attributes, ageInMs: -1000 }, (options) =>
    response.plainCookie(name, '', { ...options, expires: new Date(1) })
  )
}

/** The Set-Cookie line of a cookie on the response, as the browser will see it. */
export function cookieLine(response: ResponseContract, name: string): string {
  return cookieLines(response).find((header) => header.startsWith(`${name}=`)) ?? ''
}

/** How many bytes the Set-Cookie line of a cookie would have; the response stays as it is. */
export function measureCookie(
  response: ResponseContract,
  cookie: CookieToSet,
  write: (options: Partial<CookieOptions>) => void
): number {
  const before = cookieLines(response)
  setCookie(response, cookie, write)
  const { length } = cookieLine(response, cookie.name)
  replaceHeaders(response, before)
  return length
}

/** A copy: a part of a header keeps the whole header in memory. */
export function unshared(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
