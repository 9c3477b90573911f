import { test } from '@japa/runner'
import { get } from 'http'
import { Browser } from '../helpers/browser'
import { guideApp } from '../helpers/guides'

/**
 * The part of Socket.IO that the page relies on: `socket.request` is the request of the upgrade, and the
 * middleware comes before the connection. The answer of the `cart` event is written to the socket.
 */
const SOCKET_IO = `
  module.exports.Server = class {
    constructor(server) {
      server.on('upgrade', (request, stream) => {
        const listeners = {}
        const socket = { request, data: {}, on: (event, listener) => (listeners[event] = listener) }
        this.middleware(socket, (error) => {
          if (error) return stream.end('HTTP/1.1 401 ' + error.message + '\\r\\n\\r\\n')
          this.connected(socket)
          stream.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: x\\r\\n\\r\\n')
          stream.on('data', () => listeners.cart((cart) => stream.write(JSON.stringify(cart))))
          stream.on('error', () => stream.destroy())
        })
      })
    }
    use(middleware) { this.middleware = middleware }
    on(_, connected) { this.connected = connected }
  }`

const FILES = {
  'node_modules/socket.io/index.js': SOCKET_IO,
  'node_modules/socket.io/package.json': '{ "name": "socket.io" }',
  'start/kernel.ts': `
    import Route from '@ioc:Adonis/Core/Route'

    Route.get('/login', async ({ session }) => session.put('user', 1))
    Route.get('/add/:item', async ({ session, params }) => session.put('cart.' + params.item, 1))
    Route.get('/logout', async ({ session }) => session.invalidate())`,
  'start/routes.ts': '',
}

/** Opens a socket with the cookies of a browser: `ask` sends the event and resolves to its answer. */
function connect(browser: Browser, url: string): Promise<{ ask(): Promise<any>; close(): void }> {
  const cookie = Object.entries(browser.cookies()).map((pair) => pair.join('='))
  const headers = { connection: 'Upgrade', upgrade: 'x', cookie: cookie.join('; ') }
  return new Promise((resolve, reject) => {
    const request = get(url, { headers }, ({ statusMessage }) => reject(new Error(statusMessage)))
    request.on('error', reject)
    request.on('upgrade', (_, stream) =>
      resolve({
        ask: () =>
          new Promise((answer) => {
            stream.once('data', (data: Buffer) => answer(JSON.parse(data.toString())))
            stream.write('cart')
          }),
        close: () => stream.destroy(),
      })
    )
  })
}

test.group('The guide to Socket.IO', (group) => {
  const app = guideApp(group, 'docs/guides/socket-io.md', { driver: 'file', files: FILES })

  test('lets in who is logged in, and nobody else', async ({ assert }) => {
    const guest = app().browser()
    await assert.rejects(() => connect(guest, app().url), 'Log in first')

    await guest.get('/login')
    const socket = await connect(guest, app().url)
    socket.close()
  })

  test('answers with what requests have stored since', async ({ assert }) => {
    const ada = app().browser()
    await ada.get('/login')
    const socket = await connect(ada, app().url)
    assert.deepEqual(await socket.ask(), {})

    await ada.get('/add/ring')
    assert.deepEqual(await socket.ask(), { ring: 1 })
    socket.close()
  })

  test('has nothing left to say after a logout', async ({ assert }) => {
    const ada = app().browser()
    await ada.get('/login')
    const socket = await connect(ada, app().url)
    await ada.get('/logout')
    assert.isNull(await socket.ask())
    socket.close()
  })
})
