import { spawnSync } from 'child_process'
import { promises as fs } from 'fs'
import { hostname } from 'os'
import { test } from '@japa/runner'
import { fingerprint } from '../../src/Serializer'
import { clusterOf, sessionFile, visitor } from './helpers'

const HOUR_IN_MS = 3_600_000

/** What a process leaves that dies while it changes a session: the text of its lock, and its age. */
const LOCKS: Record<string, { text: () => string; ageInMs: number }> = {
  'of a process that died': {
    text: () => `${hostname()}:${spawnSync(process.execPath, ['--version']).pid}`,
    ageInMs: 0,
  },
  'that was never signed': { text: () => '', ageInMs: HOUR_IN_MS },
  'of another host, from long ago,': { text: () => 'elsewhere.example:1', ageInMs: HOUR_IN_MS },
}

test.group('P4 A crash leaves a session that can be written: file', (group) => {
  group.each.timeout(60_000)
  const running = clusterOf(group, 'file', { size: 0 })

  for (const [whose, { text, ageInMs }] of Object.entries(LOCKS)) {
    test(`a lock ${whose} keeps nobody from the session, and goes`, async ({ assert }) => {
      const { cluster, directory } = running
      const { browser, id } = await visitor(cluster, { cart: [1] })
      const path = sessionFile(directory, id)
      const stored = await fs.readFile(path, 'utf8')
      const lock = `${path}.${fingerprint(stored).slice(0, 16)}.0.lock`
      await fs.writeFile(lock, text())
      const time = new Date(Date.now() - ageInMs)
      await fs.utimes(lock, time, time)

      const { status } = await cluster.run(browser, [['push', 'cart', 2]])
      assert.equal(status, 200)
      assert.deepEqual((await cluster.show(browser)).values, { cart: [1, 2] })
      const left = (await fs.readdir(directory)).filter((name) => name.endsWith('.lock'))
      assert.deepEqual(left, [])
    })
  }
})
