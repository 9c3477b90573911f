import { test } from '@japa/runner'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { ALL_DRIVERS } from '../helpers/drivers'
import { httpConfig } from '../helpers/http_config'
import { apps, sharedApp } from '../helpers/visits'

/** The hooks of the server, by the side of the handler that they are on. */
function hooksOf(app: any) {
  const { before, after } = app.app.container.use('Adonis/Core/Server').hooks.hooks
  return { before: before.length, after: after.length }
}

for (const driver of ALL_DRIVERS) {
  test.group(`Session.current on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      config: httpConfig({ useAsyncLocalStorage: true }),
    })
    const current = () => app().Session.current() as SessionContract

    test(`current: is the session of the request, wherever it is asked for [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const service = async () => current().put('from', 'the service')

      const isSame = await ask(async ({ session }) => {
        await service()
        return current() === session
      })
      assert.isTrue(isSame)
      await visit(() => current().increment('count'))
      assert.deepEqual(await ask(() => current().all()), { from: 'the service', count: 1 })
    })

    test(`current: parallel requests each have their own [${driver}]`, async ({ assert }) => {
      const names = ['one', 'two', 'three']
      const visits = names.map(async (name) => {
        const { visit, ask } = visitor()
        await visit(() => current().put('name', name))
        return ask(() => current().get('name'))
      })
      assert.deepEqual(await Promise.all(visits), names)
    })
  })
}

test.group('Session.current', (group) => {
  const start = apps(group)

  test('current: is null outside of a request', async ({ assert }) => {
    const app = await start('memory', { config: httpConfig({ useAsyncLocalStorage: true }) })
    assert.isNull(app.Session.current())
  })

  test('current: needs async local storage, and says so', async ({ assert }) => {
    const app = await start('memory')
    const response = await app.visitor().visit(() => void app.Session.current(), { mayFail: true })

    assert.equal(response.json.code, 'E_RUNTIME_EXCEPTION')
    assert.match(response.json.message, /"http\.useAsyncLocalStorage".*"config\/app"/)
  })
})

test.group('The session manager', (group) => {
  const start = apps(group)

  test('the binding is one manager, made of the config', async ({ assert }) => {
    const { app, Session } = await start('memory')

    assert.strictEqual(app.container.use('Adonis/Addons/Session'), Session)
    assert.isTrue(Session.isEnabled())
  })

  test('app and application are the application', async ({ assert }) => {
    const { app, Session } = await start('memory')

    assert.strictEqual(Session.app, app)
    assert.strictEqual(Session.application, app)
  })

  test('ctx.session is one object per context, and each context has its own', async ({
    assert,
  }) => {
    const { visitor } = await start('memory')
    const seen: unknown[] = []

    await visitor().visit((ctx) => void seen.push(ctx.session, ctx.session, ctx.request.session()))
    await visitor().visit((ctx) => void seen.push(ctx.session))
    assert.strictEqual(seen[0], seen[1])
    assert.strictEqual(seen[0], seen[2])
    assert.notStrictEqual(seen[0], seen[3])
  })

  test('create: makes the session of a context', async ({ assert }) => {
    const { app, Session } = await start('memory')
    const ctx = app.container.use('Adonis/Core/HttpContext').create('/', {})

    const session = Session.create(ctx)
    assert.isFalse(session.initiated)
    await session.initiate(false)
    assert.deepEqual(session.all(), {})
  })

  test('there is exactly one before hook and one after hook', async ({ assert }) => {
    const without = hooksOf(await start('memory', { session: { enabled: false } }))
    const having = hooksOf(await start('memory', { session: { enabled: true } }))

    assert.deepEqual(having, { before: without.before + 1, after: without.after + 1 })
  })

  test('enabled: false makes no hooks, and ctx.session is there all the same', async ({
    assert,
  }) => {
    const app = await start('memory', { session: { enabled: false } })

    assert.deepEqual(hooksOf(app), { before: 0, after: 0 })
    assert.isFalse(app.Session.isEnabled())
    const code = await app.visitor().codeOf(({ session }) => session.get('a'))
    assert.equal(code, 'E_RUNTIME_EXCEPTION')
  })
})
