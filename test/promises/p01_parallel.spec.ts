import { test } from '@japa/runner'
import type { BrowserResponse } from '../helpers/browser'
import { SERVER_DRIVERS, can } from '../helpers/drivers'
import { clusterOf, tab, visitor } from './helpers'

const REQUESTS = 200

const everyRequest = <T>(make: (n: number) => T) =>
  Array.from({ length: REQUESTS }, (_, n) => make(n))

/** A request that is refused has stored nothing, and proves nothing here. */
async function allServed(requests: Promise<BrowserResponse>[]) {
  for (const { status, text } of await Promise.all(requests)) {
    if (status !== 200) throw new Error(`${status}: ${text}`)
  }
}

for (const driver of SERVER_DRIVERS) {
  for (const size of can(driver, 'isShared') ? [2, 4] : [1]) {
    test.group(`P1 No lost update: ${driver}, ${size} processes`, (group) => {
      group.each.timeout(60_000)
      // The last of two hundred requests waits long on a busy machine. The specs of P10 test the limit.
      const running = clusterOf(group, driver, { size, session: { storeTimeout: '30s' } })

      test('200 parallel increments add up', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { n: 0 })
        const script = [['increment', 'n']]
        await allServed(everyRequest((via) => cluster.run(tab(browser), script, { via })))
        assert.equal((await cluster.show(browser)).values.n, REQUESTS)
      })

      test('200 parallel pushes all arrive', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { list: [] })
        await allServed(
          everyRequest((via) => cluster.run(tab(browser), [['push', 'list', via]], { via }))
        )
        const { list } = (await cluster.show(browser)).values
        assert.sameMembers(
          list,
          everyRequest((n) => n)
        )
      })

      test('200 parallel puts of different keys all survive', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { start: true })
        await allServed(
          everyRequest((via) => cluster.run(tab(browser), [['put', `keys.k${via}`, via]], { via }))
        )
        const { keys } = (await cluster.show(browser)).values
        assert.sameMembers(
          Object.values(keys),
          everyRequest((n) => n)
        )
      })

      test('of parallel puts of one key the last wins, never a mixture', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { start: true })
        await allServed(
          everyRequest((via) =>
            cluster.run(tab(browser), [['put', 'pair', { [`a${via}`]: via, same: via }]], { via })
          )
        )
        const { same, ...other } = (await cluster.show(browser)).values.pair
        assert.deepEqual(other, { [`a${same}`]: same })
      })

      test('the first parallel requests of a visitor share one session', async ({ assert }) => {
        const { cluster } = running
        const browser = cluster.browser()
        await cluster.show(browser)
        await allServed(
          everyRequest((via) => cluster.run(tab(browser), [['increment', 'n']], { via }))
        )
        assert.equal((await cluster.show(browser)).values.n, REQUESTS)
      })

      test('a request that removes a key and one that adds another both have their way', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { old: 1, kept: 1 })
        const remove = cluster.do(tab(browser), [['forget', 'old']], { at: 'handler' })
        await remove.reached
        await cluster.run(tab(browser), [['put', 'added', 1]], { via: 1 })
        remove.release()
        await remove.response
        assert.deepEqual((await cluster.show(browser)).values, { kept: 1, added: 1 })
      })

      test('flash messages of parallel requests all arrive', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { start: true })
        const slow = cluster.do(tab(browser), [['flash', 'one', 1]], { at: 'handler' })
        await slow.reached
        await cluster.run(tab(browser), [['flash', 'two', 2]], { via: 1 })
        slow.release()
        await slow.response
        assert.deepEqual((await cluster.show(browser)).flash, { one: 1, two: 2 })
      })

      test('what was stored when the id is regenerated goes along to the new id', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1] })
        const login = cluster.do(browser, [['put', 'user', 7], ['regenerate']], {
          via: 1,
          at: 'handler',
        })
        await login.reached
        await cluster.run(tab(browser), [['push', 'cart', 2]])
        login.release()
        await login.response
        assert.deepEqual((await cluster.show(browser)).values, { cart: [1, 2], user: 7 })
      })

      test('a slow page does not eat the flash message that was set meanwhile', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { start: true })
        await cluster.run(browser, [['flash', 'note', 'first']])
        const slow = cluster.do(tab(browser), [['put', 'seen', true]], { at: 'handler' })
        await slow.reached
        await cluster.run(tab(browser), [['flash', 'note', 'second']], { via: 1 })
        slow.release()
        await slow.response
        assert.deepEqual((await cluster.show(browser)).flash, { note: 'second' })
      })
    })
  }
}
