import type { BrowserContext, Cookie } from 'playwright'
import type { SessionBrowserCookie } from '@ioc:Adonis/Addons/Session'
import type { Headers, VisitorCookies } from './StoredSession'
import { endOf, parseLine } from './lines'

const SAME_SITE: Record<string, Cookie['sameSite']> = {
  true: 'Strict',
  strict: 'Strict',
  lax: 'Lax',
  none: 'None',
}

/** A past second: the browser drops the cookie. */
const DROPPED = 1

/** The cookies of a browser context, as far as they are for the app. */
export class BrowserCookies implements VisitorCookies {
  /** What a test has set in place of the attributes in the config. */
  public attributes: SessionBrowserCookie = {}

  private known: Headers | undefined
  private isClosed = false

  constructor(
    private context: BrowserContext,
    private url: string | undefined
  ) {
    context.on('close', () => (this.isClosed = true))
  }

  /** Once the context is closed, those that it had when they were last asked for. */
  public async headers(): Promise<Headers> {
    if (this.isClosed) {
      return this.known ?? { cookie: '' }
    }
    const { host, hostname } = this.app
    const cookies = await this.context.cookies()
    const own = cookies.filter(({ domain }) => isFor(domain, hostname))
    const cookie = own.map(({ name, value }) => `${name}=${value}`).join('; ')
    return (this.known = { host, cookie })
  }

  public async receive(lines: string[]): Promise<void> {
    if (lines.length && !this.isClosed) {
      await this.context.addCookies(lines.map((line) => this.cookieOf(line)))
    }
  }

  private cookieOf(line: string) {
    const parsed = parseLine(line)
    const { name, value, attributes } = parsed
    const endsAt = endOf(parsed)
    const own = this.attributes
    const domain = own.domain ?? attributes.domain
    return {
      name,
      value,
      domain: domain ? `.${domain.replace(/^\./, '')}` : this.app.hostname,
      path: own.path ?? attributes.path ?? '/',
      expires: endsAt === null ? -1 : Math.max(Math.floor(endsAt / 1000), DROPPED),
      httpOnly: own.httpOnly ?? 'httponly' in attributes,
      secure: own.secure ?? 'secure' in attributes,
      sameSite: SAME_SITE[String(own.sameSite ?? attributes.samesite).toLowerCase()],
    }
  }

  /** Where the app is. The page that was opened last says so, if nobody else does. */
  private get app(): URL {
    const pages = this.context.pages().map((page) => page.url())
    const page = pages.reverse().find((url) => /^https?:/.test(url))
    const { HOST, PORT } = process.env
    const url = this.url ?? page ?? (HOST && PORT ? `http://${HOST}:${PORT}` : undefined)
    if (!url) {
      throw new Error(
        'The URL of the app is not known, so the session cookie cannot be set. Visit a page first, set HOST and PORT in the environment, or give "sessionBrowserClient" a "url"'
      )
    }
    return new URL(url)
  }
}

/** Is a cookie of this domain sent to the host? With a dot in front, also to hosts below. */
function isFor(domain: string, hostname: string): boolean {
  return domain === hostname || (domain.startsWith('.') && `.${hostname}`.endsWith(domain))
}
