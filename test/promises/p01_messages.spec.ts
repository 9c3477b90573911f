import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { clusterOf, tab, visitor } from './helpers'

for (const driver of SERVER_DRIVERS) {
  test.group(`P1 A message is for one request, whoever commits between: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver)

    test('a message that was seen is gone, even if a request from before it stored it again', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { start: true })
      const before = cluster.do(tab(browser), [['put', 'before', 1]], { at: 'handler' })
      await before.reached
      await cluster.run(tab(browser), [['flash', 'note', 'Saved']], { via: 1 })

      const sees = cluster.do(tab(browser), [['put', 'sees', 1]], { at: 'handler', via: 1 })
      await sees.reached
      before.release()
      await before.response
      sees.release()
      assert.deepEqual((await sees.response).json.flash, { note: 'Saved' })

      const { flash, values } = await cluster.show(browser)
      assert.deepEqual(flash, {})
      assert.deepEqual(values, { start: true, before: 1, sees: 1 })
    })
  })
}
