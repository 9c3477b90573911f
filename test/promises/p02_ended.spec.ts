import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Browser } from '../helpers/browser'
import { Cluster, Script } from '../torture/cluster'
import { clusterOf, CONFIGS, sessionCookie, tab, visitor } from './helpers'

/** What ends a session; each gets the browser that has it. */
const ENDINGS: Record<
  string,
  (cluster: Cluster, browser: Browser, id: string) => Promise<unknown>
> = {
  invalidate: (cluster, browser) => cluster.run(browser, [['invalidate']], { via: 1 }),
  destroy: (cluster, _, id) =>
    cluster.fire(cluster.browser(), '/revoke', { method: 'POST', body: { id }, via: 1 }).response,
}

/** What a request was doing when its session ended under it. */
const IN_FLIGHT: Record<string, Script> = {
  reads: [['get', 'user']],
  writes: [['put', 'late', true]],
  'changes what is there': [['push', 'cart', 2]],
  flashes: [['flash', 'late', true]],
  regenerates: [['put', 'late', true], ['regenerate']],
  invalidates: [['invalidate'], ['put', 'late', true]],
  'changes its age': [['setAge', '1h']],
}

for (const driver of SERVER_DRIVERS) {
  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(`P2 Terminated stays terminated: ${driver}, ${config} config`, (group) => {
      group.each.timeout(60_000)
      const running = clusterOf(group, driver, { session })

      for (const [ending, end] of Object.entries(ENDINGS)) {
        for (const [doing, script] of Object.entries(IN_FLIGHT)) {
          test(`a request that ${doing} when ${ending} comes writes nothing back`, async ({
            assert,
          }) => {
            const { cluster } = running
            const { browser, id } = await visitor(cluster, { user: 7, cart: [1] })
            const [stale, flying] = [tab(browser), tab(browser)]
            const late = cluster.do(flying, script, { at: 'handler' })
            await late.reached

            await end(cluster, browser, id)
            late.release()
            const response = await late.response

            assert.equal(response.status, 200)
            assert.isUndefined(sessionCookie(response))
            assert.deepEqual((await cluster.show(tab(stale))).values, {})
            assert.deepEqual((await cluster.show(flying)).values, {})
            assert.deepEqual((await cluster.show(flying)).flash, {})
          })
        }

        test(`requests on their way when ${ending} is stored bring nothing back`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser, id } = await visitor(cluster, { user: 7 })
          const stale = tab(browser)
          const others = Array.from({ length: 20 }, (_, via) =>
            cluster.run(tab(browser), [['increment', 'n']], { via })
          )
          await end(cluster, browser, id)
          await Promise.all(others)
          assert.notProperty((await cluster.show(stale)).values, 'user')
        })
      }

      test('after invalidate nothing is stored under the old id: what is put gets a new one', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser, id } = await visitor(cluster, { user: 7 })
        const stale = tab(browser)
        await cluster.run(browser, [['invalidate']])

        assert.isUndefined(sessionCookie(await cluster.run(tab(stale), IN_FLIGHT.reads)))
        for (const doing of ['writes', 'changes what is there', 'flashes']) {
          const one = tab(stale)
          const response = await cluster.run(one, IN_FLIGHT[doing], { via: 1 })
          assert.isDefined(sessionCookie(response))
          const next = await cluster.show(one)
          assert.notEqual(next.id, id)
          assert.notProperty(next.values, 'user')
        }
        assert.deepEqual((await cluster.show(stale)).values, {})
      })

      test('a logout whose answer got lost lets the login form keep its secret', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7 })
        await cluster.run(tab(browser), [['invalidate']])

        await cluster.run(browser, [['put', 'csrf-secret', 'of the form']], { via: 1 })
        assert.deepEqual((await cluster.show(browser)).values, { 'csrf-secret': 'of the form' })
      })

      test('after destroy the same browser gets a session of its own under another id', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser, id } = await visitor(cluster, { user: 7 })
        await ENDINGS.destroy(cluster, browser, id)
        const { id: next } = (await cluster.run(browser, [['put', 'fresh', true]])).json
        assert.notEqual(next, id)
        assert.deepEqual((await cluster.show(browser)).values, { fresh: true })
      })

      test('an old id ends the session under the id it has by now', async ({ assert }) => {
        const { cluster } = running
        const { browser, id } = await visitor(cluster, { user: 7 })
        await cluster.run(browser, [['regenerate']])
        await cluster.run(browser, [['regenerate']], { via: 1 })
        await ENDINGS.destroy(cluster, browser, id)
        assert.deepEqual((await cluster.show(browser)).values, {})
      })

      test('a logout that removes the user is not undone by a slow read', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7, cart: [1] })
        const slow = cluster.do(tab(browser), [['get', 'user']], { at: 'handler' })
        await slow.reached
        await cluster.run(browser, [['forget', 'user']], { via: 1 })
        slow.release()
        await slow.response
        assert.deepEqual((await cluster.show(browser)).values, { cart: [1] })
      })

      test('a logout that meets a regeneration ends the session under its new id, too', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7 })
        const logout = cluster.do(tab(browser), [['invalidate']], { at: 'handler' })
        await logout.reached
        await cluster.run(browser, [['regenerate']], { via: 1 })
        logout.release()
        await logout.response
        assert.deepEqual((await cluster.show(browser)).values, {})
      })
    })
  }
}
