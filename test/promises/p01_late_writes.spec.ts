import { test } from '@japa/runner'
import { Script } from '../torture/cluster'
import { clusterOf, tab, visitor } from './helpers'

const DEADLINE_IN_MS = 200

test.group('P1 No lost update, by a write that lands late: four methods', (group) => {
  group.each.timeout(60_000)
  const running = clusterOf(group, 'fourMethods', { session: { storeTimeout: DEADLINE_IN_MS } })

  async function lateWrite(script: Script) {
    const { cluster } = running
    const { browser } = await visitor(cluster, { user: 7, n: 0 })
    const old = tab(browser)
    const late = cluster.do(tab(browser), [['increment', 'n']], { at: 'before write' })
    const { status } = await late.response
    const next = cluster.do(browser, script)
    late.release()
    const after = await next.response
    return { cluster, browser, old, status, after: after.status }
  }

  test('it overwrites no increment that was acknowledged', async ({ assert }) => {
    const { cluster, browser, status, after } = await lateWrite([['increment', 'n']])
    assert.deepEqual([status, after], [503, 200])
    const { n } = (await cluster.show(browser)).values
    assert.equal(n, 2)
  })

  test('it brings back no session whose logout was answered', async ({ assert }) => {
    const { cluster, old, status, after } = await lateWrite([['invalidate']])
    assert.deepEqual([status, after], [503, 200])
    assert.deepEqual((await cluster.show(old)).values, {})
  })
})
