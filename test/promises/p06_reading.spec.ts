import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { Browser } from '../helpers/browser'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Cluster } from '../torture/cluster'
import { clusterOf, tab, visitor } from './helpers'

async function callsOf(cluster: Cluster, work: () => Promise<unknown>) {
  const count = async () => (await cluster.fire(cluster.browser(), '/calls').response).json
  await count()
  await work()
  return count()
}

const EMPTY = { replace: undefined, write: undefined, touch: undefined }

function readers(cluster: Cluster, browser: Browser) {
  return Promise.all(
    Array.from({ length: 100 }, () => cluster.fire(tab(browser), '/session').response)
  )
}

for (const driver of ALL_DRIVERS) {
  test.group(`P6 Reading never writes: ${driver}, documented config`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 0 })

    test('an unchanged session costs a read and a touch', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      const { replace = 0, write = 0, touch } = await callsOf(cluster, () => cluster.show(browser))
      assert.deepEqual({ replace, write, touch }, { replace: 0, write: 0, touch: 1 })
    })

    test('100 parallel readers, again and again, lose nothing and see no error', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      for (let round = 0; round < 10; round++) {
        const answers = await readers(cluster, browser)
        assert.isTrue(answers.every(({ status }) => status === 200))
        assert.isTrue(answers.every(({ json }) => json.values.user === 7))
      }
    })
  })

  test.group(`P6 Reading never writes: ${driver}, template config`, (group) => {
    group.each.timeout(60_000)
    const clock = stoppedClock(group)
    const running = clusterOf(group, driver, {
      size: 0,
      session: { touchEvery: '1m', saveUninitialized: false },
    })

    test('an unchanged session costs a read', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      const { replace, write, touch } = await callsOf(cluster, () => cluster.show(browser))
      assert.deepEqual({ replace, write, touch }, EMPTY)
    })

    // The server of Redis has a clock of its own, which a test cannot move.
    const isDue = driver === 'redis' ? 0 : 1
    test('and one touch a minute, however many requests there are', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      clock.pass(61_000)
      const {
        replace,
        write,
        touch = 0,
      } = await callsOf(cluster, async () => {
        await cluster.show(browser)
        await readers(cluster, browser)
      })
      assert.deepEqual({ replace, write }, { replace: undefined, write: undefined })
      assert.equal(touch, isDue)
    })

    test('a visitor without a cookie costs no store operation and gets no cookie', async ({
      assert,
    }) => {
      const { cluster } = running
      const stranger = cluster.browser()
      const calls = await callsOf(cluster, () => cluster.show(stranger))
      assert.deepEqual(calls, {})
      assert.deepEqual(stranger.cookies(), {})
    })
  })
}
