import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { stoppedClock } from '../helpers/clock'
import { driversThat } from '../helpers/drivers'
import { clusterOf, CONFIGS, sessionCookie, tab, visitor } from './helpers'

const HOUR_IN_MS = 3_600_000

for (const [config, session] of Object.entries(CONFIGS)) {
  test.group(
    `P3 Nobody is logged out by accident, when a session was lost: ${config} config`,
    (group) => {
      group.each.timeout(60_000)
      const running = clusterOf(group, 'memory', { session })

      test('a page that stores something leaves the cookie of a login beside it alone', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { old: true })
        MemoryDriver.sessions.clear()
        const page = cluster.do(tab(browser), [['put', 'seen', true]], { at: 'handler' })
        await page.reached
        await cluster.run(browser, [['put', 'user', 7], ['regenerate']])
        page.release()

        assert.isUndefined(sessionCookie(await page.response))
        assert.equal((await cluster.show(browser)).values.user, 7)
      })

      test('parallel pages that store something meet under one id', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { old: true })
        MemoryDriver.sessions.clear()
        const pages = [1, 2, 3].map((n) =>
          cluster.do(tab(browser), [['put', `n${n}`, n]], { at: 'handler' })
        )
        await Promise.all(pages.map(({ reached }) => reached))
        pages.forEach(({ release }) => release())
        await Promise.all(pages.map(({ response }) => response))
        assert.deepEqual((await cluster.show(browser)).values, { n1: 1, n2: 2, n3: 3 })
      })
    }
  )
}

/** What a request does while the time of its session comes. */
const LONG = {
  writes: [['put', 'late', true]],
  'logs in': [['put', 'late', true], ['regenerate']],
  reads: [['get', 'user']],
}

for (const driver of driversThat('isAtomic')) {
  test.group(
    `P3 Nobody is logged out by a request that takes longer than age: ${driver}`,
    (group) => {
      group.each.timeout(60_000)
      const clock = stoppedClock(group)
      const running = clusterOf(group, driver, { size: 0, session: { age: '10m' } })

      for (const [does, script] of Object.entries(LONG)) {
        test(`one that ${does} keeps the session`, async ({ assert }) => {
          const { cluster } = running
          const { browser, id } = await visitor(cluster, { user: 7 })
          const long = cluster.do(browser, script, { at: 'handler' })
          await long.reached
          await clock.passFor(driver, id, HOUR_IN_MS / 2)
          long.release()
          await long.response

          const { values } = await cluster.show(browser)
          assert.deepEqual(values, does === 'reads' ? { user: 7 } : { user: 7, late: true })
        })
      }
    }
  )
}
