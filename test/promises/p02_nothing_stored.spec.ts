import { test } from '@japa/runner'
import { FileDriver } from '../../src/Drivers/File'
import { system } from '../../src/AtomicFile'
import { SESSION_CONFIG } from '../helpers/app'
import { Browser } from '../helpers/browser'
import { SERVER_DRIVERS, temporaryDirectory } from '../helpers/drivers'
import { Cluster } from '../torture/cluster'
import { clusterOf, sessionCookie, tab } from './helpers'

type End = (cluster: Cluster, browser: Browser, id: string) => Promise<unknown>

/** What makes an id unusable before anything was stored under it. */
const ENDINGS: Record<string, End> = {
  'a login': (cluster, browser) =>
    cluster.run(browser, [['put', 'user', 7], ['regenerate']], { via: 1 }),
  'a logout': (cluster, browser) => cluster.run(browser, [['invalidate']], { via: 1 }),
  'destroy()': (cluster, _, id) =>
    cluster.fire(cluster.browser(), '/revoke', { method: 'POST', body: { id }, via: 1 }).response,
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P2 Terminated stays terminated, with nothing stored yet: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver)

    for (const [ending, end] of Object.entries(ENDINGS)) {
      test(`what a request writes that began before ${ending} is not stored under the id`, async ({
        assert,
      }) => {
        const { cluster } = running
        const browser = cluster.browser()
        const { id } = await cluster.show(browser)
        const old = tab(browser)
        const late = cluster.do(tab(browser), [['put', 'late', true]], { at: 'handler' })
        await late.reached
        await end(cluster, browser, id)
        late.release()

        const response = await late.response
        assert.equal(response.status, 200)
        assert.isUndefined(sessionCookie(response))
        assert.deepEqual((await cluster.show(old)).values, {})
      })
    }
  })
}

/** What ends a session, whatever is stored. */
const ENDS: Record<string, (driver: FileDriver, id: string) => Promise<unknown>> = {
  destroyed: (driver, id) => driver.destroy(id),
  retired: (driver, id) => driver.retire(id, { reason: 'revoked', values: {} }, undefined, 60_000),
}

test.group('P2 Terminated stays terminated, whoever writes: file', () => {
  for (const [ended, end] of Object.entries(ENDS)) {
    test(`a session that is ${ended} while it is written is gone`, async ({ assert }) => {
      const location = temporaryDirectory()
      const driver = new FileDriver({ ...SESSION_CONFIG, file: { location } })
      const id = `${ended}-while-it-is-written`
      const record = (n: number) => ({ values: { n }, json: JSON.stringify({ n }), meta: {} })
      const begun = await driver.replace(id, record(1), null)

      const { rename } = system
      let ending: Promise<unknown> | undefined
      system.rename = async (from, to) => {
        if (!String(to).endsWith('.txt')) {
          return rename(from, to)
        }
        system.rename = rename
        ending = end(driver, id)
        // Time enough to be done, if nothing kept it from that.
        const looks = async () => {
          for (let n = 0; n < 50; n++) {
            await driver.load(id)
          }
        }
        await Promise.race([ending, looks()])
        await rename(from, to)
      }
      const written = await driver.replace(id, record(2), begun.done ? begun.version : '')
      await ending

      assert.isTrue(written.done)
      assert.isNull(await driver.read(id))
    })
  }
})
