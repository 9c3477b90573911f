import { Group, test } from '@japa/runner'
import { apps, startVisits, VisitedApp, Visitor } from '../helpers/visits'
import { appOn, redisOf, unhandledRejections, until } from '../redis/helpers'
import { Wire } from '../redis/wire'
import { CONFIGS, sessionCookie } from './helpers'

const DEADLINE_IN_MS = 400
/** Generous, for a loaded machine: what counts is that there is a bound. */
const BOUND_IN_MS = 10 * DEADLINE_IN_MS

type Redis = ReturnType<typeof redisOf> & { wire: Wire }

interface Outage {
  begin(redis: Redis): unknown
  end(redis: Redis): unknown
  /** What an app still can do then: nothing, read, or read and touch. */
  leaves?: 'reading' | 'touching'
}

const OUTAGES: Record<string, Outage> = {
  'is stopped': {
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.start(),
  },
  hangs: {
    begin: ({ server }) => server.pause(),
    end: ({ server }) => server.resume(),
  },
  'is slow': {
    begin: ({ wire }) => wire.delay(2 * DEADLINE_IN_MS),
    end: ({ wire }) => wire.delay(0),
  },
  'is read-only': {
    begin: ({ admin }) => admin.replicaof('127.0.0.1', 1),
    end: ({ admin }) => admin.replicaof('NO', 'ONE'),
    leaves: 'reading',
  },
  'is out of memory': {
    begin: ({ admin }) => admin.config('SET', 'maxmemory', '1'),
    end: ({ admin }) => admin.config('SET', 'maxmemory', '0'),
    leaves: 'touching',
  },
  'forbids scripts': {
    begin: ({ admin }) => admin.call('ACL', 'SETUSER', 'default', '-@scripting'),
    end: ({ admin }) => admin.call('ACL', 'SETUSER', 'default', '+@scripting'),
  },
}

/** A Redis that keeps its data over a restart, and one app: at the end of a wire where that is slow. */
function appOf(group: Group, is: string, session: Record<string, any>) {
  const redis = redisOf(group, {
    args: ['--appendonly', 'yes', '--appendfsync', 'always'],
  }) as Redis
  const running = { redis } as { redis: Redis; app: VisitedApp }

  group.setup(async () => {
    redis.wire = await Wire.to(redis.server)
    const address = is === 'is slow' ? redis.wire : redis.server
    running.app = await startVisits(
      'redis',
      appOn(address, { storeTimeout: `${DEADLINE_IN_MS}ms`, ...session })
    )
    return async () => {
      await running.app.stop()
      await redis.wire.stop()
    }
  })
  return running
}

const read = (visitor: Visitor) =>
  visitor.visit(({ session }) => session.except(['room']), { mayFail: true })

/** Each note needs more room than the one before: a full Redis takes what needs less. */
const write = (visitor: Visitor, note: number, meanwhile: () => unknown = () => {}) =>
  visitor.visit(
    async ({ session }) => {
      session.put({ a: note, b: note, room: 'x'.repeat(100 * note) })
      await meanwhile()
    },
    { mayFail: true }
  )

const logout = (visitor: Visitor) =>
  visitor.visit(({ session }) => session.invalidate(), { mayFail: true })

/** A visitor with a session. The store is well again after the test before, or will soon be. */
async function visitorOf(app: VisitedApp): Promise<Visitor> {
  const visitor = app.visitor()
  await until('a session can be begun', async () => (await write(visitor, 1)).status === 200)
  return visitor
}

for (const [config, session] of Object.entries(CONFIGS)) {
  for (const [is, { begin, end, leaves }] of Object.entries(OUTAGES)) {
    test.group(`P10 An outage is bounded: Redis ${is}, ${config} config`, (group) => {
      group.each.timeout(60_000)
      const rejections = unhandledRejections(group)
      const running = appOf(group, is, session!)
      const isFull = is === 'is out of memory'

      async function during(work: () => Promise<void>) {
        await begin(running.redis)
        await work().finally(() => end(running.redis))
      }

      test('a request with a session gets a 503 in time, the reason, and no cookie', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        await during(async () => {
          const beganAt = Date.now()
          const requests = [write(visitor, 2)]
          if (!isFull) {
            requests.push(logout(visitor.clone()))
          }
          const answers = await Promise.all(leaves ? requests : [...requests, read(visitor)])
          assert.isBelow(Date.now() - beganAt, BOUND_IN_MS)

          const operation = leaves ? '(write|retire)' : 'read'
          const sentence = `The "redis" session store could not ${operation} a session: \\w+`
          for (const { status, json, setCookies } of answers) {
            assert.equal(status, 503)
            assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
            assert.match(json.message, new RegExp(`^E_SESSION_STORE_UNAVAILABLE: ${sentence}`))
            assert.deepEqual(setCookies, [])
          }
        })
      })

      test('strangers are served as long as they store nothing, and get their 404', async ({
        assert,
      }) => {
        await visitorOf(running.app)
        await during(async () => {
          const [page, unknown, stored] = await Promise.all([
            read(running.app.visitor()),
            running.app.browser().get('/nowhere'),
            write(running.app.visitor(), 1),
          ])
          assert.equal(page.status, 200)
          assert.equal(unknown.status, 404)
          assert.equal(stored.status, 503)
          assert.isUndefined(sessionCookie(stored))
        })
      })

      test('afterwards the same browser goes on with its session, and nothing is restarted', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        await during(async () => void (await write(visitor, 2)))

        await until('the browser is served', async () => (await read(visitor)).status === 200)
        const { a, b } = (await read(visitor)).answer
        assert.oneOf(a, leaves ? [1] : [1, 2])
        assert.equal(a, b)
        assert.equal((await write(visitor, 3)).status, 200)
        assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
        assert.deepEqual(rejections, [])
      })

      test('a request under way when it begins gets its 503, and leaves a whole session', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        const { status, setCookies } = await write(visitor, 2, () => begin(running.redis))
        await end(running.redis)
        assert.equal(status, 503)
        assert.deepEqual(setCookies, [])

        await until('the browser is served', async () => (await read(visitor)).status === 200)
        const { a, b } = (await read(visitor)).answer
        assert.oneOf(a, leaves ? [1] : [1, 2])
        assert.equal(b, a)
        assert.deepEqual(rejections, [])
      })

      if (isFull) {
        test('a logout needs no room: the session ends, also by removing the user', async ({
          assert,
        }) => {
          const [left, forgot] = [await visitorOf(running.app), await visitorOf(running.app)]
          const tabs = [left.clone(), forgot.clone()]
          await during(async () => {
            assert.equal((await logout(left)).status, 200)
            const forget = await forgot.visit(({ session: own }) => own.forget('a'))
            assert.equal(forget.status, 200)
          })
          assert.deepEqual((await read(tabs[0])).answer, {})
          assert.deepEqual((await read(tabs[1])).answer, { b: 1 })
        })
      }

      if (leaves) {
        const isServed = leaves === 'touching' || config === 'template'
        test(`a request that changes nothing gets a ${isServed ? 200 : 503}`, async ({
          assert,
        }) => {
          const visitor = await visitorOf(running.app)
          await during(async () => {
            assert.equal((await read(visitor)).status, isServed ? 200 : 503)
          })
        })
      }
    })
  }
}

test.group('P10 An outage is bounded: Redis and the life of an app', (group) => {
  group.each.timeout(60_000)
  const start = apps(group)
  const redis = redisOf(group)
  let wire: Wire

  group.setup(async () => {
    wire = await Wire.to(redis.server)
    return () => wire.stop()
  })

  test('an app that boots during an outage is there, and whole when Redis is', async ({
    assert,
  }) => {
    await redis.server.kill()
    const app = await start('redis', appOn(redis.server, { storeTimeout: DEADLINE_IN_MS }))
    const visitor = app.visitor()
    assert.equal((await read(visitor)).status, 200)
    assert.equal((await write(visitor, 1)).status, 503)

    await redis.server.start()
    await until('a session is stored', async () => (await write(visitor, 2)).status === 200)
    assert.deepEqual((await read(visitor)).answer, { a: 2, b: 2 })
  })

  test('a connection that died without a word is replaced, where config/redis says after which time', async ({
    assert,
  }) => {
    const connection = { socketTimeout: DEADLINE_IN_MS }
    const app = await start('redis', appOn(wire, { storeTimeout: DEADLINE_IN_MS }, connection))
    const visitor = await visitorOf(app)
    wire.fallSilent()
    assert.equal((await write(visitor, 2)).status, 503)
    await until('a session is stored', async () => (await write(visitor, 3)).status === 200)
    assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
  })

  test('a deadline that was kept leaves no timer behind', async ({ assert }) => {
    const app = await start('redis', appOn(redis.server, { storeTimeout: '1h' }))
    const visitor = app.visitor()
    await write(visitor, 0)
    const before = timers()
    for (let note = 1; note <= 20; note++) {
      await write(visitor, note)
    }
    await until('as many timers run as before', async () => timers() <= before)
    assert.deepEqual((await read(visitor)).answer, { a: 20, b: 20 })
  })
})

function timers(): number {
  const resources: string[] = (process as any).getActiveResourcesInfo()
  return resources.filter((resource) => resource === 'Timeout').length
}
