import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { newId } from '../../src/IdCookie'
import { stoppedClock } from '../helpers/clock'

const MINUTE_IN_MS = 60_000

/** Begins so many sessions that live for a minute. */
async function begin(driver: MemoryDriver, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  for (const id of ids) {
    await driver.replace(
      id,
      { values: { id }, json: `{"id":"${id}"}`, meta: {} },
      null,
      MINUTE_IN_MS
    )
  }
  return ids
}

test.group('Memory driver', (group) => {
  const clock = stoppedClock(group)
  group.each.setup(() => MemoryDriver.sessions.clear())

  test('sessions that nobody comes back to make room as others are written', async ({ assert }) => {
    const driver = new MemoryDriver()
    await begin(driver, 1000)
    clock.pass('61s')
    await begin(driver, 600)
    assert.equal(MemoryDriver.sessions.size, 600)
  })

  test('what a test puts there has no age, and stays', async ({ assert }) => {
    const driver = new MemoryDriver()
    const [id] = await begin(driver, 1)
    MemoryDriver.sessions.set(id, { put: 'by a test' })
    clock.pass('61s')
    await begin(driver, 100)
    assert.deepEqual(driver.read(id), { put: 'by a test' })
  })

  test('what a test puts there that is no object is reported, and gone', async ({ assert }) => {
    const driver = new MemoryDriver()
    for (const value of ['text', 7, null, [1]]) {
      const [id] = await begin(driver, 1)
      MemoryDriver.sessions.set(id, value as any)
      assert.equal((await driver.load(id)).state, 'unreadable')
      assert.deepEqual(await driver.load(id), { state: 'absent' })
    }
  })

  test('a session ends at the very moment that it was given, and a touch without one keeps it', async ({
    assert,
  }) => {
    const driver = new MemoryDriver()
    const [one, other] = await begin(driver, 2)
    clock.pass(MINUTE_IN_MS - 1)
    assert.isTrue((await driver.touch(other)).done)
    assert.equal((await driver.load(one)).state, 'stored')
    clock.pass(1)
    assert.deepEqual(await driver.load(one), { state: 'absent' })
    assert.deepEqual(await driver.load(other), { state: 'absent' })
  })

  test('a session that a test removed and one that it cleared are gone', async ({ assert }) => {
    const driver = new MemoryDriver()
    const [one, other] = await begin(driver, 2)
    MemoryDriver.sessions.delete(one)
    assert.deepEqual(await driver.load(one), { state: 'absent' })
    MemoryDriver.sessions.clear()
    assert.deepEqual(await driver.load(other), { state: 'absent' })
    assert.isFalse((await driver.touch(other, MINUTE_IN_MS)).done)
  })

  test('nothing is kept of sessions that a test has removed', async ({ assert }) => {
    const driver = new MemoryDriver()
    const { known } = MemoryDriver as unknown as { known: Map<string, unknown> }
    await begin(driver, 1000)
    MemoryDriver.sessions.clear()
    await begin(driver, 600)
    assert.equal(known.size, 600)
  })

  test('of two tombstones without a revision the first one stays', async ({ assert }) => {
    const driver = new MemoryDriver()
    const [id] = await begin(driver, 1)
    const first = { reason: 'revoked' as const, values: {} }
    await driver.retire(id, first, undefined, MINUTE_IN_MS)
    const second = { reason: 'regenerated' as const, values: {}, successor: newId() }
    assert.containsSubset(await driver.retire(id, second, undefined, MINUTE_IN_MS), {
      done: false,
      found: { tombstone: first },
    })
  })

  test('those of a tag are listed alone, and none that has ended', async ({ assert }) => {
    const driver = new MemoryDriver()
    const listed = async (sessions: AsyncIterable<{ sessionId: string }>) => {
      const ids: string[] = []
      for await (const { sessionId } of sessions) ids.push(sessionId)
      return ids
    }
    const [one] = await begin(driver, 1)
    const tagged = newId()
    const record = { values: {}, json: '{}', meta: { tag: 'user:7' } }
    await driver.replace(tagged, record, null, 2 * MINUTE_IN_MS)
    assert.sameMembers(await listed(driver.list()), [one, tagged])
    assert.deepEqual(await listed(driver.tagged('user:7')), [tagged])
    clock.pass(MINUTE_IN_MS)
    assert.deepEqual(await listed(driver.list()), [tagged])
  })
})
