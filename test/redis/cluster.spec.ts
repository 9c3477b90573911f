import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { tab, visitor } from '../promises/helpers'
import { RedisCluster, startRedisCluster } from '../services/redis_cluster'
import { Cluster } from '../torture/cluster'
import { appOnCluster, clientsOf } from './helpers'

const REQUESTS = 200
const LOGIN = [['put', 'user', 7], ['regenerate']]

const everyRequest = <T>(make: (n: number) => T) =>
  Array.from({ length: REQUESTS }, (_, n) => make(n))

/** `clusterOptions` that change what ioredis sends. */
const CONNECTIONS: Record<string, { keyPrefix?: string; enableAutoPipelining?: true }> = {
  'with a keyPrefix': { keyPrefix: 'shop:' },
  'with a keyPrefix that is a hash tag': { keyPrefix: '{shop}:' },
  'that pipelines by itself': { enableAutoPipelining: true },
}

/** Two processes of one app, on a Redis Cluster of three masters. */
test.group('Redis Cluster', (group) => {
  group.each.timeout(60_000)
  let redis: RedisCluster
  let clients: Redis[]
  let cluster: Cluster

  group.setup(async () => {
    redis = await startRedisCluster()
    clients = clientsOf(redis.masters)
    cluster = await Cluster.start('redis', 2, appOnCluster(redis.nodes))
    return async () => {
      await cluster.stop()
      clients.forEach((client) => client.disconnect())
      await redis.stop()
    }
  })

  const keys = async () => (await Promise.all(clients.map((client) => client.keys('*')))).flat()

  test('200 parallel increments, pushes and puts of two processes are all there', async ({
    assert,
  }) => {
    const { browser } = await visitor(cluster, { n: 0, list: [] })
    const answers = await Promise.all(
      everyRequest((via) => {
        const script = [
          ['increment', 'n'],
          ['push', 'list', via],
          ['put', `keys.k${via}`, via],
        ]
        return cluster.run(tab(browser), script, { via })
      })
    )
    assert.isTrue(answers.every(({ status }) => status === 200))

    const { n, list, keys: put } = (await cluster.show(browser)).values
    const numbers = everyRequest((via) => via)
    assert.equal(n, REQUESTS)
    assert.sameMembers(list, numbers)
    assert.sameMembers(Object.values(put), numbers)
  })

  test('sessions of a user are found, listed and ended on whatever master they are', async ({
    assert,
  }) => {
    const login = [
      ['put', 'user', 'ada'],
      ['tag', 'ada {1}'],
    ]
    const browsers = Array.from({ length: 12 }, () => cluster.browser())
    await Promise.all(browsers.map((one, via) => cluster.run(one, login, { via })))
    await cluster.run(browsers[0], [['regenerate']])

    const end = { method: 'POST', body: { user: 'ada {1}' } }
    const { json } = await cluster.fire(cluster.browser(), '/end', { ...end, via: 1 }).response
    assert.deepEqual(json, { ended: 12, left: 0 })
    for (const one of browsers) {
      assert.deepEqual((await cluster.show(one)).values, {})
    }
  })

  test('sessions are spread over all masters, and each is whole', async ({ assert }) => {
    await Promise.all(clients.map((client) => client.flushall()))
    const visitors = await Promise.all(
      Array.from({ length: 30 }, (_, user) => visitor(cluster, { user }))
    )
    for (const client of clients) {
      assert.isNotEmpty(await client.keys('*'))
    }
    const users = await Promise.all(
      visitors.map(async ({ browser }, via) => (await cluster.show(browser, { via })).values.user)
    )
    assert.deepEqual(users, [...visitors.keys()])
  })

  test('a login moves the session to another id, on whichever master that is', async ({
    assert,
  }) => {
    for (let user = 0; user < 10; user++) {
      const { browser, id } = await visitor(cluster, { cart: [user] })
      const before = tab(browser)
      assert.equal((await cluster.run(browser, LOGIN, { via: 1 })).status, 200)
      assert.deepEqual((await cluster.show(browser)).values, { cart: [user], user: 7 })
      assert.deepEqual((await cluster.show(before)).values, { cart: [user] })
      assert.notInclude(await keys(), id)
    }
  })

  test('a logout ends the session, also for requests in flight', async ({ assert }) => {
    for (let user = 0; user < 10; user++) {
      const { browser, id } = await visitor(cluster, { user })
      const stale = tab(browser)
      const late = cluster.do(tab(browser), [['put', 'late', true]], { at: 'handler' })
      await late.reached
      assert.equal((await cluster.run(browser, [['invalidate']], { via: 1 })).status, 200)
      late.release()
      assert.equal((await late.response).status, 200)
      assert.deepEqual((await cluster.show(stale)).values, {})
      assert.notInclude(await keys(), id)
    }
  })

  test('a session that is revoked from outside has ended', async ({ assert }) => {
    const { browser, id } = await visitor(cluster, { user: 7 })
    const request = { method: 'POST', body: { id }, via: 1 }
    await cluster.fire(cluster.browser(), '/revoke', request).response
    assert.deepEqual((await cluster.show(browser)).values, {})
  })

  test('a SCRIPT FLUSH under traffic costs nothing', async ({ assert }) => {
    const { browser } = await visitor(cluster, { n: 0 })
    for (let round = 0; round < 5; round++) {
      const requests = Array.from({ length: 20 }, (_, via) =>
        cluster.run(tab(browser), [['increment', 'n']], { via })
      )
      await Promise.race(requests)
      await Promise.all(clients.map((client) => client.script('FLUSH')))
      assert.isTrue((await Promise.all(requests)).every(({ status }) => status === 200))
    }
    assert.equal((await cluster.show(browser)).values.n, 100)
  })

  test('a slot that moves to another master under traffic costs nothing', async ({ assert }) => {
    const { browser, id } = await visitor(cluster, { n: 0 })
    const requests = Array.from({ length: 60 }, (_, via) =>
      cluster.run(tab(browser), [['increment', 'n']], { via })
    )
    await Promise.race(requests)
    await moveSlotOf(id, clients)
    const answers = await Promise.all(requests)
    assert.isTrue(answers.every(({ status }) => status === 200))
    await cluster.run(browser, [['increment', 'n']])
    assert.equal((await cluster.show(browser)).values.n, 61)
  })

  for (const [which, options] of Object.entries(CONNECTIONS)) {
    test(`a session lives on a connection ${which}`, async ({ assert }) => {
      await Promise.all(clients.map((client) => client.flushall()))
      const shop = await Cluster.start('redis', 0, appOnCluster(redis.nodes, {}, options))
      try {
        const { browser, id } = await visitor(shop, { n: 0 })
        const before = tab(browser)
        await Promise.all(
          Array.from({ length: 20 }, () => shop.run(tab(browser), [['increment', 'n']]))
        )
        assert.deepEqual(await keys(), [`${options.keyPrefix ?? ''}${id}`])
        await shop.run(browser, LOGIN)
        assert.deepEqual((await shop.show(browser)).values, { n: 20, user: 7 })
        await shop.run(browser, [['invalidate']])
        assert.deepEqual((await shop.show(before)).values, {})
        assert.isTrue((await keys()).every((key) => key.startsWith(options.keyPrefix ?? '')))
      } finally {
        await shop.stop()
      }
    })
  }
})

/** Moves one slot with all its keys to the next master, as `redis-cli --cluster reshard` does. */
async function moveSlotOf(key: string, clients: Redis[]) {
  const slot = Number(await clients[0].call('CLUSTER', 'KEYSLOT', key))
  const owners = await Promise.all(clients.map((client) => client.exists(key).catch(() => 0)))
  const from = owners.indexOf(1)
  const to = (from + 1) % clients.length
  const id = async (node: number) => String(await clients[node].call('CLUSTER', 'MYID'))
  const { host, port } = clients[to].options

  await clients[to].call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await id(from))
  await clients[from].call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await id(to))
  for (;;) {
    const keys = (await clients[from].call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
    if (!keys.length) {
      break
    }
    await clients[from].call('MIGRATE', host!, port!, '', 0, 5000, 'KEYS', ...keys)
  }
  for (const node of [to, from, ...clients.keys()]) {
    await clients[node].call('CLUSTER', 'SETSLOT', slot, 'NODE', await id(to))
  }
}
