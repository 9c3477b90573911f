import type { BrowserResponse } from './browser'

export interface SetCookie {
  name: string
  value: string
  /** By their names in lower case; those without a value are `true`. */
  attributes: Record<string, string | true>
}

/** The cookies that a response sets. */
export function cookiesOf({ setCookies }: BrowserResponse): SetCookie[] {
  return setCookies.map((line) => {
    const [[name, value], ...rest] = line.split('; ').map((part) => split(part))
    const attributes = rest.map(([key, setting]) => [key.toLowerCase(), setting || true])
    return { name, value, attributes: Object.fromEntries(attributes) }
  })
}

/** The session id cookie that a response sets, if it sets one. */
export function idCookieOf(response: BrowserResponse, name = 'adonis-session') {
  return cookiesOf(response).find((cookie) => cookie.name === name)
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}
