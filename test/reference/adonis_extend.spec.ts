import { test } from '@japa/runner'
import { join } from 'path'
import type { EncryptionContract } from '@ioc:Adonis/Core/Encryption'
import type { ExtendCallback } from '@ioc:Adonis/Addons/Session'
import { MemoryDriver as BuiltInMemoryDriver } from '../../src/Drivers/Memory'
import { APP_ROOT } from '../helpers/app'
import { OwnDriver } from '../helpers/own_driver'
import { apps, Handler } from '../helpers/visits'

const put: Handler = ({ session }) => {
  session.put('cart', { total: 1900 })
  return session.sessionId
}
const cart: Handler = ({ session }) => session.get('cart')

test.group('Creating a custom session driver', (group) => {
  const start = apps(group)

  /** An app whose driver `own` is added in `AppProvider.boot`. */
  const startWith = (callback: ExtendCallback, session: Record<string, any> = {}) =>
    start('memory', {
      session: { driver: 'own', ...session },
      boot: (app) => app.container.use('Adonis/Addons/Session').extend('own', callback),
    })

  test('the memory driver of the page is used once SESSION_DRIVER names it', async ({ assert }) => {
    const AppProvider = join(APP_ROOT, 'providers', 'AppProvider')
    const visitor = (await start('memory', { providers: [AppProvider] })).visitor()

    const id = await visitor.ask(put)
    assert.deepEqual(await visitor.ask(cart), { total: 1900 })
    assert.isFalse(BuiltInMemoryDriver.sessions.has(id))
  })

  test('a driver that returns no promises adheres to the contract', async ({ assert }) => {
    const driver = new OwnDriver()
    const { visit, ask } = (await startWith(() => driver)).visitor()

    await visit(put)
    assert.deepEqual(await ask(cart), { total: 1900 })
  })

  test('read: receives the session id and may return null', async ({ assert }) => {
    const driver = new OwnDriver()
    const { ask } = (await startWith(() => driver)).visitor()
    const id = await ask(put)

    driver.sessions.clear()
    driver.drain()
    assert.deepEqual(await ask(({ session }) => session.all()), {})
    assert.deepInclude(driver.drain(), ['read', id])
  })

  test('read: what it returns is the session', async ({ assert }) => {
    const driver = new OwnDriver()
    const { ask } = (await startWith(() => driver)).visitor()
    const id = await ask(put)

    driver.sessions.set(id, '{"from":"the driver"}')
    assert.deepEqual(await ask(({ session }) => session.all()), { from: 'the driver' })
  })

  test('write: receives the session id and the values object', async ({ assert }) => {
    const driver = new OwnDriver()
    const { ask } = (await startWith(() => driver)).visitor()

    const id = await ask(put)
    assert.deepInclude(driver.drain(), ['write', id, { cart: { total: 1900 } }])
  })

  test('write: receives flash messages among the values', async ({ assert }) => {
    const driver = new OwnDriver()
    const { visit, ask } = (await startWith(() => driver)).visitor()

    await visit(({ session }) => session.flash('message', 'Saved'))
    const [, , values] = driver.drain().find(([method]) => method === 'write')!
    assert.deepEqual(values, { __flash__: { message: 'Saved' } })
    assert.equal(await ask(({ session }) => session.flashMessages.get('message')), 'Saved')
  })

  test('destroy: receives the id that regenerate has replaced', async ({ assert }) => {
    const driver = new OwnDriver()
    const { visit, ask } = (await startWith(() => driver)).visitor()
    const id = await ask(put)

    await visit(({ session }) => session.regenerate())
    assert.deepInclude(driver.drain(), ['destroy', id])
    assert.deepEqual(await ask(cart), { total: 1900 })
  })

  test('touch: receives the id of a session that is used and not changed', async ({ assert }) => {
    const driver = new OwnDriver()
    const { ask } = (await startWith(() => driver)).visitor()
    const id = await ask(put)

    driver.drain()
    await ask(cart)
    const calls = driver.drain()
    assert.deepInclude(calls, ['touch', id])
    assert.notInclude(calls.map(([method]) => method).join(), 'write')
  })

  test('a new instance of the driver is created for every HTTP request', async ({ assert }) => {
    const made: OwnDriver[] = []
    const callback = () => made[made.push(new OwnDriver()) - 1]
    const { visit } = (await startWith(callback)).visitor()
    const atBoot = made.length

    await visit(put)
    await visit(put)
    await visit(cart)
    assert.equal(new Set(made).size - atBoot, 3)
  })

  test('the callback receives the manager, the config and the HTTP context', async ({ assert }) => {
    const seen: any[] = []
    const app = await startWith((sessionManager, config, ctx) => {
      seen.push([sessionManager, config, ctx])
      return new OwnDriver()
    })

    let given: unknown
    await app.visitor().visit((ctx) => void (given = ctx))
    const last = seen[seen.length - 1]
    assert.strictEqual(last[0], app.Session)
    assert.strictEqual(last[2], given)
  })

  test('the driver may depend on the context of the request', async ({ assert }) => {
    const values = { address: '' }
    const app = await startWith((_, __, ctx) => {
      values.address = ctx.request.ip()
      return new OwnDriver()
    })

    await app.visitor().visit(put)
    assert.equal(values.address, '127.0.0.1')
  })

  test('dependencies are injected from the container of the manager', async ({ assert }) => {
    const texts = new Map<string, string>()
    class EncryptingDriver extends OwnDriver {
      constructor(private encryption: EncryptionContract) {
        super()
      }
      public read(sessionId: string) {
        return this.encryption.decrypt<Record<string, any>>(texts.get(sessionId) ?? '')
      }
      public write(sessionId: string, values: Record<string, any>) {
        texts.set(sessionId, this.encryption.encrypt(values))
      }
    }
    const { ask } = (
      await startWith(
        ({ app }) => new EncryptingDriver(app.container.use('Adonis/Core/Encryption'))
      )
    ).visitor()

    const id = await ask(put)
    assert.notInclude(texts.get(id)!, 'cart')
    assert.deepEqual(await ask(cart), { total: 1900 })
  })

  test('config: is the property that is named like the driver', async ({ assert }) => {
    const configs: any[] = []
    const callback: ExtendCallback = (_, config) => {
      configs.push(config)
      return new OwnDriver()
    }
    const app = await startWith(callback, { own: { table: 'sessions', age: '3 days' } })

    await app.visitor().visit(put)
    assert.deepEqual({ ...configs[0] }, { table: 'sessions', age: '3 days' })
  })
})
