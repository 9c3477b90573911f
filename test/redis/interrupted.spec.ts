import { Group, test } from '@japa/runner'
import { Cluster, Script } from '../torture/cluster'
import { Point } from '../torture/gates'
import { sessionCookie, tab, visitor } from '../promises/helpers'
import { appOn, redisOf, unhandledRejections, until } from './helpers'
import { Wire } from './wire'

const DEADLINE_IN_MS = 400
const BOUND_IN_MS = 10 * DEADLINE_IN_MS

const LOGIN: Script = [['put', 'user', 7], ['regenerate']]

const times = <T>(count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, n) => make(n))

/** One app whose requests stop where a test wants them, and a Redis at the other end of a wire. */
function gatedAppOf(group: Group) {
  const redis = redisOf(group, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  const running = redis as typeof redis & { wire: Wire; cluster: Cluster }

  group.setup(async () => {
    running.wire = await Wire.to(redis.server)
    running.cluster = await Cluster.start(
      'redis',
      0,
      appOn(running.wire, { storeTimeout: DEADLINE_IN_MS })
    )
    return async () => {
      await running.cluster.stop()
      await running.wire.stop()
    }
  })
  return running
}

test.group('Redis falls silent while requests are under way', (group) => {
  group.each.timeout(60_000)
  const rejections = unhandledRejections(group)
  const running = gatedAppOf(group)

  /** Redis is silent from where a request stands until its answer is here. */
  async function interrupt(script: Script, at: Point) {
    const { cluster, server } = running
    const { browser } = await visitor(cluster, { cart: [1] })
    const request = cluster.do(browser, script, { at })
    await request.reached
    server.pause()
    request.release()
    const response = await request.response.finally(() => server.resume())
    await until(
      'Redis answers',
      async () => (await cluster.run(cluster.browser(), [['put', 'a', 1]])).status === 200
    )
    return { browser, response }
  }

  test('all requests of one session get their 503 in time, however many there are', async ({
    assert,
  }) => {
    const { cluster, server } = running
    const { browser } = await visitor(cluster, { n: 0 })
    const requests = times(30, () =>
      cluster.do(tab(browser), [['increment', 'n']], { at: 'handler' })
    )
    await Promise.all(requests.map(({ reached }) => reached))

    server.pause()
    const beganAt = Date.now()
    requests.forEach(({ release }) => release())
    const answers = await Promise.all(requests.map(({ response }) => response)).finally(() =>
      server.resume()
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503])
    assert.isBelow(Date.now() - beganAt, BOUND_IN_MS)
  })

  test('a login that waits before its session is stored leaves the old one, which goes on', async ({
    assert,
  }) => {
    const { cluster } = running
    const { browser, response } = await interrupt(LOGIN, 'before replace')
    assert.equal(response.status, 503)
    assert.isUndefined(sessionCookie(response))
    await cluster.run(browser, [['put', 'after', true]])
    assert.deepEqual((await cluster.show(browser)).values, { cart: [1], after: true })
  })

  /** The one command that is then on its way may be done late: the old id is retired, or is not. */
  test('a login that waits before the old id is retired loses nothing of the session', async ({
    assert,
  }) => {
    const { cluster } = running
    const { browser, response } = await interrupt(LOGIN, 'before retire')
    assert.equal(response.status, 503)
    assert.isUndefined(sessionCookie(response))
    assert.deepEqual((await cluster.show(browser)).values, { cart: [1] })
  })

  for (const at of ['before replace', 'before retire'] as const) {
    test(`a login that waits ${at} can be done again`, async ({ assert }) => {
      const { cluster } = running
      const { browser } = await interrupt(LOGIN, at)
      const before = tab(browser)
      const again = await cluster.run(browser, LOGIN)
      assert.equal(again.status, 200)
      assert.deepEqual((await cluster.show(browser)).values, { cart: [1], user: 7 })
      assert.notProperty((await cluster.show(before)).values, 'user')
    })
  }

  test('a logout that waits is no logout: the 503 says so, and the next one is', async ({
    assert,
  }) => {
    const { cluster } = running
    const { browser, response } = await interrupt([['invalidate']], 'before retire')
    assert.equal(response.status, 503)
    assert.deepEqual(response.setCookies, [])
    const before = tab(browser)
    assert.equal((await cluster.run(browser, [['invalidate']])).status, 200)
    assert.deepEqual((await cluster.show(before)).values, {})
  })

  test('a change that waits is stored as a whole, or not at all', async ({ assert }) => {
    const { cluster } = running
    const script = [
      ['put', 'a', 1],
      ['push', 'cart', 2],
      ['flash', 'note', 1],
    ]
    const { browser, response } = await interrupt(script, 'before replace')
    assert.equal(response.status, 503)
    const { values, flash } = await cluster.show(browser)
    assert.deepInclude([{ cart: [1] }, { cart: [1, 2], a: 1 }], values)
    assert.deepEqual(flash, 'a' in values ? { note: 1 } : {})
  })

  test('nothing of it comes up later as an unhandled rejection', async ({ assert }) => {
    assert.deepEqual(rejections, [])
  })
})

test.group('Redis crashes under traffic', (group) => {
  group.each.timeout(60_000)
  const rejections = unhandledRejections(group)
  const running = gatedAppOf(group)

  test('a Redis that crashes and comes back costs no update and no error but 503', async ({
    assert,
  }) => {
    const { cluster, server } = running
    const { browser } = await visitor(cluster, { n: 0 })
    let acknowledged = 0
    for (let round = 0; round < 3; round++) {
      const requests = times(10, async () => {
        const { status } = await cluster.run(tab(browser), [['increment', 'n']])
        assert.oneOf(status, [200, 503])
        acknowledged += status === 200 ? 1 : 0
      })
      await Promise.race(requests)
      await server.restart()
      await Promise.all(requests)
    }
    await until(
      'the browser is served',
      async () => (await cluster.fire(browser, '/session').response).status === 200
    )
    const { n } = (await cluster.show(browser)).values
    assert.isAtLeast(n, acknowledged)
    assert.isAtMost(n, 30)
    assert.deepEqual(rejections, [])
  })
})
