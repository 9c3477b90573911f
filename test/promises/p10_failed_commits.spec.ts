import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { ALL_DRIVERS, driversThat } from '../helpers/drivers'
import { collectedLog } from '../helpers/log'
import { apps, Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

for (const driver of ALL_DRIVERS) {
  test.group(`P10 A commit that failed is over: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test('the next commit of the request stores what is right by then', async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(async ({ session }) => {
        session.put('kept', 1)
        session.all().bad = () => {}
        await session.commit().catch(() => delete session.all().bad)
        session.put('more', 2)
      })
      assert.deepEqual(await ask(all), { kept: 1, more: 2 })
    })
  })
}

test.group('P5 The store answers before the cookie is set, or the log says so', (group) => {
  const start = apps(group)
  const lines = collectedLog(group)

  test('a new session whose answer has left before its cookie is one warning', async ({
    assert,
  }) => {
    const { visit } = (await start('memory')).visitor()
    await new Promise<void>((committed, failed) => {
      visit(async ({ session, response }) => {
        session.put('a', 1)
        response.response.end('sent')
        await session.commit().then(committed, failed)
      }).catch(failed)
    })
    const messages = lines.map((line) => JSON.parse(line).msg)
    assert.include(
      messages,
      'session: the response has left before the session cookie could be set'
    )
  })
})

test.group('P10 A login whose commit failed half-way', (group) => {
  const { visitor } = sharedApp(group, 'memory')

  test('is stored by the next commit of the request', async ({ assert }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) => session.put('cart', [1]))
    await visit(async ({ session }) => {
      session.put('user', 7)
      session.regenerate()

      const { retire } = MemoryDriver.prototype
      MemoryDriver.prototype.retire = async () => {
        MemoryDriver.prototype.retire = retire
        throw new Error('once')
      }
      await session.commit().catch(() => {})
    })
    assert.deepEqual(await ask(all), { cart: [1], user: 7 })
  })
})

for (const driver of driversThat('isAtomic')) {
  test.group(`P3 Nobody is logged out by accident, by a rotation: ${driver}`, (group) => {
    const clock = stoppedClock(group)
    const { visitor } = sharedApp(group, driver, { session: { rotateEvery: '15m' } })

    test('an answer that has left before the commit keeps the id that the browser has', async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('user', 7))
      clock.pass(15 * 60_000)
      await new Promise<void>((committed, failed) => {
        visit(async ({ session, response }) => {
          session.put('seen', true)
          response.response.end('sent')
          await session.commit().then(committed, failed)
        }).catch(failed)
      })
      clock.pass(2 * 60_000)
      assert.deepEqual(await ask(all), { user: 7, seen: true })
    })

    test('what it wrote goes along to the id that another request gave the session', async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('user', 7))
      const tab = clone()
      clock.pass(15 * 60_000)
      await new Promise<void>((committed, failed) => {
        tab
          .visit(async ({ session, response }) => {
            session.put('seen', true)
            await visit(() => 'a page, which rotates the id')
            response.response.end('sent')
            await session.commit().then(committed, failed)
          })
          .catch(failed)
      })
      assert.deepEqual(await ask(all), { user: 7, seen: true })
    })
  })
}
