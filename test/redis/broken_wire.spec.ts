import { Group, test } from '@japa/runner'
import { Browser, BrowserResponse } from '../helpers/browser'
import { sessionCookie, tab, visitor } from '../promises/helpers'
import { Cluster, Script } from '../torture/cluster'
import { appOn, redisOf, unhandledRejections } from './helpers'
import { Wire } from './wire'

const BEFORE = { cart: [1], logins: 1 }
const LOGIN: Script = [['put', 'user', 7], ['increment', 'logins'], ['regenerate']]

/** What a request does, and what its session is then. */
const WORK: Record<string, { script: Script; after: Record<string, any> }> = {
  'a page': { script: [['get', 'cart']], after: BEFORE },
  'a put': { script: [['put', 'user', 7]], after: { ...BEFORE, user: 7 } },
  'a push': { script: [['push', 'cart', 2]], after: { ...BEFORE, cart: [1, 2] } },
  'an increment': { script: [['increment', 'logins']], after: { ...BEFORE, logins: 2 } },
  'a new id': { script: [['regenerate']], after: BEFORE },
  'a login': { script: LOGIN, after: { ...BEFORE, user: 7, logins: 2 } },
  'a logout': { script: [['invalidate']], after: {} },
}

/** An app at the other end of a wire, in this process; `connection` is of its `config/redis`. */
function appOf(group: Group, connection: Record<string, any> = {}) {
  const running = redisOf(group) as ReturnType<typeof redisOf> & { wire: Wire; cluster: Cluster }

  group.setup(async () => {
    running.wire = await Wire.to(running.server)
    running.cluster = await Cluster.start(
      'redis',
      0,
      appOn(running.wire, { storeTimeout: 1000 }, connection)
    )
    const { browser } = await visitor(running.cluster, { scripts: 'are known from here on' })
    await running.cluster.run(browser, [['regenerate'], ['put', 'a', 1]])
    await running.cluster.run(browser, [['invalidate']])
    return async () => {
      await running.cluster.stop()
      await running.wire.stop()
    }
  })
  return running
}

/**
 * Sends a request again and again, each time with a new browser and one round trip further to the
 * break, until none is left to break; and tells what is then to be seen each time.
 */
async function everyTrip<T>(
  { cluster, wire }: ReturnType<typeof appOf>,
  lose: 'loseAnswer' | 'loseQuestion',
  script: Script,
  see: (browser: Browser, response: BrowserResponse, id: string) => Promise<T>
): Promise<T[]> {
  const seen = []
  for (let trip = 1; ; trip++) {
    const { browser, id } = await visitor(cluster, BEFORE)
    wire[lose](trip)
    const response = await cluster.run(browser, script)
    if (!wire.hasBroken()) {
      return seen
    }
    seen.push(await see(browser, response, id))
  }
}

test.group('The connection breaks before the answer of Redis, which is asked again', (group) => {
  group.each.timeout(60_000)
  const rejections = unhandledRejections(group)
  const running = appOf(group)

  for (const [doing, { script, after }] of Object.entries(WORK)) {
    test(`${doing} is done once, whichever answer is lost`, async ({ assert }) => {
      const { cluster } = running
      const results = await everyTrip(
        running,
        'loseAnswer',
        script,
        async (browser, { status }) => {
          const { values } = await cluster.show(browser)
          return { status, values }
        }
      )
      assert.isAbove(results.length, 1)
      assert.deepEqual(
        results,
        results.map(() => ({ status: 200, values: after }))
      )
    })
  }

  test('and the browser has a session that goes on', async ({ assert }) => {
    const { cluster } = running
    const results = await everyTrip(
      running,
      'loseAnswer',
      [['regenerate']],
      async (browser, _, id) => {
        await cluster.run(browser, [['put', 'after', true]])
        const shown = await cluster.show(browser)
        return { isNew: shown.id !== id, values: shown.values }
      }
    )
    assert.deepEqual(
      results,
      results.map(() => ({ isNew: true, values: { ...BEFORE, after: true } }))
    )
    assert.deepEqual(rejections, [])
  })
})

test.group('The connection breaks before Redis hears the question, as in a crash', (group) => {
  group.each.timeout(60_000)
  const rejections = unhandledRejections(group)
  const running = appOf(group, { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 })

  for (const [doing, { script }] of Object.entries(WORK)) {
    test(`${doing} gets a 503 and no cookie, and the session goes on`, async ({ assert }) => {
      const { cluster } = running
      const results = await everyTrip(
        running,
        'loseQuestion',
        script,
        async (browser, response) => {
          await cluster.run(browser, [['put', 'after', true]])
          const { values } = await cluster.show(browser)
          return { status: response.status, cookie: sessionCookie(response), values }
        }
      )
      assert.isAbove(results.length, 1)
      assert.deepEqual(
        results,
        results.map(() => ({ status: 503, cookie: undefined, values: { ...BEFORE, after: true } }))
      )
    })
  }

  test('a login can then be done again, and retires the id', async ({ assert }) => {
    const { cluster, admin } = running
    const results = await everyTrip(running, 'loseQuestion', LOGIN, async (browser, _, id) => {
      const before = tab(browser)
      const { status } = await cluster.run(browser, LOGIN)
      await cluster.run(before, [['put', 'late', true]])
      return {
        status,
        values: (await cluster.show(browser)).values,
        old: (await cluster.show(before)).values,
        isStored: await admin.exists(id),
      }
    })
    const { after: values } = WORK['a login']
    const expected = { status: 200, values, old: { cart: [1] }, isStored: 0 }
    assert.deepEqual(
      results,
      results.map(() => expected)
    )
  })

  test('a logout can then be done again, and ends the session', async ({ assert }) => {
    const { cluster, admin } = running
    const results = await everyTrip(running, 'loseQuestion', LOGIN, async (browser, _, id) => {
      const before = tab(browser)
      const { status } = await cluster.run(browser, [['invalidate']])
      return { status, old: (await cluster.show(before)).values, isStored: await admin.exists(id) }
    })
    assert.deepEqual(
      results,
      results.map(() => ({ status: 200, old: {}, isStored: 0 }))
    )
    assert.deepEqual(rejections, [])
  })
})

test.group('Connections break under traffic', (group) => {
  group.each.timeout(60_000)
  const running = appOf(group)

  const BREAKS: Record<string, () => unknown> = {
    'that break again and again': () => running.wire.cut(),
    'to a Redis that forgets its scripts': () => running.admin.script('FLUSH'),
  }

  for (const [that, disturb] of Object.entries(BREAKS)) {
    test(`connections ${that} cost no update`, async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { n: 0 })
      for (let round = 0; round < 10; round++) {
        const requests = Array.from({ length: 10 }, () =>
          cluster.run(tab(browser), [['increment', 'n']])
        )
        await Promise.race(requests)
        await disturb()
        assert.isTrue((await Promise.all(requests)).every(({ status }) => status === 200))
      }
      assert.equal((await cluster.show(browser)).values.n, 100)
    })
  }
})
