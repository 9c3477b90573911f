import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { tab, visitor } from '../promises/helpers'
import { RedisCluster, startRedisCluster } from '../services/redis_cluster'
import { Cluster } from '../torture/cluster'
import { appOnCluster, clientsOf, unhandledRejections, until } from './helpers'

/** Long enough for a replica to take over, so that only requests in its midst get a 503. */
const DEADLINE_IN_MS = 1000

/**
 * What can be promised of a Redis Cluster with replicas that copy asynchronously. An ordered fail-over
 * loses nothing that was acknowledged. When a master dies, what it had not handed on yet is lost; but
 * each session is a whole one, the same for all who read it, and it can be written again at once.
 */
test.group('Redis Cluster fails over under traffic', (group) => {
  group.each.timeout(90_000)
  const rejections = unhandledRejections(group)
  let redis: RedisCluster
  let clients: Redis[]
  let cluster: Cluster

  group.setup(async () => {
    redis = await startRedisCluster({ replicas: true, nodeTimeoutInMs: 1000 })
    clients = clientsOf(servers())
    cluster = await Cluster.start(
      'redis',
      0,
      appOnCluster(redis.nodes, { storeTimeout: DEADLINE_IN_MS })
    )
    return async () => {
      await cluster.stop()
      clients.forEach((client) => client.disconnect())
      await redis.stop()
    }
  })

  const servers = () => [...redis.masters, ...redis.replicas]

  /** The number of the server that holds a key as a master. */
  async function masterOf(key: string): Promise<number> {
    const holds = await Promise.all(
      clients.map(async (client) => {
        const [role] = (await client.role().catch(() => ['dead'])) as unknown[]
        return role === 'master' && (await client.exists(key).catch(() => 0)) === 1
      })
    )
    return holds.indexOf(true)
  }

  /** Increments without a pause, on one session, until told to stop. */
  function traffic(browser: ReturnType<typeof tab>) {
    let goesOn = true
    const sum = { acknowledged: 0, failed: 0, statuses: new Set<number>() }
    const user = async () => {
      while (goesOn) {
        const script = [
          ['increment', 'a'],
          ['increment', 'b'],
          ['push', 'list', 1],
        ]
        const { status } = await cluster.run(tab(browser), script)
        sum.statuses.add(status)
        sum[status === 200 ? 'acknowledged' : 'failed']++
      }
    }
    const users = Promise.all(Array.from({ length: 5 }, user))
    return { sum, stop: () => ((goesOn = false), users) }
  }

  test('an ordered fail-over loses nothing that was acknowledged', async ({ assert }) => {
    const { browser, id } = await visitor(cluster, { a: 0, b: 0, list: [] })
    const master = await masterOf(id)
    const replica = (master + 3) % 6
    const { sum, stop } = traffic(browser)
    await until('there is traffic', async () => sum.acknowledged > 20)
    await clients[replica].call('CLUSTER', 'FAILOVER')
    await until('the replica is the master', async () => (await masterOf(id)) === replica)
    const then = sum.acknowledged
    await until('there is traffic again', async () => sum.acknowledged > then + 20)
    await stop()

    assert.includeMembers([200, 503], [...sum.statuses])
    const { a, b, list } = (await cluster.show(browser)).values
    assert.isAtLeast(a, sum.acknowledged)
    assert.isAtMost(a, sum.acknowledged + sum.failed)
    assert.deepEqual([b, list.length], [a, a])
  })

  test('a master that dies costs no more than its last moment, and no session', async ({
    assert,
  }) => {
    const { browser, id } = await visitor(cluster, { a: 0, b: 0, list: [] })
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, user) => visitor(cluster, { user }))
    )
    const master = await masterOf(id)
    await until('the replica has it all', async () => {
      const copied = await clients[master].wait(1, 100)
      return copied === 1
    })

    const { sum, stop } = traffic(browser)
    await until('there is traffic', async () => sum.acknowledged > 20)
    await servers()[master].kill()
    await until('the replica is the master', async () => (await masterOf(id)) !== -1)
    const then = sum.acknowledged
    await until('there is traffic again', async () => sum.acknowledged > then + 20)
    await stop()

    assert.includeMembers([200, 503], [...sum.statuses])
    const { a, b, list } = (await cluster.show(browser)).values
    assert.isAtLeast(a, sum.acknowledged - then)
    assert.isAtMost(a, sum.acknowledged + sum.failed)
    assert.deepEqual([b, list.length], [a, a])

    const users = await Promise.all(
      others.map(async (other) => (await cluster.show(other.browser)).values.user)
    )
    assert.deepEqual(users, [...others.keys()])
  })

  test('slots that nobody serves give a 503 in time, and their sessions go on afterwards', async ({
    assert,
  }) => {
    await redis.ready()
    const { browser, id } = await visitor(cluster, { user: 7 })
    const stranger = cluster.browser()
    const master = await masterOf(id)
    const pair = servers().filter((_, n) => n % 3 === master % 3 && servers()[n].isRunning)
    pair.forEach((server) => server.pause())

    const beganAt = Date.now()
    const [page, change, others] = await Promise.all([
      cluster.fire(tab(browser), '/session').response,
      cluster.run(tab(browser), [['put', 'late', true]]),
      cluster.fire(stranger, '/session').response,
    ]).finally(() => pair.forEach((server) => server.resume()))
    assert.isBelow(Date.now() - beganAt, 10 * DEADLINE_IN_MS)
    for (const { status, json, setCookies } of [page, change]) {
      assert.equal(status, 503)
      assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
      assert.deepEqual(setCookies, [])
    }
    assert.equal(others.status, 200)

    await until('the browser is served', async () => {
      return (await cluster.run(browser, [['put', 'after', true]])).status === 200
    })
    assert.deepInclude((await cluster.show(browser)).values, { user: 7, after: true })
    assert.deepEqual(rejections, [])
  })
})
