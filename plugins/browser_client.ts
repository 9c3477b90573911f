import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionBrowserContext, SessionBrowserOptions } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../src/SessionManager'

declare module 'playwright' {
  interface BrowserContext extends SessionBrowserContext {}
}

const PACKAGE = '@japa/browser-client'

/**
 * A plugin of Japa for the tests of an app in browsers: gives the browser contexts of `@japa/browser-client` 1.2
 * methods for sessions. A session that a test has begun with them is removed from the store when its context closes.
 */
export function sessionBrowserClient(
  app: ApplicationContract,
  { url }: SessionBrowserOptions = {}
): () => void {
  return () => {
    const { decoratorsCollection } = browserClientOf(app)
    decoratorsCollection.register({
      context(context) {
        const { decorateContext } = require('../src/Bindings/BrowserContext')
        decorateContext(context, app.container.use('Adonis/Addons/Session') as SessionManager, url)
      },
    })
  }
}

/** The one of the app, whose browsers it is that are decorated. */
function browserClientOf({ appRoot }: ApplicationContract): typeof import('@japa/browser-client') {
  try {
    return require(require.resolve(PACKAGE, { paths: [appRoot, __dirname] }))
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error
    }
    throw new Error(
      `"sessionBrowserClient" needs the "${PACKAGE}" package, version 1.2, and "playwright". Install them with "npm i -D ${PACKAGE}@1 playwright"`
    )
  }
}
