import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { storable } from '../Values/storable'

/** A template gets copies, as they are stored: it cannot change the session by accident. */
function copy<T>(value: T): T {
  return typeof value === 'object' && value !== null ? storable(value, '') : value
}

/**
 * Gives the templates of this request the flash messages and a session to read. Both are empty until the
 * session is loaded: an error page is rendered with them, too.
 */
export function shareWithView(ctx: HttpContextContract, session: SessionContract) {
  const view = (ctx as any).view
  if (typeof view?.share !== 'function') {
    return
  }

  const valueOf = (key: string) => (session.initiated ? copy(session.get(key)) : null)
  view.share({
    flashMessages: session.flashMessages,
    session: {
      get: (key: string, defaultValue?: any) => valueOf(key) ?? defaultValue,
      has: (key: string) => session.initiated && session.has(key),
      all: () => (session.initiated ? copy(session.all()) : {}),
    },
  })
}
