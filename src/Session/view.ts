import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { storable } from '../Values/storable'

/** A template gets copies, as they are stored: it cannot change the session by accident. */
function copy<T>(value: T): T {
  return typeof value === 'object' && value !== null ? storable(value, '') : value
}

/**
 * Gives the templates of this request the flash messages, old input and a session to read. All are empty until
 * the session is loaded: an error page is rendered with them, too. A global `old` of the app stays.
 */
export function shareWithView(ctx: HttpContextContract, session: SessionContract) {
  const view = (ctx as any).view
  if (typeof view?.share !== 'function') {
    return
  }

  const valueOf = (key: string) => (session.initiated ? copy(session.get(key)) : null)
  const old = (field: string, defaultValue?: any) => session.flashMessages.get(field, defaultValue)
  view.share({
    ...(view.globals?.old === undefined && { old }),
    flashMessages: session.flashMessages,
    session: {
      get: (key: string, defaultValue?: any) => valueOf(key) ?? defaultValue,
      has: (key: string) => session.initiated && session.has(key),
      all: () => (session.initiated ? copy(session.all()) : {}),
    },
  })
}
