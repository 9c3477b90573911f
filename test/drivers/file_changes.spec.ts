import { once } from 'events'
import { promises as fs } from 'fs'
import { join } from 'path'
import { Worker } from 'worker_threads'
import { test } from '@japa/runner'
import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { system } from '../../src/AtomicFile'
import { FileDriver } from '../../src/Drivers/File'
import { newId } from '../../src/IdCookie'
import { SESSION_CONFIG } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { temporaryDirectory } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'

const HOUR_IN_MS = 3_600_000
const REVOKED: SessionTombstone = { reason: 'revoked', values: {} }

type Call = 'write' | 'rename' | 'unlink' | 'link' | 'mkdir' | 'rmdir'

/** What a system call does instead, until the test ends. */
function instead(call: Call, does: (original: any, ...args: any[]) => Promise<unknown>) {
  const original = system[call]
  Object.assign(system, { [call]: (...args: unknown[]) => does(original, ...args) })
}

const failing = (code: string) => async () => {
  throw Object.assign(new Error(`injected ${code}`), { code })
}

const record = (n: number) => ({ values: { n }, json: JSON.stringify({ n }), meta: {} })

test.group('File driver: a change is made by one', (group) => {
  group.each.timeout(60_000)
  const original = { ...system }
  group.each.teardown(() => void Object.assign(system, original))

  const location = temporaryDirectory()
  const config = { ...SESSION_CONFIG, file: { location } }

  async function stored(n: number) {
    const driver = new FileDriver(config)
    const id = newId()
    const begun = await driver.replace(id, record(n), null)
    return {
      driver,
      id,
      version: begun.done ? begun.version : '',
      path: join(location, `${id}.txt`),
    }
  }

  const left = async (id: string) =>
    (await fs.readdir(location)).filter((name) => name.startsWith(id) && name !== `${id}.txt`)

  test('by one of several threads of a process', async ({ assert }) => {
    const { driver, id } = await stored(0)
    const program = join(__dirname, 'file_incrementer.js')
    const workerData = { config, id, times: 50 }
    const threads = [1, 2, 3].map(() => new Worker(program, { workerData }))
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    await Promise.all(threads.map((thread) => thread.terminate()))
    assert.deepEqual(await driver.read(id), { n: 150 })
  })

  test('and not by the one that stalled right before it, and lost its lock meanwhile', async ({
    assert,
  }) => {
    const { driver, id, version, path } = await stored(1)
    let wakeUp!: () => void
    const stalls = new Promise<void>((resolve) => (wakeUp = resolve))
    let isStalled!: () => void
    const stalled = new Promise<void>((resolve) => (isStalled = resolve))
    instead('rename', async (rename, from, to) => {
      if (to === path) {
        Object.assign(system, { rename })
        isStalled()
        await stalls
      }
      return rename(from, to)
    })
    const late = driver.replace(id, record(2), version)
    await stalled
    const ended = await driver.retire(id, REVOKED, undefined, HOUR_IN_MS)
    wakeUp()

    assert.isTrue(ended.done)
    const answer = await late
    assert.equal(answer.done ? 'done' : answer.found.state, 'retired')
    assert.equal((await driver.load(id)).state, 'retired')
    assert.deepEqual(await left(id), [])
  })

  test('an id that is retired while a session is created under it is not used', async ({
    assert,
  }) => {
    const driver = new FileDriver(config)
    const id = newId()
    instead('link', async (link, from, to) => {
      Object.assign(system, { link })
      await driver.retire(id, REVOKED, undefined, HOUR_IN_MS)
      return link(from, to)
    })
    const created = await driver.replace(id, record(1), null)
    assert.equal(created.done ? 'done' : created.found.state, 'retired')
    assert.isNull(await driver.read(id))
  })

  test('a link of its own that is reported as in the way is its own', async ({ assert }) => {
    const driver = new FileDriver(config)
    const id = newId()
    instead('link', async (link, from, to) => {
      await link(from, to)
      return link(from, to)
    })
    assert.isTrue((await driver.replace(id, record(1), null)).done)
    assert.deepEqual(await driver.read(id), { n: 1 })
  })

  for (const call of ['unlink', 'rmdir'] as const) {
    test(`is done although what it leaves cannot be removed: ${call}`, async ({ assert }) => {
      const { driver, id, version } = await stored(1)
      instead(call, failing('EIO'))
      assert.isTrue((await driver.replace(id, record(2), version)).done)
      assert.isTrue((await driver.replace(newId(), record(1), null)).done)
      assert.deepEqual(await driver.read(id), { n: 2 })
    })
  }

  test('a rename whose answer gets lost was done', async ({ assert }) => {
    const { driver, id, version, path } = await stored(1)
    instead('rename', async (rename, from, to) => {
      await rename(from, to)
      return to === path ? rename(from, to) : undefined
    })
    assert.isTrue((await driver.replace(id, record(2), version)).done)
    assert.deepEqual(await driver.read(id), { n: 2 })
  })
})

for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']) {
  test.group(`File driver: a file system without hard links: ${code}`, (group) => {
    const original = { ...system }
    group.each.setup(() => void instead('link', failing(code)))
    group.each.teardown(() => void Object.assign(system, original))
    const location = temporaryDirectory()
    const driver = new FileDriver({ ...SESSION_CONFIG, file: { location } })

    test(`sessions begin, change and end [${code}]`, async ({ assert }) => {
      const id = newId()
      const begun = await driver.replace(id, record(1), null)
      assert.isTrue(begun.done)
      const changed = await driver.replace(id, record(2), begun.done ? begun.version : '')
      assert.isTrue(changed.done)
      assert.deepEqual(await driver.read(id), { n: 2 })
      assert.isTrue((await driver.retire(id, REVOKED, undefined, HOUR_IN_MS)).done)
      assert.isTrue((await driver.retire(newId(), REVOKED, undefined, HOUR_IN_MS)).done)
      assert.equal((await driver.load(id)).state, 'retired')
      const others = (await fs.readdir(location)).filter((name) => !name.endsWith('.txt'))
      assert.deepEqual(others, [])
    })

    test(`of several that begin one, one does [${code}]`, async ({ assert }) => {
      const id = newId()
      const answers = await Promise.all(
        [1, 2, 3, 4].map((n) => driver.replace(id, record(n), null))
      )
      const done = answers.map((answer) => answer.done)
      assert.lengthOf(
        done.filter((isDone) => isDone),
        1
      )
      assert.deepEqual(await driver.read(id), { n: done.indexOf(true) + 1 })
    })

    test(`who dies in between leaves no session [${code}]`, async ({ assert }) => {
      const id = newId()
      instead('rename', failing('EIO'))
      await errorOf(() => driver.replace(id, record(1), null))
      Object.assign(system, { rename: original.rename })
      assert.isNull(await driver.read(id))
      assert.isTrue((await driver.replace(id, record(2), null)).done)
      assert.deepEqual(await driver.read(id), { n: 2 })
    })
  })
}

test.group('File driver: a tombstone whose time is over', (group) => {
  const clock = stoppedClock(group)
  const original = { ...system }
  group.each.teardown(() => void Object.assign(system, original))

  test('is replaced, and not the new one that was left meanwhile', async ({ assert }) => {
    const config = { ...SESSION_CONFIG, file: { location: temporaryDirectory() } }
    const driver = new FileDriver(config)
    const id = newId()
    await driver.retire(id, REVOKED, undefined, HOUR_IN_MS)
    clock.pass(HOUR_IN_MS)

    // Whoever finds it removes it: another process has retired the id again before that.
    instead('rename', async (rename, from, to) => {
      Object.assign(system, { rename })
      await new FileDriver(config).retire(
        id,
        { ...REVOKED, values: { a: 1 } },
        undefined,
        HOUR_IN_MS
      )
      return rename(from, to)
    })
    await driver.load(id)
    const found = await driver.load(id)
    assert.equal(found.state, 'retired')
  })
})
