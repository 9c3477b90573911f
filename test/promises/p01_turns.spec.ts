import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { clusterOf, CONFIGS, sessionCookie, tab, visitor } from './helpers'

for (const [config, session] of Object.entries(CONFIGS)) {
  test.group(`P1 No lost update: a slow driver of four methods, ${config} config`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, 'fourMethods', { session })

    test('a commit waits for the one before it, so that both arrive', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { n: 0 })
      const slow = cluster.do(tab(browser), [['increment', 'n']], { at: 'before write' })
      await slow.reached
      const next = cluster.do(tab(browser), [['increment', 'n']])

      // Time enough for the second one to be done, if nothing kept it from that.
      const others = async () => {
        for (let n = 0; n < 20; n++) {
          await cluster.show(cluster.browser())
        }
      }
      await Promise.race([next.response, others()])
      slow.release()
      await Promise.all([slow.response, next.response])
      assert.equal((await cluster.show(browser)).values.n, 2)
    })
  })
}

// A driver of four methods has its tombstone before anything can be held.
for (const driver of SERVER_DRIVERS.filter((name) => name !== 'fourMethods')) {
  test.group(`P3 Nobody is logged out by accident: a login under way, ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 0 })

    test('a page of a visitor who has nothing stored waits for it, and leaves its cookie alone', async ({
      assert,
    }) => {
      const { cluster } = running
      const browser = cluster.browser()
      await cluster.show(browser)
      const page = cluster.do(tab(browser), [['get', 'cart']], { at: 'handler' })
      await page.reached
      const login = cluster.do(browser, [['put', 'user', 7], ['regenerate']], {
        at: 'before retire',
      })
      await login.reached
      page.release()

      // Time enough for the page to be done, if nothing kept it from that.
      const others = async () => {
        for (let n = 0; n < 20; n++) {
          await cluster.show(cluster.browser())
        }
      }
      await Promise.race([page.response, others()])
      login.release()
      assert.isDefined(sessionCookie(await login.response))
      assert.isUndefined(sessionCookie(await page.response))
    })
  })
}
