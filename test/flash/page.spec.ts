import { test } from '@japa/runner'
import { Readable } from 'stream'
import { join } from 'path'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { APP_ROOT } from '../helpers/app'
import { apps, Handler, sharedApp, Visitor, VisitOptions } from '../helpers/visits'

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const SAVED = { note: 'Saved' }
const session = { flashTo: 'page' as const }

const messages: Handler = ({ session: own }) => own.flashMessages.all()
const flash: Handler = ({ session: own }) => own.flash(SAVED)

type Headers = Record<string, string>

/** A request of a browser, as Fetch metadata tells of it. */
const fetched = (mode: string, dest: string, more: Headers = {}): Headers => ({
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
  'sec-fetch-site': 'same-origin',
  accept: mode === 'navigate' ? HTML : '*/*',
  ...more,
})
const PAGE = fetched('navigate', 'document')
const XHR = fetched('cors', 'empty')
/** Instead of the one that the browser of the tests sends. */
const NO_REFERRER = { referer: '' }

/** Requests that show a page. */
const SHOW: Record<string, VisitOptions> = {
  'a navigation': { headers: PAGE },
  'a navigation in an iframe': { headers: fetched('navigate', 'iframe') },
  'a navigation of a service worker': { headers: fetched('navigate', 'empty') },
  'a form that is answered with a page': { headers: PAGE, body: {} },
  'a navigation of Turbo': {
    headers: { ...XHR, accept: 'text/html, application/xhtml+xml' },
  },
  'a form of Turbo': {
    headers: { ...XHR, accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' },
    body: {},
  },
  'a boosted link of htmx': { headers: { ...XHR, 'hx-request': 'true', 'hx-boosted': 'true' } },
  'a page of the history of htmx': {
    headers: { ...XHR, 'hx-request': 'true', 'hx-history-restore-request': 'true' },
  },
  'a visit of Inertia': {
    headers: { ...XHR, 'x-inertia': 'true', 'x-requested-with': 'XMLHttpRequest' },
  },
  'a navigation without Fetch metadata': { headers: { accept: HTML } },
  'a form without Fetch metadata': { headers: { accept: HTML }, body: {} },
  'a navigation in an app on Android': {
    headers: { accept: HTML, 'x-requested-with': 'com.example.app' },
  },
}

/** Requests that show none. */
const KEEP: Record<string, VisitOptions> = {
  'an XHR': { headers: XHR },
  'an XHR that posts': { headers: XHR, body: {} },
  'a request for JSON': { headers: { ...XHR, accept: 'application/json' } },
  'an XHR of jQuery for HTML': {
    headers: { ...XHR, accept: 'text/html, */*; q=0.01', 'x-requested-with': 'XMLHttpRequest' },
  },
  'a HEAD': { headers: PAGE, method: 'HEAD' },
  'a HEAD without Fetch metadata': { headers: { accept: HTML }, method: 'HEAD' },
  'a prefetched page': { headers: { ...PAGE, 'sec-purpose': 'prefetch' } },
  'a prerendered page': { headers: { ...PAGE, 'sec-purpose': 'prefetch;prerender' } },
  'a prefetched page of older browsers': { headers: { accept: HTML, purpose: 'prefetch' } },
  'a prefetched page of Firefox': { headers: { accept: HTML, 'x-moz': 'prefetch' } },
  ...Object.fromEntries(
    ['sec-purpose', 'purpose', 'x-sec-purpose', 'x-moz'].map((header) => [
      `a preview by ${header}`,
      { headers: { ...PAGE, [header]: 'preview' } },
    ])
  ),
  'a preview of Safari': { headers: { accept: HTML, 'x-purpose': 'preview' } },
  'a page that Turbo prefetches': {
    headers: { ...XHR, accept: HTML, 'x-sec-purpose': 'prefetch' },
  },
  'a page that htmx preloads': {
    headers: { ...XHR, 'hx-request': 'true', 'hx-boosted': 'true', 'hx-preloaded': 'true' },
  },
  'an image': { headers: fetched('no-cors', 'image', { accept: 'image/avif,image/*,*/*;q=0.8' }) },
  'a script': { headers: fetched('no-cors', 'script') },
  'an image that accepts HTML': { headers: fetched('no-cors', 'image', { accept: HTML }) },
  'an embedded document': { headers: fetched('navigate', 'embed') },
  'a source map': { headers: { accept: '*/*' } },
  'a request without headers': {},
  'a fragment of htmx': { headers: { ...XHR, accept: HTML, 'hx-request': 'true' } },
  'a frame of Turbo': { headers: { ...XHR, accept: HTML, 'turbo-frame': 'list' } },
  'a partial reload of Inertia': {
    headers: { ...XHR, 'x-inertia': 'true', 'x-inertia-partial-component': 'List' },
  },
  'the handshake of a web socket': { headers: fetched('websocket', 'websocket') },
}

/** Handlers of navigations whose responses show no page. */
const NO_PAGE: Record<string, [handler: Handler, status: number]> = {
  'a redirect': [({ response }) => response.redirect('/elsewhere'), 302],
  'a redirect that keeps the method': [({ response }) => response.redirect('/', false, 307), 307],
  'no content': [({ response }) => response.status(204).send(''), 204],
  'an empty body': [({ response }) => response.send(''), 204],
  'an empty buffer': [({ response }) => response.send(Buffer.alloc(0)), 200],
  'an empty page of HTML': [({ response }) => response.type('html').send(''), 204],
  'a form to be filled in anew': [({ response }) => response.status(205).send('a'), 205],
  'a page that is unchanged': [({ response }) => response.status(304).send(''), 304],
  'an error of the server': [
    () => {
      throw new Error('in the handler')
    },
    500,
  ],
  'a download': [
    ({ response }) => response.attachment(join(APP_ROOT, 'public', 'style.css'), 'a.css'),
    200,
  ],
  'a page to be saved': [
    ({ response }) => response.type('html').header('Content-Disposition', 'attachment').send('<p>'),
    200,
  ],
  'a file': [({ response }) => response.download(join(APP_ROOT, 'public', 'style.css')), 200],
  'a stream': [({ response }) => response.stream(Readable.from(['a'])), 200],
  'a redirect of htmx': [({ response }) => response.header('HX-Redirect', '/').send('ok'), 200],
  'a redirect of Inertia': [
    ({ response }) => response.status(409).header('X-Inertia-Location', '/').send('ok'),
    409,
  ],
  'a PDF': [({ response }) => response.type('application/pdf').send('a'), 200],
}

/** Handlers of navigations whose responses are pages. */
const A_PAGE: Record<string, [handler: Handler, status: number]> = {
  'a page': [({ response }) => response.type('html').send('<p>'), 200],
  'a streamed page': [
    ({ response }) => {
      response.header('content-type', 'text/html').stream(Readable.from(['<p>']))
    },
    200,
  ],
  'a page that does not exist': [({ response }) => response.status(404).send('none'), 404],
  'a form that was refused': [({ response }) => response.status(422).send('<form>'), 422],
  'a page shown inline': [
    ({ response }) => response.header('content-disposition', 'inline').send('<p>'),
    200,
  ],
}

const nextPage = ({ ask }: Visitor) => ask(messages, { headers: PAGE })

/** A visitor for whom a message waits. */
async function withMessage(visitor: () => Visitor) {
  const one = visitor()
  await one.visit(flash)
  return one
}

for (const driver of ['memory', 'cookie', 'redis']) {
  test.group(`Requests and responses with flashTo: 'page' on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session })

    for (const [name, options] of Object.entries(SHOW)) {
      test(`${name} gets the messages and removes them [${driver}]`, async ({ assert }) => {
        const one = await withMessage(visitor)
        assert.deepEqual(await one.ask(messages, options), SAVED)
        assert.deepEqual(await nextPage(one), {})
      })
    }

    for (const [name, options] of Object.entries(KEEP)) {
      test(`${name} gets no message and leaves it [${driver}]`, async ({ assert }) => {
        const one = await withMessage(visitor)
        const seen: any[] = []
        await one.visit((ctx) => void seen.push(messages(ctx)), options)
        assert.deepEqual(seen, [{}])
        assert.deepEqual(await nextPage(one), SAVED)
        assert.deepEqual(await nextPage(one), {})
      })
    }

    for (const [name, [handler, status]] of Object.entries(NO_PAGE)) {
      test(`a navigation leaves the messages if the response is ${name} [${driver}]`, async ({
        assert,
      }) => {
        const one = await withMessage(visitor)
        const seen: any[] = []
        const response = await one.visit(
          (ctx) => {
            seen.push(messages(ctx))
            return handler(ctx)
          },
          { headers: PAGE, mayFail: true }
        )
        assert.equal(response.status, status)
        assert.deepEqual(seen, [SAVED])
        assert.deepEqual(await nextPage(one), SAVED)
        assert.deepEqual(await nextPage(one), {})
      })
    }

    for (const [name, [handler, status]] of Object.entries(A_PAGE)) {
      test(`a navigation removes the messages if the response is ${name} [${driver}]`, async ({
        assert,
      }) => {
        const one = await withMessage(visitor)
        const response = await one.visit(handler, { headers: PAGE })
        assert.equal(response.status, status)
        assert.deepEqual(await nextPage(one), {})
      })
    }
  })
}

for (const driver of ALL_DRIVERS) {
  test.group(`flashTo: 'page' on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session })

    test(`what changes the session between leaves the messages [${driver}]`, async ({ assert }) => {
      const one = await withMessage(visitor)
      await one.visit(({ session: own }) => own.put('a', 1), { headers: XHR })
      await one.visit(({ session: own }) => own.flash('other', 2), { headers: XHR })
      await one.visit(({ session: own }) => own.reflash(), { headers: XHR })
      assert.deepEqual(await nextPage(one), { ...SAVED, other: 2 })
      assert.deepEqual(await one.ask(({ session: own }) => own.all()), { a: 1 })
    })

    test(`messages of several requests below one key wait together [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session: own }) => own.flashErrors({ E_PAYMENT: 'Declined' }))
      await one.visit(({ session: own }) => own.flashErrors({ E_STOCK: 'Sold out' }))
      const errorsBag = { E_PAYMENT: 'Declined', E_STOCK: 'Sold out' }
      assert.deepEqual(await nextPage(one), { errorsBag })
      assert.deepEqual(await nextPage(one), {})
    })

    test(`of two objects that are one message each, the last one waits [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      const notice = { type: 'success', text: 'Saved' }
      await one.visit(({ session: own }) => own.flash('notice', { type: 'error', link: '/help' }))
      await one.visit(({ session: own }) => own.flash('notice', notice))
      assert.deepEqual(await nextPage(one), { notice })
      assert.deepEqual(await nextPage(one), {})
    })

    test(`a login takes the messages along, and a logout does not [${driver}]`, async ({
      assert,
    }) => {
      const one = await withMessage(visitor)
      await one.visit(
        ({ session: own, response }) => {
          own.put('user', 1)
          own.regenerate()
          response.redirect('/')
        },
        { headers: PAGE, body: {} }
      )
      assert.deepEqual(await nextPage(one), SAVED)

      await one.visit(flash)
      await one.visit(
        ({ session: own, response }) => {
          own.invalidate()
          own.flash('bye', 1)
          response.redirect('/')
        },
        { headers: PAGE, body: {} }
      )
      assert.deepEqual(await nextPage(one), { bye: 1 })
    })

    test(`a message replaces the one of its name that still waits [${driver}]`, async ({
      assert,
    }) => {
      const one = await withMessage(visitor)
      await one.visit(
        ({ session: own, response }) => {
          own.flash('note', 'Saved again')
          response.redirect('/')
        },
        { headers: PAGE }
      )
      assert.deepEqual(await nextPage(one), { note: 'Saved again' })
      assert.deepEqual(await nextPage(one), {})
    })

    test(`reflash on a page keeps the messages for the next page [${driver}]`, async ({
      assert,
    }) => {
      const one = await withMessage(visitor)
      await one.visit(({ session: own }) => own.reflash(), { headers: PAGE })
      await one.visit(() => {}, { headers: XHR })
      assert.deepEqual(await nextPage(one), SAVED)
      assert.deepEqual(await nextPage(one), {})
    })

    test(`takeFlash gives the messages to any request, once [${driver}]`, async ({ assert }) => {
      const one = await withMessage(visitor)
      const taken = await one.ask(
        (ctx) => {
          ctx.session.flashNow('now', 1)
          ctx.session.takeFlash()
          ctx.session.takeFlash()
          return messages(ctx)
        },
        { headers: XHR }
      )
      assert.deepEqual(taken, { ...SAVED, now: 1 })
      assert.deepEqual(await nextPage(one), {})
    })

    test(`takeFlash adds to what flashNow has added below the same key [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session: own }) => own.flash('errors.title', 'Required'))
      const taken = await one.ask(
        (ctx) => {
          ctx.session.flashNow('errors.body', 'Too long')
          ctx.session.takeFlash()
          return messages(ctx)
        },
        { headers: XHR }
      )
      assert.deepEqual(taken, { errors: { title: 'Required', body: 'Too long' } })
    })

    test(`takeFlash removes the messages, also before a redirect [${driver}]`, async ({
      assert,
    }) => {
      const one = await withMessage(visitor)
      await one.visit(
        ({ session: own, response }) => {
          own.takeFlash()
          response.redirect('/')
        },
        { headers: PAGE }
      )
      assert.deepEqual(await nextPage(one), {})
    })

    test(`a commit on the way keeps both promises [${driver}]`, async ({ assert }) => {
      const one = await withMessage(visitor)
      const seen = await one.ask(
        async (ctx) => {
          ctx.session.flash('own', 1)
          await ctx.session.commit()
          await ctx.session.commit()
          return messages(ctx)
        },
        { headers: PAGE }
      )
      assert.deepEqual(seen, SAVED)
      assert.deepEqual(await nextPage(one), { own: 1 })

      await one.visit(flash)
      await one.visit(
        async ({ session: own, response }) => {
          response.redirect('/')
          await own.commit()
          own.flash('own', 2)
        },
        { headers: PAGE }
      )
      assert.deepEqual(await nextPage(one), { ...SAVED, own: 2 })
      assert.deepEqual(await nextPage(one), {})
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`flashTo: 'page' and parallel requests on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session })

    test(`XHRs that end while a page is made leave its messages [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(flash)
      const seen = await one.ask(
        async (ctx) => {
          await one.clone().visit(({ session: own }) => own.put('a', 1), { headers: XHR })
          return messages(ctx)
        },
        { headers: PAGE }
      )
      assert.deepEqual(seen, SAVED)
      assert.deepEqual(await nextPage(one), {})
    })

    test(`a page that ends while an XHR runs has shown its messages [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(flash)
      await one.visit(
        async ({ session: own }) => {
          assert.deepEqual(await nextPage(one.clone()), SAVED)
          own.put('a', 1)
        },
        { headers: XHR }
      )
      assert.deepEqual(await nextPage(one), {})
    })
  })
}

for (const driver of ALL_DRIVERS) {
  test.group(`flashTo: 'page' and parallel tabs on ${driver}`, (group) => {
    const clock = stoppedClock(group)
    const { app, visitor } = sharedApp(group, driver, { session })

    const at = (page: string, more: Headers = {}): Headers => ({
      ...PAGE,
      referer: `${app().url}${page}`,
      ...more,
    })
    const send =
      (note: any): Handler =>
      ({ session: own, response }) => {
        own.flash(note)
        response.redirect('/')
      }

    /** A form in one tab of a browser, sent and answered with a redirect that wasn't followed yet. */
    const sentForm = async () => {
      const tab = visitor()
      await tab.visit(send(SAVED), { headers: at('/form'), body: {} })
      return tab
    }

    test(`a message waits for the tab of its form [${driver}]`, async ({ assert }) => {
      const { ask } = await sentForm()
      assert.deepEqual(await ask(messages, { headers: at('/list') }), {})
      const typed = { ...PAGE, 'sec-fetch-site': 'none', ...NO_REFERRER }
      assert.deepEqual(await ask(messages, { headers: typed }), {})
      assert.deepEqual(await ask(messages, { headers: at('/form') }), SAVED)
      assert.deepEqual(await ask(messages, { headers: at('/form') }), {})
    })

    test(`each tab shows its own messages [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await sentForm()
      await visit(send({ other: 1 }), { headers: at('/list'), body: {} })
      assert.deepEqual(await ask(messages, { headers: at('/form') }), SAVED)
      assert.deepEqual(await ask(messages, { headers: at('/list') }), { other: 1 })
    })

    test(`each tab shows its own messages, also below one key [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(send({ errors: { title: 'Required' } }), { headers: at('/form'), body: {} })
      await visit(send({ errors: { name: 'Taken' } }), { headers: at('/list'), body: {} })
      const form = await ask(messages, { headers: at('/form') })
      const list = await ask(messages, { headers: at('/list') })
      assert.deepEqual(form, { errors: { title: 'Required' } })
      assert.deepEqual(list, { errors: { name: 'Taken' } })
    })

    test(`a message goes through several redirects of its tab [${driver}]`, async ({ assert }) => {
      const { visit, ask } = await sentForm()
      const on: Handler = ({ response }) => response.redirect('/')
      await visit(on, { headers: at('/form') })
      await visit(on, { headers: at('/form') })
      assert.deepEqual(await ask(messages, { headers: at('/form') }), SAVED)
    })

    test(`any page shows a message whose tab does not come [${driver}]`, async ({ assert }) => {
      const { ask } = await sentForm()
      clock.pass(9_999)
      assert.deepEqual(await ask(messages, { headers: at('/list') }), {})
      clock.pass(1)
      assert.deepEqual(await ask(messages, { headers: at('/list') }), SAVED)
    })

    test(`a page that does not tell where it comes from shows a message [${driver}]`, async ({
      assert,
    }) => {
      const one = await sentForm()
      assert.deepEqual(await one.ask(messages, { headers: { ...PAGE, ...NO_REFERRER } }), SAVED)
      for (const site of ['cross-site', 'same-site']) {
        const other = await sentForm()
        const headers = { ...PAGE, 'sec-fetch-site': site, referer: 'https://example.com/' }
        assert.deepEqual(await other.ask(messages, { headers }), SAVED, site)
      }
    })

    test(`a message of a script is for any tab [${driver}]`, async ({ assert }) => {
      const one = visitor()
      await one.visit(flash, { headers: { ...XHR, referer: `${app().url}/form` }, body: {} })
      assert.deepEqual(await one.ask(messages, { headers: at('/list') }), SAVED)

      const headers = { ...XHR, referer: `${app().url}/form` }
      await one.visit(send(SAVED), { headers, body: {} })
      assert.deepEqual(await one.ask(messages, { headers: at('/list') }), SAVED)
    })

    test(`takeFlash takes messages that wait for another tab [${driver}]`, async ({ assert }) => {
      const one = await sentForm()
      const taken = await one.ask((ctx) => {
        ctx.session.takeFlash()
        return messages(ctx)
      })
      assert.deepEqual(taken, SAVED)
    })
  })
}

test.group('flashTo', (group) => {
  const start = apps(group)

  test('absent, the next request gets the messages, and takeFlash does nothing', async ({
    assert,
  }) => {
    const { visit, ask } = (await start('memory')).visitor()
    await visit(flash)
    const seen = await ask(
      (ctx) => {
        ctx.session.flashMessages.clear()
        ctx.session.takeFlash()
        return messages(ctx)
      },
      { headers: XHR }
    )
    assert.deepEqual(seen, {})
    assert.deepEqual(await ask(messages, { headers: PAGE }), {})
  })

  test('takeFlash needs a session that is loaded, and can be used on a readonly one', async ({
    assert,
  }) => {
    const app = await start('memory', { session })
    const { visit, ask } = app.visitor()
    await visit(flash)
    const seen = await ask(async (ctx) => {
      ctx.session.initiated = false
      assert.throws(() => ctx.session.takeFlash(), /not initiated/)
      await ctx.session.initiate(true)
      ctx.session.takeFlash()
      return messages(ctx)
    })
    assert.deepEqual(seen, SAVED)
    assert.deepEqual(await ask(messages, { headers: PAGE }), SAVED)
  })

  test('a handler that returns nothing leaves the messages', async ({ assert }) => {
    const app = await start('memory', {
      session,
      routes: (route) => void route.get('/nothing', async () => {}),
    })
    const one = app.visitor()
    await one.visit(flash)
    assert.equal((await one.browser.request('/nothing', { headers: PAGE })).text, '')
    assert.deepEqual(await nextPage(one), SAVED)
    assert.deepEqual(await nextPage(one), {})
  })

  test('a handler that writes to the raw response shows a page', async ({ assert }) => {
    const one = (await start('memory', { session })).visitor()
    await one.visit(flash)
    await one.visit(({ response }) => void response.response.end('<p>'), { headers: PAGE })
    assert.deepEqual(await nextPage(one), {})
  })

  test('what one commit has removed, the next one does not write again', async ({ assert }) => {
    const outcomes: string[] = []
    const app = await start('memory', {
      session: { ...session, touchEvery: '1m' },
      boot: ({ container }) =>
        void container
          .use('Adonis/Core/Event')
          .on('session:committed', ({ outcome }) => void outcomes.push(outcome)),
    })
    for (const takesAgain of [false, true]) {
      const { visit } = app.visitor()
      await visit((ctx) => {
        ctx.session.put('a', 1)
        return flash(ctx)
      })
      outcomes.length = 0
      await visit(
        async ({ session: own }) => {
          await own.commit()
          takesAgain && own.takeFlash()
        },
        { headers: PAGE }
      )
      assert.deepEqual(outcomes, ['committed', 'untouched'], String(takesAgain))
    }
  })

  test('a session that is initiated again has taken nothing yet', async ({ assert }) => {
    const one = (await start('memory', { session })).visitor()
    await one.visit(flash)
    await one.visit(
      async ({ session: own, response }) => {
        own.takeFlash()
        own.flash('next', 1)
        await own.commit()
        own.initiated = false
        own.responseFlashMessages.clear()
        await own.initiate(false)
        response.redirect('/')
      },
      { headers: PAGE }
    )
    assert.deepEqual(await nextPage(one), { next: 1 })
  })

  for (const value of ['pages', true, 0, ['page']]) {
    test(`${JSON.stringify(value)} is an error at boot`, async ({ assert }) => {
      const error = await start('memory', { session: { flashTo: value as any } }).catch(
        (reason) => reason
      )
      assert.equal(error.code, 'E_SESSION_INVALID_CONFIG')
      assert.include(error.message, `"flashTo" is ${JSON.stringify(value)}, and must be "page"`)
    })
  }
})
