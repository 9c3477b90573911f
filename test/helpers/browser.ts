import http from 'http'

/** What browsers keep of one cookie (RFC 6265bis, section 5.6): name and value together. */
const COOKIE_LIMIT_IN_BYTES = 4096

interface Cookie {
  value: string
  attributes: Record<string, string>
  expiresAt: number | null
}

export interface BrowserResponse {
  status: number
  headers: http.IncomingHttpHeaders
  /** The Set-Cookie lines, as they came. */
  setCookies: string[]
  text: string
  /** The body as JSON; `undefined` when it is none. */
  json: any
}

export interface RequestOptions {
  method?: string
  body?: any
  headers?: Record<string, string>
  /** Send these cookies instead of those of the jar, and keep none of the response. */
  cookies?: Record<string, string>
  followRedirects?: boolean
}

/**
 * A cookie jar and an HTTP client that behave like a browser: Max-Age and Expires, dropping of cookies
 * that are too large, replacement by name, redirects as GET with a referrer.
 */
export class Browser {
  public jar = new Map<string, Cookie>()

  /** Sent with every request, such as what the browser says that it is. */
  public headers: Record<string, string> = {}
  private page: string | undefined

  constructor(private baseUrl: string) {}

  public get(path: string, options: RequestOptions = {}) {
    return this.request(path, { ...options, method: 'GET' })
  }

  public post(path: string, body: any = {}, options: RequestOptions = {}) {
    return this.request(path, { ...options, method: 'POST', body })
  }

  /** The cookies that the next request would carry. */
  public cookies(): Record<string, string> {
    const now = Date.now()
    const alive = [...this.jar].filter(([, { expiresAt }]) => expiresAt === null || expiresAt > now)
    return Object.fromEntries(alive.map(([name, { value }]) => [name, value]))
  }

  /** A second browser with the same cookies: what a thief, or another tab, has. */
  public clone(): Browser {
    const copy = new Browser(this.baseUrl)
    copy.jar = new Map(this.jar)
    return copy
  }

  /** Ends the browser: cookies without an age are gone. */
  public restart() {
    for (const [name, { expiresAt }] of this.jar) {
      if (expiresAt === null) {
        this.jar.delete(name)
      }
    }
  }

  public async request(path: string, options: RequestOptions = {}): Promise<BrowserResponse> {
    const response = await this.send(path, options)
    if (!options.cookies) {
      response.setCookies.forEach((line) => this.keep(line))
    }

    const { location } = response.headers
    if (options.followRedirects && location && [301, 302, 303].includes(response.status)) {
      return this.request(location, { followRedirects: true })
    }
    return response
  }

  private send(path: string, options: RequestOptions): Promise<BrowserResponse> {
    const { method = 'GET', body, headers = {} } = options
    const cookies = Object.entries(options.cookies ?? this.cookies())
    const payload = body === undefined || method === 'GET' ? undefined : JSON.stringify(body)
    const url = new URL(path, this.baseUrl)
    const referrer = this.page

    return new Promise((resolve, reject) => {
      const request = http.request(
        url,
        {
          method,
          agent: false,
          headers: {
            ...(payload !== undefined && { 'content-type': 'application/json' }),
            ...(cookies.length && { cookie: cookies.map((pair) => pair.join('=')).join('; ') }),
            ...(referrer && { referer: referrer }),
            ...this.headers,
            ...headers,
          },
        },
        (message) => {
          let text = ''
          // A redirect is no page: the referrer of what it leads to is still the page before.
          if (method === 'GET' && message.headers.location === undefined) {
            this.page = url.href
          }
          message.setEncoding('utf8')
          message.on('data', (chunk) => (text += chunk))
          message.on('end', () =>
            resolve({
              status: message.statusCode!,
              headers: message.headers,
              setCookies: message.headers['set-cookie'] ?? [],
              text,
              json: parse(text),
            })
          )
          message.on('error', reject)
        }
      )
      request.on('error', reject)
      request.end(payload)
    })
  }

  private keep(line: string) {
    const [pair, ...rest] = line.split('; ')
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    if (Buffer.byteLength(name + value) > COOKIE_LIMIT_IN_BYTES) {
      return
    }

    const attributes = Object.fromEntries(
      rest.map((attribute) => {
        const [key, ...parts] = attribute.split('=')
        return [key.toLowerCase(), parts.join('=')]
      })
    )
    const expiresAt =
      attributes['max-age'] !== undefined
        ? Date.now() + Number(attributes['max-age']) * 1000
        : attributes.expires
          ? new Date(attributes.expires).getTime()
          : null

    if (expiresAt !== null && expiresAt <= Date.now()) {
      this.jar.delete(name)
    } else {
      this.jar.set(name, { value, attributes, expiresAt })
    }
  }
}

function parse(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
