import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { errorOf } from '../helpers/errors'
import { ClientApp, startClientApp } from '../helpers/test_client'

for (const driver of ALL_DRIVERS) {
  test.group(`A session of a context that no request made | ${driver}`, (group) => {
    let app: ClientApp
    const contextOf = () =>
      app.app.container.use('Adonis/Core/HttpContext').create('/cart/:id', { id: 1 })

    group.each.setup(async () => {
      app = await startClientApp(driver)
      return () => app.stop()
    })

    test('begins empty, and is stored by commit', async ({ assert }) => {
      const ctx = contextOf()
      const session = await app.Session.initiate(ctx)
      assert.strictEqual(session, ctx.session)
      assert.deepEqual([session.all(), session.fresh], [{}, true])

      session.put('cart', [1])
      session.flash('success', 'Saved')
      assert.isTrue(session.hasBeenModified)
      await session.commit()
      const lines = [ctx.response.getHeader('set-cookie')].flat().map(String)
      assert.match(lines.join(), /^adonis-session=s%3A/)

      const visitor = app.Session.visitor()
      visitor.receive(lines, app.url)
      assert.deepEqual(await visitor.getSession(), { cart: [1] })
      assert.deepEqual(await visitor.getFlashMessages(), { success: 'Saved' })
    })

    test('begins with values and messages, as if a request had left them', async ({ assert }) => {
      const ctx = contextOf()
      ctx.request.request.headers.cookie = 'theme=dark'
      const session = await app.Session.initiate(ctx, { user: { id: 1 } }, { success: 'Saved' })
      assert.equal(session.get('user.id'), 1)
      assert.equal(session.flashMessages.get('success'), 'Saved')
      assert.isFalse(session.fresh)
      assert.isFalse(session.hasBeenModified)
      assert.property(ctx.request.cookiesList(), 'theme')

      session.regenerate()
      await session.commit()
      assert.deepEqual(session.all(), { user: { id: 1 } })
    })

    test('is refused once somebody has looked at it', async ({ assert }) => {
      const [read, initiated] = [contextOf(), contextOf()]
      assert.isFalse(read.session.initiated)
      await app.Session.initiate(initiated)
      for (const call of [
        () => app.Session.initiate(read, { user: 1 }),
        () => app.Session.initiate(initiated),
      ]) {
        assert.match((await errorOf(call)).message, /^Call Session.initiate before/)
      }
    })
  })
}

test.group('A session of a context, with sessions disabled', () => {
  test('is refused with a hint', async ({ assert }) => {
    const app = await startClientApp('memory', { session: { enabled: false } })
    try {
      const ctx = app.app.container.use('Adonis/Core/HttpContext').create('/', {})
      const { message } = await errorOf(() => app.Session.initiate(ctx))
      assert.match(message, /Make sure to enable.*"config\/session" file/)
    } finally {
      await app.stop()
    }
  })
})
