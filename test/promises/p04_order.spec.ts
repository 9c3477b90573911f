import { randomBytes } from 'crypto'
import { promises as fs } from 'fs'
import { join } from 'path'
import { isDeepStrictEqual } from 'util'
import { test } from '@japa/runner'
import { system } from '../../src/AtomicFile'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { InFlight, Script } from '../torture/cluster'
import { Point } from '../torture/gates'
import { clusterOf, CONFIGS, sessionCookie, sessionFile, tab, visitor } from './helpers'

type Values = Record<string, any>

/** The values of all records of a store, read past the package. */
const RECORDS: Record<string, (directory: string) => Promise<Values[]>> = {
  memory: async () => [...MemoryDriver.sessions.values()],
  file: async (directory) => {
    const names = (await fs.readdir(directory)).filter((name) => name.endsWith('.txt'))
    const texts = names.map((name) => fs.readFile(join(directory, name), 'utf8'))
    return (await Promise.all(texts)).map((text) => JSON.parse(text).message).filter(Boolean)
  },
}

interface Move {
  script: Script
  after: Values
}

/** What takes a session to another id, and the session that is there then. */
const MOVES: Record<string, (mark: string) => Move> = {
  'a login': (mark) => ({
    script: [['put', 'user', 7], ['regenerate']],
    after: { mark, user: 7 },
  }),
  'a logout that begins a new session': (mark) => ({
    script: [['invalidate'], ['put', 'left', mark]],
    after: { left: mark },
  }),
}

const POINTS: Point[] = ['before replace', 'after replace', 'before retire', 'after retire']

for (const driver of Object.keys(RECORDS)) {
  test.group(`P4 The new session is stored before the old one goes: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 0 })

    for (const [doing, move] of Object.entries(MOVES)) {
      for (const at of POINTS) {
        test(`${at} of ${doing} the store holds the old session whole, or the new one`, async ({
          assert,
        }) => {
          const { cluster, directory } = running
          const mark = randomBytes(8).toString('hex')
          const { script, after } = move(mark)
          const { browser } = await visitor(cluster, { mark })
          const moving = cluster.do(browser, script, { at })
          await moving.reached
          const records = await RECORDS[driver](directory)
          moving.release()
          await moving.response

          const isWhole = (one: Values) =>
            isDeepStrictEqual(one, { mark }) || isDeepStrictEqual(one, after)
          assert.isTrue(records.some(isWhole))
          assert.deepEqual((await cluster.show(browser)).values, after)
        })
      }
    }
  })
}

for (const driver of Object.keys(RECORDS)) {
  test.group(`P2 Terminated stays terminated, and leaves no copy: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 0 })

    test('a login that comes after the end of its session leaves no record', async ({ assert }) => {
      const { cluster, directory } = running
      const mark = randomBytes(8).toString('hex')
      const { browser, id } = await visitor(cluster, { mark })
      const login = cluster.do(browser, [['put', 'user', 7], ['regenerate']], { at: 'handler' })
      await login.reached
      const revoke = { method: 'POST', body: { id } }
      await cluster.fire(cluster.browser(), '/revoke', revoke).response
      login.release()
      assert.isUndefined(sessionCookie(await login.response))

      const records = await RECORDS[driver](directory)
      assert.deepEqual(
        records.filter((values) => values.mark === mark),
        []
      )
    })
  })
}

/** Does something at the moment at which a file has another text. */
function onceReplaced(path: string, work: () => Promise<unknown>) {
  const { rename } = system
  system.rename = async (from, to) => {
    await rename(from, to)
    if (to === path) {
      system.rename = rename
      await work()
    }
  }
}

for (const [config, session] of Object.entries(CONFIGS)) {
  for (const driver of ['file', 'fourMethods']) {
    test.group(
      `P3 An id is retired before its record goes: ${driver}, ${config} config`,
      (group) => {
        group.each.timeout(60_000)
        const running = clusterOf(group, driver, { size: 0, session })

        test('a request that comes when the record is just gone reads what both sessions hold, and gets no cookie', async ({
          assert,
        }) => {
          const { cluster, directory } = running
          const { browser, id } = await visitor(cluster, { cart: [1] })
          const old = tab(browser)
          let late!: InFlight
          const comeLate = async () => {
            late = cluster.do(old, [['put', 'late', true]], { at: 'handler' })
            await late.reached
          }

          const login = [['put', 'user', 7], ['regenerate']]
          if (driver === 'file') {
            onceReplaced(sessionFile(directory, id), comeLate)
            await cluster.run(browser, login)
          } else {
            const moving = cluster.do(browser, login, { at: 'after destroy' })
            await moving.reached
            await comeLate()
            moving.release()
            await moving.response
          }

          late.release()
          const response = await late.response
          assert.deepEqual(response.json.values, { cart: [1], late: true })
          assert.isUndefined(sessionCookie(response))
          assert.deepEqual((await cluster.show(browser)).values, { cart: [1], user: 7 })
        })
      }
    )
  }
}
