import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Script } from '../torture/cluster'
import { clusterOf, CONFIGS, visitor } from './helpers'

/** What another request of the same browser stores while a page is under way, and what is there then. */
const MEANWHILE: Record<string, { script: Script; values: Record<string, any> }> = {
  'a change of the values': { script: [['push', 'cart', 2]], values: { cart: [1, 2] } },
  'an age of its own': { script: [['setAge', '30 days']], values: { cart: [1] } },
}

for (const driver of ALL_DRIVERS) {
  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(
      `P6 Reading never writes, over what is newer: ${driver}, ${config} config`,
      (group) => {
        group.each.timeout(60_000)
        const running = clusterOf(group, driver, { size: 0, session })

        for (const [what, { script, values }] of Object.entries(MEANWHILE)) {
          test(`a page that began before ${what} sends no older cookie after it`, async ({
            assert,
          }) => {
            const { cluster } = running
            const { browser } = await visitor(cluster, { cart: [1] })
            const page = cluster.do(browser, [['get', 'cart']], { at: 'handler' })
            await page.reached
            await cluster.run(browser, script)
            page.release()
            assert.deepEqual((await page.response).setCookies, [])
            assert.deepEqual((await cluster.show(browser)).values, values)
          })
        }
      }
    )
  }
}
