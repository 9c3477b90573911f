import { test } from '@japa/runner'
import { apps, Handler, Visitor } from '../helpers/visits'
import { RedisServer } from '../services/redis'
import { appOn, commandsDuring, redisOf } from './helpers'

const login = (visitor: Visitor) =>
  visitor.ask(({ session }) => {
    session.put('user', 7)
    return session.sessionId
  })

const page = (visitor: Visitor) => visitor.ask(({ session }) => session.all())

/** Options of ioredis that change what it sends, or what it answers. */
const CONNECTIONS: Record<string, (server: RedisServer) => Record<string, any>> = {
  'whose port is text, as from a file of variables': ({ port }) => ({ port: String(port) }),
  'to another database': () => ({ db: 3 }),
  'that opens when it is used': () => ({ lazyConnect: true }),
  'that pipelines by itself': () => ({ enableAutoPipelining: true }),
  'that answers numbers as text': () => ({ stringNumbers: true }),
}

/** The keys of a command; one that sets up a connection has none. */
function keysOf([name, ...args]: string[]): string[] {
  if (['info', 'select', 'client'].includes(name)) {
    return []
  }
  return name.startsWith('eval') ? args.slice(2, 2 + Number(args[1])) : args.slice(0, 1)
}

test.group('Redis: the key of a session', (group) => {
  const start = apps(group)
  const redis = redisOf(group)

  for (const keyPrefix of ['', 'shop:session:']) {
    const named = `keyPrefix ${JSON.stringify(keyPrefix)}`

    test(`${named}: a session is one key, the id behind the prefix`, async ({ assert }) => {
      await redis.admin.flushall()
      const app = await start('redis', appOn(redis.server, {}, { keyPrefix }))
      const id = await login(app.visitor())
      assert.deepEqual(await redis.admin.keys('*'), [keyPrefix + id])
      assert.deepEqual(JSON.parse((await redis.admin.get(keyPrefix + id))!).message, { user: 7 })
    })

    test(`${named}: no key without the prefix is read, written or removed`, async ({ assert }) => {
      const app = await start('redis', appOn(redis.server, {}, { keyPrefix }))
      const visitor = app.visitor()
      const commands = await commandsDuring(redis.server, async () => {
        await login(visitor)
        await page(visitor)
        await visitor.visit(({ session }) => session.regenerate())
        await visitor.visit(({ session }) => session.invalidate())
      })
      const keys = commands.flatMap(keysOf)
      assert.isAbove(keys.length, 4)
      assert.isTrue(keys.every((key) => key.startsWith(keyPrefix)))
    })

    test(`${named}: after login and logout no session is left`, async ({ assert }) => {
      const app = await start('redis', appOn(redis.server, {}, { keyPrefix }))
      const visitor = app.visitor()
      const old = await login(visitor)
      const id = await visitor.ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      assert.equal(await redis.admin.exists(keyPrefix + old), 0)
      assert.equal(await redis.admin.exists(keyPrefix + id), 1)
      await visitor.visit(({ session }) => session.invalidate())
      assert.equal(await redis.admin.exists(keyPrefix + id), 0)
    })
  }

  test('two apps of one Redis with prefixes of their own share nothing', async ({ assert }) => {
    const shop = await start('redis', appOn(redis.server, {}, { keyPrefix: 'shop:' }))
    const { browser } = shop.visitor()
    const id = await login(new Visitor(browser))
    const blog = await start('redis', appOn(redis.server, {}, { keyPrefix: 'blog:' }))
    const guest = blog.visitor()
    guest.browser.jar = browser.jar
    assert.deepEqual(await page(guest), {})
    assert.equal(await redis.admin.exists(`shop:${id}`), 1)
  })

  for (const [which, connection] of Object.entries(CONNECTIONS)) {
    test(`a session lives on a connection ${which}`, async ({ assert }) => {
      const app = await start('redis', appOn(redis.server, {}, connection(redis.server)))
      const visitor = app.visitor()
      const before = visitor.clone()
      await login(visitor)
      before.browser.jar = new Map(visitor.browser.jar)
      assert.deepEqual(await page(visitor), { user: 7 })
      assert.lengthOf((await visitor.visit(() => {})).setCookies, 1)
      const count: Handler = ({ session }) => session.increment('n')
      await Promise.all(Array.from({ length: 10 }, () => visitor.clone().visit(count)))
      await visitor.visit(({ session }) => session.regenerate())
      assert.deepEqual(await page(visitor), { user: 7, n: 10 })
      assert.deepEqual(await page(before), { user: 7, n: 10 })
      await visitor.visit(({ session }) => session.invalidate())
      assert.deepEqual(await page(visitor), {})
      assert.deepEqual(await page(before), {})
    })
  }

  test('a tombstone ends by itself, after an hour', async ({ assert }) => {
    await redis.admin.flushall()
    const app = await start('redis', appOn(redis.server, { retireFor: '20s' }))
    const visitor = app.visitor()
    const id = await login(visitor)
    await visitor.visit(({ session }) => session.invalidate())
    const keys = await redis.admin.keys('*')
    assert.isNotEmpty(keys)
    assert.isTrue(keys.every((key) => key.includes(id)))
    for (const key of keys) {
      assert.isAbove(await redis.admin.pttl(key), 0)
      assert.isAtMost(await redis.admin.pttl(key), 3_600_000)
    }
  })
})
