/** iron-session needs no framework: a handler of node:http, with the session in a sealed cookie. */
const { createServer } = require('http')
const { valuesOf, answer, nextWrite } = require('./pages')

const SETTINGS = {
  cookieName: 'iron',
  password: 'a-key-of-the-benchmarks-alone-32c',
  ttl: 2 * 3600,
  cookieOptions: { secure: false },
}

function send(response, body) {
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}

const PAGES = {
  '/read': ({ user }) => answer(user),
  async '/write'(session) {
    session.seen = nextWrite()
    await session.save()
    return answer()
  },
  async '/fill'(session, query) {
    Object.assign(session, valuesOf(Number(query.get('bytes'))))
    await session.save()
    return answer()
  },
  async '/increment'(session) {
    session.n = (session.n ?? 0) + 1
    await session.save()
    return answer()
  },
  '/count': ({ n }) => ({ n: n ?? 0 }),
}

async function start(spec) {
  const { getIronSession } = spec.session ? require('iron-session') : {}
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost')
    const page = spec.session && PAGES[pathname]
    if (!page) {
      return send(response, answer())
    }
    const session = await getIronSession(request, response, SETTINGS)
    send(response, await page(session, searchParams))
  })
  return { server }
}

module.exports = { start }
