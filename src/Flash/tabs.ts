import { createHash } from 'crypto'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { asksForPage, isRedirect } from './page'

/** How long a message waits for the tab that a redirect sends to it. After that, any page shows it. */
const WAITS_FOR_TAB_IN_MS = 10_000

/** Between the parts of a mark, and in front of it: it's in no token. */
const SEPARATOR = '~'

/**
 * The mark of the tab that a response redirects: the page it came from, which the browser names again when it
 * follows, through any number of redirects. `undefined`: the request isn't a navigation, or isn't redirected.
 */
export function markOfTab(ctx: HttpContextContract): string | undefined {
  return asksForPage(ctx) && isRedirect(ctx)
    ? `${SEPARATOR}${pageBefore(ctx)}${SEPARATOR}${Date.now().toString(36)}`
    : undefined
}

/** Tells for a request whether a message, by its token, is waiting for another tab. In doubt it isn't. */
export function waitingForOtherTab(ctx: HttpContextContract): (token?: string) => boolean {
  const here = isTellingItsPage(ctx) ? pageBefore(ctx) : null
  return (token) => {
    const [, page, time] = String(token).split(SEPARATOR)
    const ageInMs = Math.abs(Date.now() - parseInt(time, 36))
    return here !== null && ageInMs < WAITS_FOR_TAB_IN_MS && page !== here
  }
}

/** The address of the page before, in a form that tells nothing of it. */
function pageBefore({ request }: HttpContextContract): string {
  return createHash('sha256')
    .update(request.header('referer') ?? '')
    .digest('base64')
    .slice(0, 8)
}

/**
 * Is a page before, or that there's none, named as for the other requests of the tab? The policy of a response can
 * remove it, and browsers shorten it for other origins.
 */
function isTellingItsPage({ request }: HttpContextContract): boolean {
  const site = request.header('sec-fetch-site')
  return request.header('referer') ? site !== 'cross-site' && site !== 'same-site' : site === 'none'
}
