import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS, driversThat } from '../helpers/drivers'
import { Browser } from '../helpers/browser'
import { idCookieOf } from '../helpers/cookies'
import { contextWith } from '../helpers/contexts'
import { sharedApp } from '../helpers/visits'
import { Cluster } from '../torture/cluster'
import { clusterOf, sessionCookie, tab, visitor } from './helpers'

for (const driver of ALL_DRIVERS) {
  test.group(`Rotation: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const clock = stoppedClock(group)
    const running = clusterOf(group, driver, { size: 0, session: { rotateEvery: '15m' } })

    const idOf = async (cluster: Cluster, browser: Browser) => (await cluster.show(browser)).id

    test('an id serves for as long as rotateEvery says, whatever is written meanwhile', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser, id } = await visitor(cluster, { user: 7 })
      clock.pass(14 * 60_000)
      await cluster.run(browser, [['put', 'n', 1]])
      assert.equal(await idOf(cluster, browser), id)

      clock.pass(60_000)
      await cluster.show(browser)
      assert.notEqual(await idOf(cluster, browser), id)
      assert.deepEqual((await cluster.show(browser)).values, { user: 7, n: 1 })
    })

    test('the new id serves as long again, and the old one leads to it for a minute', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      const old = tab(browser)
      clock.pass(15 * 60_000)
      await cluster.show(browser)
      const next = await idOf(cluster, browser)
      clock.pass(30_000)
      assert.equal(await idOf(cluster, browser), next)

      // A cookie cannot be found from another one: there, the old id can be read, and no more.
      const late = await cluster.run(old, [['put', 'late', true]])
      const isFollowed = driver !== 'cookie'
      assert.equal(sessionCookie(late) !== undefined, isFollowed)
      const values = isFollowed ? { user: 7, late: true } : { user: 7 }
      assert.deepEqual((await cluster.show(browser)).values, values)
    })

    test('of parallel requests one rotates, and nobody is logged out', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      clock.pass(15 * 60_000)
      const tabs = Array.from({ length: 10 }, () => tab(browser))
      const answers = await Promise.all(tabs.map((one) => cluster.run(one, [['get', 'user']])))
      const ids = new Set(answers.filter(sessionCookie).map(sessionCookie))
      assert.equal(ids.size, 1)

      const winner = tabs[answers.findIndex(sessionCookie)]
      assert.deepEqual((await cluster.show(winner)).values, { user: 7 })
    })
  })
}

for (const driver of driversThat('goesByOurClock')) {
  test.group(`Rotation, to the millisecond: ${driver}`, (group) => {
    const clock = stoppedClock(group)
    const running = clusterOf(group, driver, { size: 0, session: { rotateEvery: '15m' } })

    test('the old id is of use for a minute, and no longer', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      const old = tab(browser)
      clock.pass(15 * 60_000)
      await cluster.show(browser)
      clock.pass(59_999)
      assert.deepEqual((await cluster.show(tab(old))).values, { user: 7 })
      clock.pass(1)
      assert.deepEqual((await cluster.show(tab(old))).values, {})
    })
  })
}

for (const driver of driversThat('isAtomic')) {
  test.group(`Rotation and what happens beside it: ${driver}`, (group) => {
    group.each.timeout(60_000)
    const clock = stoppedClock(group)
    const running = clusterOf(group, driver, { size: 0, session: { rotateEvery: '15m' } })

    test('what a request wrote while another one rotated is not lost', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { n: 0 })
      clock.pass(15 * 60_000)
      const slow = cluster.do(tab(browser), [['increment', 'n']], { at: 'handler' })
      await slow.reached
      await cluster.run(browser, [['increment', 'n']])
      slow.release()
      await slow.response
      assert.equal((await cluster.show(browser)).values.n, 2)
    })

    test('a browser that lost the answer of the rotation gets the new id with the next one', async ({
      assert,
    }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      clock.pass(15 * 60_000)
      await cluster.show(tab(browser))
      await cluster.show(browser)
      clock.pass(5 * 60_000)
      assert.deepEqual((await cluster.show(browser)).values, { user: 7 })
    })

    test('a logout that meets a rotation ends the session', async ({ assert }) => {
      const { cluster } = running
      const { browser } = await visitor(cluster, { user: 7 })
      clock.pass(15 * 60_000)
      const logout = cluster.do(tab(browser), [['invalidate']], { at: 'handler' })
      await logout.reached
      await cluster.show(browser)
      logout.release()
      await logout.response
      assert.deepEqual((await cluster.show(browser)).values, {})
    })
  })
}

for (const driver of driversThat('isAtomic')) {
  for (const retireFor of ['60s', 0]) {
    test.group(`Rotation with touchEvery, retireFor ${retireFor}: ${driver}`, (group) => {
      group.each.timeout(60_000)
      const clock = stoppedClock(group)
      const running = clusterOf(group, driver, {
        ...{ size: 0, session: { rotateEvery: '15m', touchEvery: '1m', retireFor } },
      })

      test('a page that came with the old id and only reads leaves a login alone', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { cart: [1] })
        clock.pass('16m')
        const old = tab(browser)
        await cluster.show(browser)

        const page = cluster.do(old, [['get', 'cart']], { at: 'handler' })
        await page.reached
        await cluster.run(browser, [['put', 'user', 7], ['regenerate']])
        page.release()
        assert.isUndefined(sessionCookie(await page.response))
        assert.equal((await cluster.show(browser)).values.user, 7)
      })

      test('an answer of a rotation that gets lost logs nobody out and loses no update', async ({
        assert,
      }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { user: 7, n: 0 })
        clock.pass('16m')
        await cluster.run(tab(browser), [['increment', 'n']])
        await cluster.run(browser, [['increment', 'n']])
        assert.deepEqual((await cluster.show(browser)).values, { user: 7, n: 2 })
      })

      test('a request that two rotations overtake keeps its update', async ({ assert }) => {
        const { cluster } = running
        const { browser } = await visitor(cluster, { n: 0 })
        const slow = cluster.do(tab(browser), [['increment', 'n']], { at: 'handler' })
        await slow.reached
        for (let rotation = 0; rotation < 2; rotation++) {
          clock.pass('16m')
          await cluster.run(browser, [['increment', 'n']])
        }
        slow.release()
        await slow.response
        assert.equal((await cluster.show(browser)).values.n, 3)
      })
    })
  }
}

test.group('Rotation needs a browser that hears of it', (group) => {
  const clock = stoppedClock(group)
  const { app, visitor } = sharedApp(group, 'memory', { session: { rotateEvery: '15m' } })

  test('what such a context stored goes along when another request rotates', async ({ assert }) => {
    const { visit, ask, browser } = visitor()
    await visit(({ session }) => session.put('user', 7))
    clock.pass('16m')

    const response = await visit(async ({ session }) => {
      session.put('mine', 1)
      const ctx = contextWith(app().app, new Map(Object.entries(browser.cookies())))
      const other = app().Session.create(ctx)
      await other.initiate(false)
      other.put('theirs', 2)
      await other.commit()
      return session.sessionId
    })
    assert.isDefined(idCookieOf(response))
    const seen = await ask((later) => [later.session.sessionId, later.session.all()])
    assert.notEqual(seen[0], response.answer)
    assert.deepEqual(seen[1], { user: 7, mine: 1, theirs: 2 })
  })

  test('a rotation that failed is not made up for after the headers have left', async ({
    assert,
  }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) => session.put('user', 7))
    clock.pass('16m')

    const { replace } = MemoryDriver.prototype
    await visit(async ({ session, response }) => {
      session.put('seen', true)
      MemoryDriver.prototype.replace = () => Promise.reject(new Error('a moment of trouble'))
      await session.commit({ flushHeaders: true }).catch(() => {})
      MemoryDriver.prototype.replace = replace
      response.response.end('streamed')
      await session.commit()
    })

    clock.pass('2m')
    assert.deepEqual(await ask((later) => later.session.all()), { user: 7, seen: true })
  })

  test('a context without a connection stores what it put, and keeps the id', async ({
    assert,
  }) => {
    const { visit, ask, browser } = visitor()
    await visit(({ session }) => session.put('user', 7))
    clock.pass('16m')

    const ctx = contextWith(app().app, new Map(Object.entries(browser.cookies())))
    const session = app().Session.create(ctx)
    await session.initiate(false)
    session.put('seen', true)
    await session.commit()

    clock.pass('2m')
    assert.deepEqual(await ask((later) => later.session.all()), { user: 7, seen: true })
  })
})
