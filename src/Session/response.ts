import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { cookieLine } from '../Cookies'
import { isForSharedCaches, keepFromSharedCaches } from '../Cookies/caches'
import { dropId, withdrawId, writeId } from '../IdCookie'
import { Saved } from '../Repository/states'
import { Settings } from '../Settings'

/** What a response needs to know of its request. */
export interface Came {
  /** The id that the browser has; `null`: none that can be read. */
  cookieId: string | null
  /** Does the session live on from now, also when nothing was changed? */
  prolongs: boolean
}

/** The cookie of an outcome: the id, nothing, or the request to forget it. */
export function sendCookie(
  ctx: HttpContextContract,
  settings: Settings,
  { outcome, snapshot, cookieAgeInMs }: Saved,
  { cookieId, prolongs }: Came
) {
  if (outcome === 'gone') {
    ctx.response.headersSent || withdrawId(ctx, settings)
    return
  }
  if (outcome === 'untouched' && !prolongs) {
    return
  }
  const isStored = snapshot.found.state === 'stored'
  const isNewId = snapshot.id !== cookieId
  const isNews = outcome !== 'untouched' || isNewId
  if (ctx.response.headersSent) {
    const text = 'session: the response has left before the session cookie could be set'
    isStored && isNewId && ctx.logger.warn(text)
  } else if (isStored ? isNews : settings.saveUninitialized) {
    writeId(ctx, settings, snapshot.id, cookieAgeInMs)
  } else if (!isStored && (outcome !== 'untouched' || cookieId === null)) {
    dropId(ctx, settings)
  }
}

/**
 * A page that was made with a session is nobody else's, unless the app says that shared caches may keep it.
 * With a session cookie it is not, whatever the app says (P11).
 */
export function tellCaches(
  { response }: HttpContextContract,
  { cookieName }: Settings,
  isUsed: boolean
) {
  if (response.headersSent) {
    return
  }
  if (cookieLine(response, cookieName) || (isUsed && !isForSharedCaches(response))) {
    keepFromSharedCaches(response)
  }
}

/** By then a store that is down has been tried again (RFC 9110, section 10.2.3). */
export function tellWhenToRetry(
  { response }: HttpContextContract,
  { storeTimeoutInMs }: Settings,
  { status }: { status?: number }
) {
  if (status === 503 && !response.headersSent) {
    response.header('retry-after', Math.ceil(storeTimeoutInMs / 1000))
  }
}
