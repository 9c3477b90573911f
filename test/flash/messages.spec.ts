import { test } from '@japa/runner'
import { ALL_DRIVERS, driversThat, SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const messages: Handler = ({ session }) => session.flashMessages.all()

for (const driver of ALL_DRIVERS) {
  test.group(`Flash messages on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    /** The messages that the next request finds after a handler. */
    const after = async (handler: Handler, body?: any) => {
      const { visit, ask } = visitor()
      await visit(handler, { body })
      return ask(messages)
    }

    test(`flash: keeps 0, false, the empty string and null [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.flash('zero', 0)
        session.flash('no', false)
        session.flash('empty', '')
        session.flash('null', null)
      })
      assert.deepEqual(flashed, { zero: 0, no: false, empty: '', null: null })
    })

    test(`flash: undefined is no message [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.flash('one', undefined as any)
        session.flash({ two: undefined as any, three: 3 })
      })
      assert.deepEqual(flashed, { three: 3 })
    })

    test(`flash: arrays of errors are replaced, not merged by index [${driver}]`, async ({
      assert,
    }) => {
      const flashed = await after(({ session }) => {
        session.flash({ errors: { title: ['required', 'minLength'], tags: ['unique'] } })
        session.flash({ errors: { title: ['alpha'] } })
      })
      assert.deepEqual(flashed, { errors: { title: ['alpha'], tags: ['unique'] } })
    })

    test(`flash: deep objects are merged [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.flash({ form: { user: { name: 'virk' } }, info: 1 })
        session.flash({ form: { user: { age: 30 }, page: 2 } })
      })
      assert.deepEqual(flashed, { form: { user: { name: 'virk', age: 30 }, page: 2 }, info: 1 })
    })

    test(`flash: a dotted key is a nested message [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.flash('errors.title', 'Required')
        session.flash('errors.body', 'Too long')
      })
      assert.deepEqual(flashed, { errors: { title: 'Required', body: 'Too long' } })
    })

    test(`flash: the same key again replaces the value [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.flash('message', { a: 1 })
        session.flash('message', { b: 2 })
      })
      assert.deepEqual(flashed, { message: { b: 2 } })
    })

    test(`flash: a message may be named input [${driver}]`, async ({ assert }) => {
      const flashed = await after(
        ({ session }) => {
          session.flashAll()
          session.flash({ input: 'a text' })
        },
        { title: 'Hello' }
      )
      assert.deepEqual(flashed, { input: 'a text', title: 'Hello' })
    })

    test(`flash: a date arrives as its text [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => session.flash({ at: new Date(0) }))
      assert.deepEqual(flashed, { at: '1970-01-01T00:00:00.000Z' })
    })

    test(`flashAll: a message of the same name wins, whichever came first [${driver}]`, async ({
      assert,
    }) => {
      const body = { title: 'the field', other: 1 }
      const first = await after(({ session }) => {
        session.flash('title', 'the message')
        session.flashAll()
      }, body)
      const last = await after(({ session }) => {
        session.flashAll()
        session.flash('title', 'the message')
      }, body)
      assert.deepEqual([first, last], [{ ...body, title: 'the message' }, first])
    })

    test(`flashAll: flashes what was sent, not what the handler made of it [${driver}]`, async ({
      assert,
    }) => {
      const flashed = await after(
        ({ request, session }) => {
          request.updateBody({ title: 'changed' })
          session.flashAll()
        },
        { title: 'sent' }
      )
      assert.deepEqual(flashed, { title: 'sent' })
    })

    test(`flashAll: keeps empty, false and nested fields [${driver}]`, async ({ assert }) => {
      const body = { a: '', b: false, c: 0, d: null, e: { f: [1, { g: '' }] } }
      assert.deepEqual(await after(({ session }) => session.flashAll(), body), body)
    })

    test(`flashAll, flashOnly, flashExcept: the last call counts [${driver}]`, async ({
      assert,
    }) => {
      const body = { a: 1, b: 2, c: 3 }
      const only = await after(({ session }) => {
        session.flashAll()
        session.flashOnly(['a'])
      }, body)
      const except = await after(({ session }) => {
        session.flashOnly(['a'])
        session.flashExcept(['a'])
      }, body)
      assert.deepEqual([only, except], [{ a: 1 }, { b: 2, c: 3 }])
    })

    test(`flashOnly, flashExcept: take nested fields and ignore absent ones [${driver}]`, async ({
      assert,
    }) => {
      const body = { user: { name: 'virk', password: 'secret' }, title: 'Hello' }
      const only = await after(({ session }) => session.flashOnly(['user.name', 'absent']), body)
      const except = await after(
        ({ session }) => session.flashExcept(['user.password', 'absent']),
        body
      )
      assert.deepEqual(only, { user: { name: 'virk' } })
      assert.deepEqual(except, { user: { name: 'virk' }, title: 'Hello' })
    })

    test(`flashExcept: leaves the body of the request as it is [${driver}]`, async ({ assert }) => {
      const body = { user: { name: 'virk', password: 'secret' } }

      const left = await visitor().ask(
        ({ request, session }) => {
          session.flashExcept(['user.password'])
          return request.original()
        },
        { body }
      )
      assert.deepEqual(left, body)
    })

    test(`responseFlashMessages: has the fields under every verb [${driver}]`, async ({
      assert,
    }) => {
      const body = { title: 'Hello', user: { name: 'Ada', email: 'a@b.c' }, tags: ['a'], 'a.b': 1 }
      const seen: any[] = []
      const flashed = await after(({ session }) => {
        session.flash('note', 'Saved')
        session.flashAll()
        const store = session.responseFlashMessages
        seen.push(store.get('user.name'), store.get('a.b'), store.has('tags'), store.isEmpty)
        seen.push(JSON.parse(store.toString()), store.pull('title'))
        store.unset('user.email')
        store.push('tags', 'b')
      }, body)
      const { title, ...rest } = body
      assert.deepEqual(seen, ['Ada', 1, true, false, { ...body, note: 'Saved' }, title])
      const left = { ...rest, note: 'Saved', user: { name: 'Ada' }, tags: ['a', 'b'] }
      assert.deepEqual(flashed, left)
    })

    test(`responseFlashMessages: a message below a field replaces the field [${driver}]`, async ({
      assert,
    }) => {
      const body = { user: { name: 'Ada' }, page: { size: 9 } }
      const flashed = await after(({ session }) => {
        session.flashAll()
        session.flash('user.error', 'Unknown')
        session.flash({ page: { error: 'Too large' } })
      }, body)
      assert.deepEqual(flashed, { user: { error: 'Unknown' }, page: { error: 'Too large' } })
    })

    test(`flashNow: is for this request, and not for the next [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()

      const now = await ask(({ session }) => {
        session.flashNow('message', 'Now')
        session.flashNow({ errors: { title: 'Required' } })
        return session.flashMessages.all()
      })
      assert.deepEqual(now, { message: 'Now', errors: { title: 'Required' } })
      assert.deepEqual(await ask(messages), {})
    })

    test(`flashNow: adds to the messages of the previous request [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.flash('before', 1))

      const now = await ask(({ session }) => {
        session.flashNow('now', 2)
        return session.flashMessages.all()
      })
      assert.deepEqual(now, { before: 1, now: 2 })
      assert.deepEqual(await ask(messages), {})
    })

    test(`reflash family: leave out what flashNow has added [${driver}]`, async ({ assert }) => {
      const family: Handler[] = [
        ({ session }) => session.reflash(),
        ({ session }) => session.reflashOnly(['note', 'now', 'errors']),
        ({ session }) => session.reflashExcept(['other']),
      ]
      for (const reflash of family) {
        const { visit, ask } = visitor()
        await visit(({ session }) => session.flash({ note: 'Saved', errors: { title: 'A' } }))
        await visit(async (ctx) => {
          ctx.session.flashNow({ now: 1, note: 'Now', errors: { body: 'B' } })
          await ctx.session.commit()
          reflash(ctx)
        })
        assert.deepEqual(await ask(messages), { note: 'Saved', errors: { title: 'A' } })
      }
    })

    test(`reflash: again and again keeps a message [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Kept'))
      for (let times = 0; times < 3; times++) {
        await visit(({ session }) => session.reflash())
      }
      assert.deepEqual(await ask(messages), { message: 'Kept' })
      assert.deepEqual(await ask(messages), {})
    })

    test(`reflash: adds to what is flashed in this request [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash({ a: 1, b: 1 }))
      await visit(({ session }) => {
        session.reflash()
        session.flash('b', 2)
        session.flash('c', 3)
      })
      assert.deepEqual(await ask(messages), { a: 1, b: 2, c: 3 })
    })

    test(`reflash: takes the form fields along [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flashAll(), { body: { title: 'Hello' } })
      await visit(({ session }) => session.reflash())
      assert.deepEqual(await ask(messages), { title: 'Hello' })
    })

    test(`reflash family: nothing to reflash is fine [${driver}]`, async ({ assert }) => {
      const flashed = await after(({ session }) => {
        session.reflash()
        session.reflashOnly(['a'])
        session.reflashExcept(['a'])
      })
      assert.deepEqual(flashed, {})
    })

    test(`reflashOnly, reflashExcept: take nested keys [${driver}]`, async ({ assert }) => {
      for (const verb of ['reflashOnly', 'reflashExcept'] as const) {
        const { visit, ask } = visitor()

        await visit(({ session }) => session.flash({ errors: { a: 1, b: 2 } }))
        await visit(({ session }) =>
          session[verb]([verb === 'reflashOnly' ? 'errors.b' : 'errors.a'])
        )
        assert.deepEqual(await ask(messages), { errors: { b: 2 } }, verb)
      }
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Flash messages of parallel requests on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    /** The messages that wait after two requests, of which the second one runs during the first one. */
    const afterBoth = async (first: Handler, second: Handler, before: Handler = () => {}) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('a', 1))
      await visit(before)
      const tab = clone()
      await visit(async (ctx) => {
        await first(ctx)
        await tab.visit(second)
      })
      const waiting = await ask(messages)
      return [waiting, await ask(messages)]
    }

    test(`flash: messages below one key are kept, and shown once [${driver}]`, async ({
      assert,
    }) => {
      const seen = await afterBoth(
        ({ session }) => session.flash('errors.title', 'Required'),
        ({ session }) => session.flash({ errors: { body: 'Too long', user: { name: 'Taken' } } })
      )
      const errors = { title: 'Required', body: 'Too long', user: { name: 'Taken' } }
      assert.deepEqual(seen, [{ errors }, {}])
    })

    test(`flash: an object that is one message is mixed with none of another request [${driver}]`, async ({
      assert,
    }) => {
      const [waiting] = await afterBoth(
        ({ session }) => session.flash('notice', { type: 'success', text: 'Saved' }),
        ({ session }) => session.flash('notice', { type: 'error', text: 'No', link: '/help' })
      )
      assert.deepEqual(waiting, { notice: { type: 'success', text: 'Saved' } })
    })

    test(`an object that was flashed and taken back takes nothing of another request away [${driver}]`, async ({
      assert,
    }) => {
      const TAKES_BACK: Record<string, Handler> = {
        unset: ({ session }) => session.responseFlashMessages.unset('notice'),
        clear: ({ session }) => session.responseFlashMessages.clear(),
        pull: ({ session }) => session.responseFlashMessages.pull('notice'),
      }
      for (const [verb, takesBack] of Object.entries(TAKES_BACK)) {
        const [waiting] = await afterBoth(
          (ctx) => {
            ctx.session.flash('notice', { text: 'Saved' })
            takesBack(ctx)
            ctx.session.flash('other', 1)
          },
          ({ session }) => session.flash('notice', { text: 'No' })
        )
        assert.deepEqual(waiting, { notice: { text: 'No' }, other: 1 }, verb)
      }
    })

    test(`flashAll: fields of one form are mixed with those of no other [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('a', 1))
      const tab = clone()
      const form = (address: object) => ({ body: { address } })
      await visit(
        async ({ session }) => {
          session.flashAll()
          await tab.visit((ctx) => ctx.session.flashAll(), form({ street: 'Elm', floor: 2 }))
        },
        form({ street: 'Main', city: 'Rome' })
      )
      assert.deepEqual(await ask(messages), { address: { street: 'Main', city: 'Rome' } })
    })

    test(`flash: an object that is one message is whole after each commit [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(async ({ session }) => {
        session.flash('notice', { type: 'error', text: 'No', link: '/help' })
        await session.commit()
        session.flash('notice', { type: 'error', text: 'Not yet' })
        await session.commit()
        session.put('a', 1)
      })
      assert.deepEqual(await ask(messages), { notice: { type: 'error', text: 'Not yet' } })
    })

    test(`flashErrors: adds to the errors of others, and they are shown once [${driver}]`, async ({
      assert,
    }) => {
      const seen = await afterBoth(
        ({ session }) => session.flashErrors({ E_PAYMENT: 'Declined' }),
        ({ session }) => session.flashErrors({ E_STOCK: 'Sold out' })
      )
      assert.deepEqual(seen, [{ errorsBag: { E_PAYMENT: 'Declined', E_STOCK: 'Sold out' } }, {}])
    })

    test(`flash: the later one wins where they are not both objects [${driver}]`, async ({
      assert,
    }) => {
      const [waiting] = await afterBoth(
        ({ session }) => session.flash({ tags: ['a'], note: { text: 1 }, list: 1, none: {} }),
        ({ session }) =>
          session.flash({ tags: ['b', 'c'], note: 1, list: { a: 1 }, none: { a: 1 } })
      )
      const expected = { tags: ['a'], note: { text: 1 }, list: 1, none: { a: 1 } }
      assert.deepEqual(waiting, expected)
    })

    test(`a request removes the message that it has seen, and none beside it [${driver}]`, async ({
      assert,
    }) => {
      const seen = await afterBoth(
        () => {},
        ({ session }) => session.flash('errors.body', 'Too long'),
        ({ session }) => session.flash('errors.title', 'Required')
      )
      assert.deepEqual(seen, [{ errors: { body: 'Too long' } }, {}])
    })

    test(`a request that commits twice stores each message once [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('a', 1))
      const tab = clone()
      await visit(async ({ session }) => {
        session.flash({ errors: { title: 'Required', old: 1 } })
        await session.commit()
        assert.deepEqual(await tab.ask(messages), { errors: { title: 'Required', old: 1 } })
        session.flash('errors.body', 'Too long')
        session.responseFlashMessages.unset('errors.old')
      })
      assert.deepEqual(await ask(messages), { errors: { body: 'Too long' } })
    })
  })
}

for (const driver of driversThat('isAtomic')) {
  test.group(`Flash messages below one key on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`flash: an equal message of another request is another one [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.flash({ errors: { title: 'Required', body: 'Long' } }))
      const tab = clone()
      await visit(async () => {
        await tab.visit(({ session }) => session.flash('errors.title', 'Required'))
        await tab.clone().visit(({ session }) => session.reflashOnly(['errors.title']))
      })
      assert.deepEqual(await ask(messages), { errors: { title: 'Required' } })
      assert.deepEqual(await ask(messages), {})
    })
  })
}
