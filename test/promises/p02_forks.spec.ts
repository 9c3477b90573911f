import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { driversThat } from '../helpers/drivers'
import { clusterOf, sessionCookie, tab, visitor } from './helpers'

const HOUR_IN_MS = 3_600_000
const LOGIN = [['put', 'user', 7], ['regenerate']]

/** A session that is begun under an id which a login has retired belongs to the one that left the id. */
for (const driver of driversThat('isAtomic')) {
  test.group(
    `P2 Terminated stays terminated, with what was begun beside it: ${driver}`,
    (group) => {
      group.each.timeout(60_000)
      const clock = stoppedClock(group)
      const running = clusterOf(group, driver, { size: 0, session: { absoluteAge: '10h' } })

      async function forked() {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1], user: 7 })
        const other = tab(browser)
        await cluster.run(browser, [['regenerate']])
        const { json } = await cluster.run(other, [['put', 'theme', 'dark'], ['regenerate']])
        return { cluster, browser, other, id: json.id as string }
      }

      test('it has the login, and ends with the logout of its owner', async ({ assert }) => {
        const { cluster, browser, other } = await forked()
        assert.deepEqual((await cluster.show(other)).values, { cart: [1], user: 7, theme: 'dark' })
        await cluster.run(browser, [['invalidate']])
        assert.deepEqual((await cluster.show(other)).values, {})
      })

      test('its own logout ends the session that it came from', async ({ assert }) => {
        const { cluster, browser, other } = await forked()
        await cluster.run(other, [['invalidate']])
        assert.deepEqual((await cluster.show(browser)).values, {})
      })

      test('it reaches the absolute age when that does', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7 })
        for (let hour = 0; hour < 9; hour++) {
          clock.pass(HOUR_IN_MS)
          await cluster.run(browser, [['put', 'hour', hour]])
        }
        const old = tab(browser)
        await cluster.run(browser, LOGIN)
        await cluster.run(old, [['put', 'theme', 'dark'], ['regenerate']])
        assert.equal((await cluster.show(old)).values.user, 7)
        clock.pass(HOUR_IN_MS)
        assert.deepEqual((await cluster.show(old)).values, {})
      })

      test('it lives as long as setAge said there', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7 })
        await cluster.run(browser, [['setAge', '30m']])
        const old = tab(browser)
        await cluster.run(browser, LOGIN)
        const response = await cluster.run(old, [['put', 'theme', 'dark'], ['regenerate']])
        assert.include(sessionCookie(response)!, 'Max-Age=1800;')
      })
    }
  )
}
