import { test } from '@japa/runner'
import { clusterOf, CONFIGS, tab, visitor } from './helpers'

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
