import { mkdirSync, writeFileSync } from 'fs'
import { dirname } from 'path'
import { test } from '@japa/runner'
import fc from 'fast-check'
import Redis from 'ioredis'
import { clusterOf, sessionFile, visitor } from './helpers'

const RUNS = { numRuns: 150 }

/** Bytes of any kind, and texts that look like a record for a while. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array)),
  fc
    .stringOf(fc.constantFrom(...' \t\n{}":me'), { maxLength: 12 })
    .map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(`{"message":${text},"purpose":"another"}`)),
  fc.constantFrom('null', '""', '[]', '{}', '{"message":null}').map((text) => Buffer.from(text))
)

/** What may stand in a Cookie header. */
const cookie = fc.stringOf(fc.constantFrom(...'aeis:.~-_%0123456789ABCyJ{}"=/+'), { maxLength: 80 })

test.group('P8 Damaged data is no 500: any bytes', (group) => {
  group.each.timeout(60_000)
  const files = clusterOf(group, 'file', { size: 0 })

  test('a file of any bytes is an empty session', async ({ assert }) => {
    const { cluster, directory } = files
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        mkdirSync(dirname(sessionFile(directory, id)), { recursive: true })
        writeFileSync(sessionFile(directory, id), content)
        const { status, json } = await cluster.fire(browser, '/session').response
        assert.deepEqual([status, json.values], [200, {}])
        assert.equal((await cluster.run(browser, [['put', 'again', 1]])).status, 200)
      }),
      RUNS
    )
  })

  test('cookies of any text are an empty session', async ({ assert }) => {
    const { cluster } = files
    await fc.assert(
      fc.asyncProperty(cookie, cookie, async (id, data) => {
        const cookies = { 'adonis-session': id, [data.replace(/\W/g, '') || 'x']: data }
        const response = cluster.fire(cluster.browser(), '/session', { cookies }).response
        const { status, json } = await response
        assert.deepEqual([status, json.values], [200, {}])
      }),
      RUNS
    )
  })
})

test.group('P8 Damaged data is no 500: any bytes in Redis', (group) => {
  group.each.timeout(60_000)
  const redis = clusterOf(group, 'redis', { size: 0 })

  test('a key of any bytes is an empty session', async ({ assert }) => {
    const { cluster } = redis
    const client = new Redis(Number(process.env.REDIS_PORT), process.env.REDIS_HOST!)
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        await client.set(id, content)
        const { status, json } = await cluster.fire(browser, '/session').response
        assert.deepEqual([status, json.values], [200, {}])
        assert.equal((await cluster.run(browser, [['put', 'again', 1]])).status, 200)
      }),
      RUNS
    )
    await client.quit()
  })
})

test.group('P8 Damaged data is no 500: any text in a session cookie', (group) => {
  group.each.timeout(60_000)
  const cookies = clusterOf(group, 'cookie')

  test('a data cookie of any text is an empty session', async ({ assert }) => {
    const { cluster } = cookies
    await fc.assert(
      fc.asyncProperty(cookie, async (text) => {
        const { browser, id } = await visitor(cluster, { user: 7 })
        browser.jar.get(id)!.value = text
        const { status, json } = await cluster.fire(browser, '/session').response
        assert.deepEqual([status, json.values], [200, {}])
        assert.equal((await cluster.run(browser, [['put', 'again', 1]])).status, 200)
      }),
      RUNS
    )
  })
})
