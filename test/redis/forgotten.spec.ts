import { test } from '@japa/runner'
import { Cluster, Script } from '../torture/cluster'
import { CONFIGS, sessionCookie, tab, visitor } from '../promises/helpers'
import { appOn, redisOf, until } from './helpers'

type Redis = ReturnType<typeof redisOf>

/** What ends a session though nobody asked for it; each settles when its key is gone. */
const LOSSES: Record<string, (redis: Redis, id: string) => Promise<unknown>> = {
  'is evicted': async ({ admin }, id) => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await admin.config('SET', 'maxmemory', await usedMemory(admin, 1_000_000))
    await until('the session is evicted', async () => {
      const filling = admin.pipeline()
      for (let i = 0; i < 200; i++) {
        filling.set(`filling:${Math.random()}`, 'x'.repeat(10_000))
      }
      await filling.exec()
      return (await admin.exists(id)) === 0
    })
    await admin.config('SET', 'maxmemory', '0')
  },
  expires: async ({ admin }, id) => {
    await admin.pexpire(id, 1)
    await until('the session expires', async () => (await admin.exists(id)) === 0)
  },
  'is lost in a restart': ({ server }) => server.restart(),
  'is flushed': ({ admin }) => admin.flushall(),
}

const IN_FLIGHT: Script[] = [[['get', 'user']], [['put', 'late', true]], [['setAge', '1h']]]

const LOGIN: Script = [['put', 'late', true], ['regenerate']]

async function usedMemory(admin: Redis['admin'], more: number): Promise<number> {
  const [, used] = /used_memory:(\d+)/.exec(await admin.info('memory'))!
  return Number(used) + more
}

for (const [config, session] of Object.entries(CONFIGS)) {
  test.group(`A session that Redis has lost has ended: ${config} config`, (group) => {
    group.each.timeout(60_000)
    const redis = redisOf(group)
    let cluster: Cluster

    group.setup(async () => {
      cluster = await Cluster.start('redis', 0, appOn(redis.server, session))
      return () => cluster.stop()
    })

    for (const [is, lose] of Object.entries(LOSSES)) {
      test(`a session that ${is} is empty, and the browser begins anew`, async ({ assert }) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        await lose(redis, id)

        const page = await cluster.fire(browser, '/session').response
        assert.equal(page.status, 200)
        assert.deepEqual(page.json.values, {})
        assert.equal((await cluster.run(browser, [['put', 'fresh', true]])).status, 200)
        assert.deepEqual((await cluster.show(browser)).values, { fresh: true })
      })

      test(`requests in flight while their session ${is} write nothing back`, async ({
        assert,
      }) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        const late = IN_FLIGHT.map((script) => cluster.do(tab(browser), script, { at: 'handler' }))
        await Promise.all(late.map(({ reached }) => reached))
        await lose(redis, id)
        late.forEach(({ release }) => release())

        for (const response of await Promise.all(late.map((request) => request.response))) {
          assert.equal(response.status, 200)
          assert.isUndefined(sessionCookie(response))
        }
        assert.equal(await redis.admin.exists(id), 0)
        assert.deepEqual((await cluster.show(browser)).values, {})
      })

      test(`a login in flight while the session ${is} begins one with what it put`, async ({
        assert,
      }) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        const login = cluster.do(browser, LOGIN, { at: 'handler' })
        await login.reached
        await lose(redis, id)
        login.release()

        assert.isDefined(sessionCookie(await login.response))
        assert.deepEqual((await cluster.show(browser)).values, { late: true })
      })
    }
  })
}
