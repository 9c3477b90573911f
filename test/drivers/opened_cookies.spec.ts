import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { apps, Handler } from '../helpers/visits'
import { revocable } from '../revocation/helpers'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('user', 1)
  return session.sessionId
}

/** A cookie that a process has opened or sealed is not decrypted again. */
test.group('Cookies that were opened before', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  for (const [config, session] of Object.entries({
    template: { touchEvery: '1m', age: '10m' },
    documented: { age: '10m' },
    absoluteAge: { touchEvery: '1m', age: '1h', absoluteAge: '10m' },
  })) {
    test(`one is refused from the moment on that it expires: ${config}`, async ({ assert }) => {
      const app = await start('cookie', { session })
      const one = app.visitor()
      await one.visit(put)
      const copy = one.clone()
      const others = { ...copy.browser.cookies() }
      const ask = () => copy.ask(all, { cookies: others })
      clock.pass('9m')
      assert.deepEqual(await ask(), { user: 1 })
      clock.pass('2m')
      assert.deepEqual(await ask(), {})
    })

    test(`one that nobody has sent since is, too: ${config}`, async ({ assert }) => {
      const one = (await start('cookie', { session })).visitor()
      await one.visit(put)
      const cookies = { ...one.browser.cookies() }
      clock.pass('11m')
      assert.deepEqual(await one.ask(all, { cookies }), {})
    })
  }

  test('one with a byte that was changed is refused', async ({ assert }) => {
    const app = await start('cookie', { session: { touchEvery: '1m' } })
    const one = app.visitor()
    const id = await one.ask(put)
    assert.deepEqual(await one.ask(all), { user: 1 })
    const cookies = one.browser.cookies()
    for (const at of [5, cookies[id].length - 2]) {
      const other = cookies[id][at] === 'A' ? 'B' : 'A'
      const changed = cookies[id].slice(0, at) + other + cookies[id].slice(at + 1)
      assert.deepEqual(await one.clone().ask(all, { cookies: { ...cookies, [id]: changed } }), {})
    }
  })

  test('one is refused under the id of another session', async ({ assert }) => {
    const app = await start('cookie', { session: { touchEvery: '1m' } })
    const [one, other] = [app.visitor(), app.visitor()]
    const [id, otherId] = [await one.ask(put), await other.ask(put)]
    await one.visit(({ session }) => session.put('private', 1))
    const text = one.browser.cookies()[id]
    const cookies = { ...other.browser.cookies(), [otherId]: text }
    assert.deepEqual(await other.clone().ask(all, { cookies }), {})
  })

  test('one is refused by an app of the same process that has another key', async ({ assert }) => {
    const session = { touchEvery: '1m' }
    const app = await start('cookie', { session })
    const one = app.visitor()
    await one.visit(put)
    const stranger = await start('cookie', {
      session,
      config: { 'app.appKey': 'x'.repeat(32) },
    })
    const cookies = one.browser.cookies()
    assert.deepEqual(await stranger.visitor().ask(all, { cookies }), {})
  })

  test('what a handler changes in place is not seen by the next request', async ({ assert }) => {
    const app = await start('cookie', { session: { touchEvery: '1m' } })
    const one = app.visitor()
    await one.visit(({ session }) => session.put('cart', { items: [1] }))
    const before = one.clone()
    await one.visit(({ session }) => session.get('cart').items.push(2))
    assert.deepEqual(await before.ask(all), { cart: { items: [1] } })
    assert.deepEqual(await one.ask(all), { cart: { items: [1, 2] } })
  })

  test('a session that has ended stays ended, whoever has opened it', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    const one = app.visitor()
    await one.visit(put)
    const copy = one.clone()
    assert.deepEqual(await copy.ask(all), { user: 1 })
    await one.visit(({ session }) => session.invalidate())
    assert.deepEqual(await copy.ask(all), {})
  })
})
