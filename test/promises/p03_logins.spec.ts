import { test } from '@japa/runner'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { Script } from '../torture/cluster'
import { clusterOf, CONFIGS, sessionCookie, tab, visitor } from './helpers'

const LOGIN: Script = [['put', 'user', 7], ['forget', 'dropped'], ['regenerate']]

const IN_FLIGHT: Record<string, Script> = {
  reads: [['get', 'cart']],
  writes: [['put', 'late', true]],
  flashes: [['flash', 'late', true]],
  'regenerates, too': [['regenerate']],
}

for (const driver of ALL_DRIVERS) {
  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(`P3 Nobody is logged out by accident: ${driver}, ${config} config`, (group) => {
      group.each.timeout(60_000)
      const running = clusterOf(group, driver, { session })
      const via = driver === 'cookie' ? 0 : 1

      for (const [doing, script] of Object.entries(IN_FLIGHT)) {
        test(`a request that ${doing} and began before the login keeps its hands off the cookie`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser } = await visitor(cluster, { cart: [1], dropped: 1 })
          const slow = cluster.do(tab(browser), script, { at: 'handler' })
          await slow.reached
          await cluster.run(browser, LOGIN, { via })
          slow.release()
          assert.isUndefined(sessionCookie(await slow.response))
          assert.equal((await cluster.show(browser)).values.user, 7)
        })

        test(`a request that ${doing} and comes with the old id after the login gets no cookie`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser } = await visitor(cluster, { cart: [1], dropped: 1 })
          const old = tab(browser)
          await cluster.run(browser, LOGIN)
          const response = await cluster.run(tab(old), script, { via })
          assert.equal(response.status, 200)
          assert.isUndefined(sessionCookie(response))
          assert.notProperty((await cluster.show(old)).values, 'late')
          assert.notProperty((await cluster.show(browser)).values, 'late')
        })
      }

      test('what both sessions hold is readable under the old id; what only one holds is not', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1], dropped: 1 })
        const old = tab(browser)
        await cluster.run(browser, LOGIN)
        assert.deepEqual((await cluster.show(old, { via })).values, { cart: [1] })
        await cluster.run(browser, [['put', 'later', 1]])
        assert.deepEqual((await cluster.show(old, { via })).values, { cart: [1] })
      })

      test('what the new session drops, and its end, are felt under the old ids, too', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7, cart: [1] })
        const old = tab(browser)
        await cluster.run(browser, [['regenerate']])
        const older = [old, tab(browser)]
        await cluster.run(browser, [['regenerate']], { via })

        if (driver !== 'cookie') {
          await cluster.run(browser, [['forget', 'user']])
          for (const one of older) {
            assert.deepEqual((await cluster.show(tab(one), { via })).values, { cart: [1] })
          }
        }
        await cluster.run(browser, [['invalidate']])
        for (const one of older) {
          assert.deepEqual((await cluster.show(tab(one), { via })).values, {})
        }
      })

      test('a second click on login logs in as well, whichever answer the browser keeps', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1] })
        const [first, second] = [tab(browser), tab(browser)]
        const click = cluster.do(second, LOGIN, { at: 'handler' })
        await click.reached
        await cluster.run(first, LOGIN, { via })
        click.release()
        await click.response
        assert.deepEqual((await cluster.show(first)).values, { cart: [1], user: 7 })
        assert.deepEqual((await cluster.show(second)).values, { cart: [1], user: 7 })
      })

      test('a login whose answer was lost can be repeated with the old cookie at once', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1] })
        await cluster.run(tab(browser), LOGIN)
        await cluster.run(browser, LOGIN, { via })
        assert.deepEqual((await cluster.show(browser)).values, { cart: [1], user: 7 })
      })

      test('a visitor who had nothing stored is not logged out by the request before', async ({
        assert,
      }) => {
        const { cluster } = running
        const browser = cluster.browser()
        await cluster.show(browser)
        const slow = cluster.do(tab(browser), [['get', 'cart']], { at: 'handler' })
        await slow.reached
        await cluster.run(browser, LOGIN, { via })
        slow.release()
        const cookie = sessionCookie(await slow.response)
        const hadCookie = config === 'documented'
        assert.equal(cookie === undefined, hadCookie || config === 'template')
        assert.equal((await cluster.show(browser)).values.user, 7)
      })
    })
  }
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P3 retireFor 0: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { session: { retireFor: 0 } })

    test('the old id is dead at once, and still gets no cookie', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { cart: [1] })
      const old = tab(browser)
      await cluster.run(browser, LOGIN)
      const response = await cluster.run(old, [['put', 'late', true]])
      assert.deepEqual(response.json.values, { late: true })
      assert.isUndefined(sessionCookie(response))
      assert.deepEqual((await cluster.show(old)).values, {})
    })
  })
}
