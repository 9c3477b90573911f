import { startAppOn } from '../helpers/drivers'
import { revocable } from './helpers'

/** One of several servers of an app: its arguments are the store of the endings, and a directory. Tells its parent its URL. */
async function main() {
  const [store, location] = process.argv.slice(2)
  const app = await startAppOn('cookie', {
    ...revocable(store, { file: { location } }),
    routes: (route) => {
      route.get('/login/:user', ({ session, params }) => {
        session.regenerate()
        session.put('user', params.user)
        session.tag(params.user)
        return { id: session.sessionId }
      })
      route.get('/logout', ({ session }) => session.invalidate())
      route.get('/me', ({ session }) => ({ user: session.get('user', null) }))
      route.get('/destroy/:id', ({ params }) => app.Session.destroy(params.id))
      route.get('/end/:user', ({ params }) => app.Session.destroyTagged(params.user))
    },
  })
  process.send!(app.url)
}

void main()
