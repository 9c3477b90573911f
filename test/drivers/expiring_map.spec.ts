import { test } from '@japa/runner'
import { ExpiringMap } from '../../src/ExpiringMap'
import { stoppedClock } from '../helpers/clock'

const MINUTE_IN_MS = 60_000

test.group('What this process remembers for a while', (group) => {
  const clock = stoppedClock(group)

  test('ends when its time is over', ({ assert }) => {
    const map = new ExpiringMap<number>()
    map.set('a', 1, MINUTE_IN_MS)
    clock.pass(MINUTE_IN_MS - 1)
    assert.equal(map.get('a'), 1)
    clock.pass(1)
    assert.isNull(map.get('a'))
    assert.isNull(map.endOf('a'))
  })

  test('ends when it is deleted', ({ assert }) => {
    const map = new ExpiringMap<number>()
    map.set('a', 1, MINUTE_IN_MS)
    map.delete('a')
    assert.isNull(map.get('a'))
    assert.equal(map.size, 0)
  })

  test('does not grow, whatever lives longer than the rest', ({ assert }) => {
    const map = new ExpiringMap<number>()
    map.set('long-lived', 0, 10_000 * MINUTE_IN_MS)
    for (let n = 0; n < 5000; n++) {
      map.set(`short-lived ${n}`, n, MINUTE_IN_MS)
      clock.pass(MINUTE_IN_MS)
    }
    assert.isBelow(map.size, 20)
    assert.equal(map.get('long-lived'), 0)
  })
})
