import { test } from '@japa/runner'
import { can, SERVER_DRIVERS } from '../helpers/drivers'
import { clusterOf, tab, visitor } from './helpers'

const DEADLINE_IN_MS = 200
const REQUESTS = 30
/** Generous, for a loaded machine, and far from one deadline after the other. */
const BOUND_IN_MS = (REQUESTS * DEADLINE_IN_MS) / 2

for (const driver of SERVER_DRIVERS.filter((name) => !can(name, 'isShared'))) {
  test.group(`P10 An outage is bounded, for all who wait: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { session: { storeTimeout: DEADLINE_IN_MS } })

    test('requests of one session get their 503 side by side, and it goes on afterwards', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { n: 0 })
      const at = driver === 'memory' ? 'before replace' : 'before write'
      const beganAt = Date.now()
      const hanging = Array.from({ length: REQUESTS }, () =>
        cluster.do(tab(browser), [['increment', 'n']], { at })
      )
      const answers = await Promise.all(hanging.map(({ response }) => response))
      assert.isBelow(Date.now() - beganAt, BOUND_IN_MS)
      assert.isTrue(answers.every(({ status }) => status === 503))

      hanging.forEach(({ release }) => release())
      const { status } = await cluster.run(browser, [['put', 'after', true]])
      assert.equal(status, 200)
      assert.isTrue((await cluster.show(browser)).values.after)
    })
  })
}
