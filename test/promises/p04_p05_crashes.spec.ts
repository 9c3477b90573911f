import { test } from '@japa/runner'
import { SERVER_DRIVERS, driversThat } from '../helpers/drivers'
import { Script } from '../torture/cluster'
import { Point } from '../torture/gates'
import { clusterOf, sessionCookie, tab, visitor } from './helpers'

const LOGIN: Script = [['put', 'user', 7], ['regenerate']]
const UPDATE: Script = [['push', 'cart', 2]]

/** Every step of a commit at which a process can die, or its store fail. */
const STEPS: Record<string, { script: Script; points: Point[] }> = {
  update: { script: UPDATE, points: ['handler', 'before replace', 'after replace'] },
  login: {
    script: LOGIN,
    points: ['before replace', 'after replace', 'before retire', 'after retire'],
  },
  logout: { script: [['invalidate']], points: ['before retire', 'after retire'] },
}

/** The old state, or the new one: never a part, never nothing. */
const WHOLE: Record<string, object[]> = {
  update: [{ cart: [1] }, { cart: [1, 2] }],
  login: [{ cart: [1] }, { cart: [1], user: 7 }],
  logout: [{ cart: [1] }, {}],
}

/** A driver of four methods has no conditional ones: its steps have other names. */
function stepOf(driver: string, point: Point): Point {
  return driver === 'fourMethods'
    ? (point.replace('replace', 'write').replace('retire', 'destroy') as Point)
    : point
}

for (const driver of driversThat('isShared')) {
  test.group(`P4 A crash leaves a whole session: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver)

    for (const [name, { script, points }] of Object.entries(STEPS)) {
      for (const at of points) {
        test(`a process killed ${at} of ${name} leaves the old session or the new one`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser } = await visitor(cluster, { cart: [1] })
          const dying = cluster.do(tab(browser), script, { at })
          await dying.reached
          await cluster.crash(0)
          await assert.rejects(() => dying.response)

          const { values } = await cluster.show(browser, { via: 1 })
          assert.deepInclude(WHOLE[name], values)
          await cluster.run(browser, [['put', 'after', true]], { via: 1 })
          const stored = await cluster.run(browser, [['increment', 'n']], { via: 1 })
          assert.equal(stored.status, 200)
        })
      }
    }

    test('what was acknowledged before a kill is there after it, and the session can be written', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { n: 0 })
      let acknowledged = 0

      for (let round = 0; round < 4; round++) {
        const requests = Array.from({ length: 40 }, (_, via) =>
          cluster.run(tab(browser), [['increment', 'n']], { via }).then(
            ({ status }) => void (acknowledged += status === 200 ? 1 : 0),
            () => {}
          )
        )
        await Promise.race(requests)
        await cluster.crash(0)
        await Promise.all(requests)
      }

      await cluster.run(browser, [['increment', 'n']], { via: 1 })
      const { n } = (await cluster.show(browser, { via: 1 })).values
      assert.isAtLeast(n, acknowledged + 1)
      assert.isAtMost(n, 161)
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P5 The store answers before the cookie is set: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 1 })

    for (const [name, { script, points }] of Object.entries(STEPS)) {
      for (const point of points.filter((step) => step !== 'handler')) {
        const failAt = stepOf(driver, point)
        test(`a store that fails ${failAt} of ${name} gives a 503 without a session cookie`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser } = await visitor(cluster, { cart: [1] })
          const response = await cluster.run(browser, script, { failAt })
          assert.equal(response.status, 503)
          assert.equal(response.json.code, 'E_SESSION_STORE_UNAVAILABLE')
          assert.isUndefined(sessionCookie(response))
          assert.deepInclude(WHOLE[name], (await cluster.show(browser)).values)
        })
      }
    }

    test('the answer of the handler waits for the store', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { cart: [1] })
      const writing = cluster.do(tab(browser), UPDATE, {
        at: stepOf(driver, 'before replace'),
      })
      await writing.reached
      const winner = await Promise.race([
        writing.response.then(() => 'answered'),
        cluster.fire(cluster.browser(), '/calls').response.then(() => 'waiting'),
      ])
      writing.release()
      assert.equal(winner, 'waiting')
      assert.equal((await writing.response).status, 200)
    })
  })
}
