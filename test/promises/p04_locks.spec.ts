import { promises as fs } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { fingerprint } from '../../src/Serializer'
import { clusterOf, sessionFile, visitor } from './helpers'

/** What a process leaves that dies while it changes a session, at each step. */
const LEFT: Record<string, (lock: string) => Promise<unknown>> = {
  'with a change in it': async (lock) => {
    await fs.mkdir(lock)
    await fs.writeFile(join(lock, 'of-the-dead.tmp'), 'the text that was not committed')
  },
  'for a removal': (lock) => fs.mkdir(join(lock, 'of-the-dead.tmp'), { recursive: true }),
  'that is empty': (lock) => fs.mkdir(lock),
}

test.group('P4 A crash leaves a session that can be written: file', (group) => {
  group.each.timeout(60_000)
  const running = clusterOf(group, 'file', { size: 0 })

  for (const [what, leave] of Object.entries(LEFT)) {
    test(`a lock of a dead process ${what} keeps nobody from the session, and goes`, async ({
      assert,
    }) => {
      const { cluster, directory } = running
      const { browser, id } = await visitor(cluster, { cart: [1] })
      const path = sessionFile(directory, id)
      const stored = await fs.readFile(path, 'utf8')
      await leave(`${path}.${fingerprint(stored).slice(0, 16)}.lock`)

      const { status } = await cluster.run(browser, [['push', 'cart', 2]])
      assert.equal(status, 200)
      assert.deepEqual((await cluster.show(browser)).values, { cart: [1, 2] })
      const left = (await fs.readdir(directory)).filter((name) => !name.endsWith('.txt'))
      assert.deepEqual(left, [])
    })
  }
})
