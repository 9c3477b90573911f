import type { BrowserContext } from 'playwright'
import type { SessionBrowserCookie } from '@ioc:Adonis/Addons/Session'
import { BrowserCookies } from '../Client/BrowserCookies'
import type { SessionManager } from '../SessionManager'

/** Gives a browser context its session methods. */
export function decorateContext(
  context: BrowserContext,
  Session: SessionManager,
  url: string | undefined
) {
  const cookies = new BrowserCookies(context, url)
  const session = Session.stored(cookies)
  let isBegun = false

  /** A session that a page has begun by itself stays: a test may want its cookies for another context. */
  const begins =
    <Args extends any[]>(method: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      Session.requireEnabled('Cannot begin a session in a browser')
      isBegun = true
      await method(...args)
    }

  const close = context.close.bind(context)
  Object.assign(context, {
    sessionClient: session,
    initiateSession: begins((attributes: SessionBrowserCookie = {}) => {
      Object.assign(cookies.attributes, attributes)
      return session.begin()
    }),
    setSession: begins((values) => session.setSession(values)),
    setFlashMessages: begins((messages) => session.setFlashMessages(messages)),
    getSession: () => session.getSession(),
    getFlashMessages: () => session.getFlashMessages(),

    async close(...args: Parameters<BrowserContext['close']>) {
      // Its id may have changed since. A context that is closed already tells nothing.
      await (isBegun && session.getSessionId().catch(() => null))
      await close(...args)
      await (isBegun && session.forget())
    },
  })
}
