import { test } from '@japa/runner'
import { newId } from '../../src/IdCookie'
import { contextWith } from '../helpers/contexts'
import { ALL_DRIVERS } from '../helpers/drivers'
import { cookiesWithId } from '../helpers/signed'
import { Handler, sharedApp, Visitor } from '../helpers/visits'

/** The lines of a rendered template that say something, trimmed. */
async function page({ visit }: Visitor, handler: Handler): Promise<string[]> {
  const { text } = await visit(handler)
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '')
}

const show =
  (template: string): Handler =>
  ({ view, response }) =>
    view.render(template).then((html) => response.send(html))

const showRaw =
  (contents: string): Handler =>
  ({ view, response }) =>
    view.renderRaw(contents).then((html) => response.send(html))

for (const driver of ALL_DRIVERS) {
  test.group(`Edge templates on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { providers: ['@adonisjs/view'] })

    test(`session.get: the cart of the reference page [${driver}]`, async ({ assert }) => {
      const shopper = visitor()

      assert.deepEqual(await page(shopper, show('cart')), ['<p> Cart total: 0 </p>'])
      await shopper.visit(({ session }) => session.put('cart_total', 1900))
      assert.deepEqual(await page(shopper, show('cart')), ['<p> Cart total: 1900 </p>'])
    })

    test(`session.get, has and all read the session [${driver}]`, async ({ assert }) => {
      const shopper = visitor()

      await shopper.visit(({ session }) => session.put('cart_total', 1900))
      assert.deepEqual(await page(shopper, show('session')), [
        'get: 1900',
        'get, or else: 1900',
        'has: true',
        'all: {"cart_total":1900}',
      ])
    })

    test(`what is put in the same request is shown as it will be stored [${driver}]`, async ({
      assert,
    }) => {
      const shopper = visitor()
      const lines = await page(shopper, ({ session, view, response }) => {
        session.put('order', {
          id: 10n,
          at: new Date(0),
          lines: new (class {
            public n = 1n
          })(),
        })
        const template =
          "{{ session.get('order').id }} {{ session.get('order').at }} {{ session.all().order.lines.n }}"
        return view.renderRaw(template).then((html) => response.send(html))
      })
      assert.deepEqual(lines, ['10 1970-01-01T00:00:00.000Z 1'])
    })

    test(`session.get, has and all of an empty session [${driver}]`, async ({ assert }) => {
      assert.deepEqual(await page(visitor(), show('session')), [
        'get: undefined',
        'get, or else: 0',
        'has: false',
        'all: {}',
      ])
    })

    test(`flashMessages: get, has, all and isEmpty of the reference page [${driver}]`, async ({
      assert,
    }) => {
      const writer = visitor()

      await writer.visit(({ session }) => session.flash('errors', { title: 'Required' }))
      assert.deepEqual(await page(writer, show('messages')), [
        'get: Required',
        'get, or else:',
        'has: true',
        'all: {"errors":{"title":"Required"}}',
        'isEmpty: false',
      ])
    })

    test(`flashMessages: all is an object when there are none [${driver}]`, async ({ assert }) => {
      assert.deepEqual(await page(visitor(), show('messages')), [
        'get: undefined',
        'get, or else:',
        'has: false',
        'all: {}',
        'isEmpty: true',
      ])
    })

    test(`flashMessages: pre-fill a form with flashAll [${driver}]`, async ({ assert }) => {
      const writer = visitor()
      const form = showRaw(`<input value="{{ flashMessages.get('title', '') }}">`)

      assert.deepEqual(await page(writer, form), ['<input value="">'])
      await writer.visit(({ session }) => session.flashAll(), { body: { title: '"Hi" & bye' } })
      assert.deepEqual(await page(writer, form), ['<input value="&quot;Hi&quot; &amp; bye">'])
    })

    test(`session: cannot be changed through what a template got [${driver}]`, async ({
      assert,
    }) => {
      const { ask, visit } = visitor()
      await visit(({ session }) => session.put({ items: [1], user: { name: 'virk' } }))

      await visit(showRaw(`{{ session.get('items').push(2) }} {{ session.all().items.push(3) }}`))
      await visit(showRaw(`{{ Object.assign(session.get('user'), { name: 'thief' }) }}`))
      assert.deepEqual(await ask(({ session }) => session.all()), {
        items: [1],
        user: { name: 'virk' },
      })
    })
  })
}

test.group('Edge templates', (group) => {
  const { visitor } = sharedApp(group, 'memory', { providers: ['@adonisjs/view'] })

  test('session: has none of the verbs that write', async ({ assert }) => {
    const names = await page(visitor(), showRaw('{{ Object.keys(session).sort() }}'))
    assert.deepEqual(names, ['all,get,has'])
  })

  test('session: shows what the handler has just put', async ({ assert }) => {
    const html = await page(visitor(), (ctx) => {
      ctx.session.put('cart_total', 5)
      return show('cart')(ctx)
    })
    assert.deepEqual(html, ['<p> Cart total: 5 </p>'])
  })

  test('session: its value of a default is the default itself', async ({ assert }) => {
    const html = await page(visitor(), showRaw(`{{ session.get('none', { a: 1 }).a }}`))
    assert.deepEqual(html, ['1'])
  })

  test('flashMessages: shows a message of flashNow', async ({ assert }) => {
    const html = await page(visitor(), (ctx) => {
      ctx.session.flashNow('errors', { title: 'Now' })
      return show('messages')(ctx)
    })
    assert.include(html, 'get: Now')
  })

  test('flashMessages: are consumed by a page that does not show them', async ({ assert }) => {
    const writer = visitor()

    await writer.visit(({ session }) => session.flash('errors', { title: 'Required' }))
    await page(writer, show('cart'))
    assert.include(await page(writer, show('messages')), 'isEmpty: true')
  })

  test('each request has its own session in its templates', async ({ assert }) => {
    const [one, other] = [visitor(), visitor()]
    await one.visit(({ session }) => session.put('cart_total', 1))
    await other.visit(({ session }) => session.put('cart_total', 2))

    const pages = await Promise.all([page(one, show('cart')), page(other, show('cart'))])
    assert.deepEqual(pages.flat(), ['<p> Cart total: 1 </p>', '<p> Cart total: 2 </p>'])
  })
})

const down = () => Promise.reject(new Error('down'))
const broken = { read: down, write: down, destroy: down, touch: down }

test.group('Edge templates while the store is down', (group) => {
  const { app } = sharedApp(group, 'memory', {
    providers: ['@adonisjs/view'],
    boot: ({ container }) =>
      container.use('Adonis/Addons/Session').extend('memory', () => broken as any),
  })

  test('an error page is rendered with an empty session and no messages', async ({ assert }) => {
    const { cookies } = cookiesWithId(app(), newId())
    const ctx = contextWith(app().app, new Map(Object.entries(cookies)))
    const error: any = await ctx.session.initiate(false).catch((reason) => reason)
    assert.equal(error.code, 'E_SESSION_STORE_UNAVAILABLE')

    const template =
      "{{ session.get('a', 'none') }} {{ session.has('a') }} {{ flashMessages.get('b', 'none') }}"
    assert.equal(await ctx.view.renderRaw(template), 'none false none')
  })
})

test.group('Flash messages are one object', (group) => {
  const { visitor } = sharedApp(group, 'memory')

  test('who asked for it before the session was loaded has the messages', async ({ assert }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) => session.flash('note', 'Saved'))
    const seen = await ask(async (ctx) => {
      const before = ctx.session.flashMessages
      ctx.session.initiated = false
      await ctx.session.initiate(false)
      return [before === ctx.session.flashMessages, before.all()]
    })
    assert.deepEqual(seen, [true, { note: 'Saved' }])
  })
})
