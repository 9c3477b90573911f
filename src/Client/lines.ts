/** A Set-Cookie line. The value is as it is sent; names of attributes are in lower case. */
export interface CookieLine {
  name: string
  value: string
  attributes: Record<string, string>
}

/** Reads a Set-Cookie line (RFC 6265, section 5.2). An attribute without a value has an empty one. */
export function parseLine(line: string): CookieLine {
  const [[name, value], ...rest] = line.split(';').map(parsePair)
  const attributes = rest.map(([key, setting]) => [key.toLowerCase(), setting])
  return { name, value, attributes: Object.fromEntries(attributes) }
}

/** The pairs of a Cookie header, as they are sent. */
export function parseHeader(header: string): Map<string, string> {
  return new Map(header.split(';').filter(Boolean).map(parsePair))
}

function parsePair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

/** When a cookie ends, in milliseconds since the epoch; `null`: with the browser. */
export function endOf({ attributes }: CookieLine): number | null {
  const { 'max-age': maxAge, expires } = attributes
  if (/^-?\d+$/.test(maxAge ?? '')) {
    return Date.now() + Number(maxAge) * 1000
  }
  const date = Date.parse(expires ?? '')
  return Number.isNaN(date) ? null : date
}

/** A cookie of the app may be anything. */
export function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
