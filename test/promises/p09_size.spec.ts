import { randomBytes } from 'crypto'
import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Browser } from '../helpers/browser'
import { Cluster } from '../torture/cluster'
import { clusterOf, CONFIGS, visitor } from './helpers'

const LIMIT_IN_BYTES = 3 * 4096

/** What nginx takes for one header line, unless told otherwise. */
const LINE_IN_BYTES = 8192

/** Text of this length that does not compress and needs no escapes. */
const text = (length: number) => randomBytes(length).toString('hex').slice(0, length)

for (const [config, session] of Object.entries(CONFIGS)) {
  test.group(`P9 Too big is an error: cookie, ${config} config`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, 'cookie', {
      session: { ...session, maxCookieBytes: LIMIT_IN_BYTES },
    })

    const put = (cluster: Cluster, browser: Browser, big: string) =>
      cluster.run(browser, [['put', 'big', big]], { mayFail: true })

    test('a session of any size up to the limit comes back whole', async ({ assert }) => {
      const { cluster } = running
      for (let size = 250; size <= 8500; size += 250) {
        const { browser } = await visitor(cluster, { user: 7 })
        const big = text(size)
        const { status, setCookies } = await put(cluster, browser, big)
        assert.equal(status, 200, `${size} bytes`)
        assert.isTrue(setCookies.every((line) => Buffer.byteLength(line) <= 4096))
        assert.deepEqual((await cluster.show(browser)).values, { user: 7, big })
      }
    })

    test('no size is lost in silence: it is stored, or it is an error', async ({ assert }) => {
      const { cluster } = running
      for (const size of [3, 5, 8, 8.4, 8.6, 8.7, 8.8, 9, 10, 12, 20, 40]) {
        const { browser } = await visitor(cluster, { user: 7 })
        const big = text(Math.round(size * 1024))
        const { status } = await put(cluster, browser, big)
        const { values } = await cluster.show(browser)
        assert.deepEqual(values, status === 200 ? { user: 7, big } : { user: 7 }, `${size} KB`)
      }
    })

    test('the error names the limit and the largest keys, and nothing is changed', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7, list: ['kept'] })
      const before = browser.cookies()
      const script = [['put', { cart: text(20_000), note: text(500) }]]
      const { status, json, setCookies } = await cluster.run(browser, script, { mayFail: true })
      assert.equal(status, 500)
      assert.equal(json.code, 'E_SESSION_COOKIE_TOO_LARGE')
      assert.include(
        json.message,
        `"maxCookieBytes" inside the "config/session" file is ${LIMIT_IN_BYTES}`
      )
      assert.include(json.message, '"cart" (20002 bytes), "note" (502 bytes), "list" (8 bytes)')
      assert.deepEqual(setCookies, [])
      assert.deepEqual(browser.cookies(), before)
    })

    test('a logout that leaves too large a message is an error, and can be repeated', async ({
      assert,
    }) => {
      const { browser } = await visitor(running.cluster, { user: 7 })
      const logout = (message: string) => [['invalidate'], ['flash', 'note', message]]
      const refused = await running.cluster.run(browser, logout(text(LIMIT_IN_BYTES)), {
        mayFail: true,
      })
      assert.equal(refused.json.code, 'E_SESSION_COOKIE_TOO_LARGE')
      assert.deepEqual((await running.cluster.show(browser)).values, { user: 7 })
      await running.cluster.run(browser, logout('You are logged out'))
      assert.deepEqual((await running.cluster.show(browser)).values, {})
    })

    test('a session that shrinks leaves no cookie behind', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      await put(cluster, browser, text(8000))
      assert.lengthOf(Object.keys(browser.cookies()), 4)
      await put(cluster, browser, text(4500))
      assert.lengthOf(Object.keys(browser.cookies()), 3)
      await put(cluster, browser, 'small')
      assert.lengthOf(Object.keys(browser.cookies()), 2)
      assert.deepEqual((await cluster.show(browser)).values, { user: 7, big: 'small' })
    })

    test('a large session takes all its cookies along to a new id, and away at its end', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser, id } = await visitor(cluster, { user: 7 })
      const big = text(8000)
      await put(cluster, browser, big)
      await cluster.run(browser, [['regenerate']])
      assert.isFalse(Object.keys(browser.cookies()).some((name) => name.startsWith(id)))
      assert.deepEqual((await cluster.show(browser)).values, { user: 7, big })
      await cluster.run(browser, [['invalidate']])
      assert.isAtMost(Object.keys(browser.cookies()).length, 1)
    })

    test('a part that the browser lost makes an empty session, not an error', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser, id } = await visitor(cluster, { user: 7 })
      await put(cluster, browser, text(8000))
      browser.jar.delete(`${id}.1`)
      const answer = await cluster.show(browser)
      assert.deepEqual(answer.values, {})
    })
  })
}

test.group('P9 Too big is an error: cookie, by default', (group) => {
  group.each.timeout(60_000)
  const running = clusterOf(group, 'cookie')

  test('the cookies of a session fit into a header line of a proxy, and nearly fill it', async ({
    assert,
  }) => {
    const { cluster } = running
    let largest = 0
    for (let size = 4000; size <= 6000; size += 100) {
      const { browser } = await visitor(cluster, { user: 7 })
      const { status } = await cluster.run(browser, [['put', 'big', text(size)]], { mayFail: true })
      const cookies = Object.entries(browser.cookies())
      const line = `Cookie: ${cookies.map(([name, value]) => `${name}=${value}`).join('; ')}`
      assert.isBelow(line.length, LINE_IN_BYTES)
      largest = status === 200 ? Math.max(largest, line.length) : largest
    }
    assert.isAbove(largest, 6800)
    assert.isAtMost(largest, 7168 + 'Cookie: '.length)
  })
})

for (const driver of SERVER_DRIVERS) {
  test.group(`P9 Too big is an error: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const running = clusterOf(group, driver, { size: 1 })

    test('a session on the server may be large', async ({ assert }) => {
      const { cluster } = running
      const big = text(400_000)
      const { browser } = await visitor(cluster, { big })
      assert.equal((await cluster.show(browser)).values.big, big)
    })
  })
}
