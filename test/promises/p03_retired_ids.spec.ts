import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { clusterOf, CONFIGS, tab, visitor } from './helpers'

for (const driver of ALL_DRIVERS) {
  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(`P3 A retired id reads no login: ${driver}, ${config} config`, (group) => {
      group.each.timeout(60_000)
      const running = clusterOf(group, driver, { session })

      test('a user who logs out and in again is not readable under the id of before', async ({
        assert,
      }) => {
        const { cluster } = running
        const via = cluster.size - 1
        const { browser } = await visitor(cluster, { cart: [1], user: 7 })
        const old = tab(browser)
        await cluster.run(browser, [['forget', 'user'], ['regenerate']])
        assert.deepEqual((await cluster.show(old, { via })).values, { cart: [1] })
        await cluster.run(browser, [['put', 'user', 7]])
        assert.deepEqual((await cluster.show(old, { via })).values, { cart: [1] })
        assert.deepEqual((await cluster.show(browser)).values, { cart: [1], user: 7 })
      })
    })
  }
}
