/**
 * The least that a session can do with a store, for comparison: verify the id cookie, one read, parse;
 * after a write, one write and the cookie. No expiry, no merge, no check of what was read.
 */
const { readFile, writeFile, mkdir } = require('fs/promises')
const path = require('path')

const COOKIE = 'adonis-session'
const AGE_IN_SECONDS = 7200

const STORES = {
  redis(app) {
    const redis = app.container.use('Adonis/Addons/Redis').connection('local').ioConnection
    return {
      read: (_, id) => redis.get(id),
      write: (_, id, text) => redis.setex(id, AGE_IN_SECONDS, text),
    }
  },
  postgres(app) {
    const knex = app.container.use('Adonis/Lucid/Database').connection().getWriteClient()
    return {
      async read(_, id) {
        const { rows } = await knex.raw('select data from floor where id = ?', [id])
        return rows[0].data
      },
      write: (_, id, text) =>
        knex.raw(
          `insert into floor (id, data, until) values (?, ?, ?)
           on conflict (id) do update set data = excluded.data, until = excluded.until`,
          [id, text, Date.now() + AGE_IN_SECONDS * 1000]
        ),
    }
  },
  file(_, { location }) {
    const fileOf = (id) => path.join(location, `${id}.txt`)
    return {
      read: (_, id) => readFile(fileOf(id), 'utf8'),
      async write(_, id, text) {
        await mkdir(location, { recursive: true })
        await writeFile(fileOf(id), text)
      },
    }
  },
  memory() {
    const texts = new Map()
    return { read: (_, id) => texts.get(id), write: (_, id, text) => texts.set(id, text) }
  },
  cookie() {
    return {
      read: ({ request }, id) => request.encryptedCookie(id),
      write: ({ response }, id, text) => response.encryptedCookie(id, text),
    }
  },
}

/** Gives requests a `session` of values, `null` without a cookie, and stores what `isChanged` marks. */
function useFloor(app, spec) {
  const store = STORES[spec.driver](app, spec)
  const { hooks } = app.container.use('Adonis/Core/Server')
  hooks.before(async (ctx) => {
    const id = ctx.request.cookie(COOKIE)
    ctx.session = id ? { id, values: JSON.parse(await store.read(ctx, id)) } : null
  })
  hooks.after(async (ctx) => {
    if (ctx.session?.isChanged) {
      await store.write(ctx, ctx.session.id, JSON.stringify(ctx.session.values))
      ctx.response.cookie(COOKIE, ctx.session.id, { path: '/', maxAge: AGE_IN_SECONDS })
    }
  })
}

module.exports = { useFloor }
