import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { sessionCookie, tab, visitor } from '../promises/helpers'
import { RedisCluster, startRedisCluster } from '../services/redis_cluster'
import { Cluster } from '../torture/cluster'
import { appOnCluster, clientsOf, until } from './helpers'

const LOGIN = [['put', 'user', 7], ['regenerate']]

/** Replicas answer reads, and have heard nothing since before the requests began. */
test.group('Redis Cluster that reads from replicas which lag behind', (group) => {
  group.each.timeout(60_000)
  let redis: RedisCluster
  let masters: Redis[]
  let cluster: Cluster

  group.setup(async () => {
    redis = await startRedisCluster({ replicas: true, nodeTimeoutInMs: 60_000 })
    masters = clientsOf(redis.masters)
    await Promise.all(masters.map(cutOff))
    cluster = await Cluster.start(
      'redis',
      0,
      appOnCluster(redis.nodes, { touchEvery: '1m' }, { scaleReads: 'slave' })
    )
    return async () => {
      await cluster.stop()
      masters.forEach((client) => client.disconnect())
      await redis.stop()
    }
  })

  async function cutOff(master: Redis) {
    await master.call('ACL', 'SETUSER', 'default', '-psync', '-replconf')
    await until('no replica listens', async () => {
      await master.call('CLIENT', 'KILL', 'TYPE', 'replica')
      return (await master.info('replication')).includes('connected_slaves:0')
    })
  }

  test('a session that was just stored is found', async ({ assert }) => {
    const { browser } = await visitor(cluster, { cart: [1] })
    assert.deepEqual((await cluster.show(browser)).values, { cart: [1] })
  })

  test('a page under way at a login leaves its cookie alone', async ({ assert }) => {
    for (let round = 0; round < 10; round++) {
      const { browser } = await visitor(cluster, { cart: [1] })
      const page = cluster.do(tab(browser), [['get', 'cart']], { at: 'handler' })
      const writing = cluster.do(tab(browser), [['put', 'late', 1]], { at: 'handler' })
      await Promise.all([page.reached, writing.reached])
      await cluster.run(browser, LOGIN)
      page.release()
      writing.release()
      assert.isUndefined(sessionCookie(await page.response))
      assert.isUndefined(sessionCookie(await writing.response))
      assert.equal((await cluster.show(browser)).values.user, 7)
    }
  })

  test('a logout that crosses a login ends the session under its new id', async ({ assert }) => {
    const { browser } = await visitor(cluster, { user: 7 })
    const logout = cluster.do(tab(browser), [['invalidate']], { at: 'handler' })
    await logout.reached
    await cluster.run(browser, [['regenerate']])
    logout.release()
    await logout.response
    assert.deepEqual((await cluster.show(browser)).values, {})
  })
})
