import { test } from '@japa/runner'
import { driversThat } from '../helpers/drivers'
import { stoppedClock } from '../helpers/clock'
import { Script } from '../torture/cluster'
import { clusterOf, sessionCookie, tab, visitor } from './helpers'

/** How long a tombstone refuses its id. */
const HOUR_IN_MS = 3_600_000

const IN_FLIGHT: Record<string, Script> = {
  writes: [['put', 'late', true]],
  flashes: [['flash', 'late', true]],
  regenerates: [['put', 'late', true], ['regenerate']],
}

/** Each id serves again, for a session that has nothing to do with the one before. */
for (const driver of driversThat('isAtomic')) {
  test.group(`P2 Terminated stays terminated, however late: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const clock = stoppedClock(group)
    const running = clusterOf(group, driver, { size: 0 })

    for (const [doing, script] of Object.entries(IN_FLIGHT)) {
      test(`a request that ${doing} leaves a session alone that was begun under its id since`, async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser, id } = await visitor(cluster, { user: 7 })
        const late = cluster.do(tab(browser), script, { at: 'handler' })
        await late.reached
        const revoke = { method: 'POST', body: { id } }
        await cluster.fire(cluster.browser(), '/revoke', revoke).response
        await clock.passFor(driver, id, HOUR_IN_MS)
        assert.equal((await cluster.run(browser, [['put', 'fresh', true]])).json.id, id)

        late.release()
        assert.isUndefined(sessionCookie(await late.response))
        const { values, flash } = await cluster.show(browser)
        assert.deepEqual({ values, flash }, { values: { fresh: true }, flash: {} })
      })
    }
  })
}
