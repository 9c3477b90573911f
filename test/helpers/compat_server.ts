import type { RouterContract } from '@ioc:Adonis/Core/Route'
import { AppOptions, startApp } from './app'

/** The handlers of an app that runs with 6.4.0 and with ours: nothing here is known to one alone. */
function routes(Route: RouterContract) {
  Route.get('/all', async ({ session }) => ({
    values: session.all(),
    flash: session.flashMessages.all() ?? {},
    id: session.sessionId,
  }))

  Route.post('/fill', async ({ request, session }) => {
    const { values = {}, flash } = request.body()
    Object.entries<any>(values).forEach(([key, value]) => session.put(key, value))
    flash && session.flash(flash)
    return {}
  })

  /** What the session guard of `@adonisjs/auth` 8 does. */
  Route.post('/login', async ({ request, session }) => {
    session.put('auth_web', request.input('id'))
    session.regenerate()
    return {}
  })

  Route.post('/logout', async ({ session }) => {
    session.forget('auth_web')
    return {}
  })

  Route.post('/clear', async ({ session }) => {
    session.clear()
    return {}
  })
}

/** Serves until the process that forked this one lets go of it. */
async function main(options: AppOptions) {
  const app = await startApp({ ...options, routes })
  process.once('disconnect', () => void app.stop().finally(() => process.exit()))
  process.send!({ url: app.url })
}

main(JSON.parse(process.argv[2])).catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
