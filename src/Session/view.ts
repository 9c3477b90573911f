import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { storable } from '../Values/storable'

/** A template gets copies, as they are stored: it cannot change the session by accident. */
function copy<T>(value: T): T {
  return typeof value === 'object' && value !== null ? storable(value, '') : value
}

/** Gives the templates of this request the flash messages and a session to read. */
export function shareWithView(ctx: HttpContextContract, session: SessionContract) {
  const view = (ctx as any).view
  if (typeof view?.share !== 'function') {
    return
  }

  view.share({
    flashMessages: session.flashMessages,
    session: {
      get: (key: string, defaultValue?: any) => copy(session.get(key)) ?? defaultValue,
      has: (key: string) => session.has(key),
      all: () => copy(session.all()),
    },
  })
}
