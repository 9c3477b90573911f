import { test } from '@japa/runner'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { collectedLog } from '../helpers/log'
import { apps, Handler, sharedApp } from '../helpers/visits'

const messages: Handler = ({ session }) => session.flashMessages.all()

for (const driver of ALL_DRIVERS) {
  test.group(`The request of a flash message on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      config: { static: { enabled: true, dotFiles: 'ignore', etag: true, lastModified: true } },
    })

    test(`a message is for exactly one request [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello'))
      assert.deepEqual(await ask(messages), { message: 'Hello' })
      assert.deepEqual(await ask(messages), {})
      assert.deepEqual(await ask(messages), {})
    })

    test(`the next request consumes a message that it does not look at [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello'))
      await visit(() => {})
      assert.deepEqual(await ask(messages), {})
    })

    test(`a request that fails consumes a message, too [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello'))
      await visit(
        () => {
          throw new Error('in the handler')
        },
        { mayFail: true }
      )
      assert.deepEqual(await ask(messages), {})
    })

    test(`an asset does not consume a message [${driver}]`, async ({ assert }) => {
      const { browser, visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello'))
      assert.equal((await browser.get('/style.css')).status, 200)
      assert.deepEqual(await ask(messages), { message: 'Hello' })
    })

    test(`a message is flashed before a redirect and by a handler that fails [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const flashAndFail: Handler = ({ session }) => {
        session.flash('message', 'Sorry')
        throw new Error('in the handler')
      }

      await visit(flashAndFail, { mayFail: true })
      assert.deepEqual(await ask(messages), { message: 'Sorry' })
    })

    test(`messages of one browser are not those of another [${driver}]`, async ({ assert }) => {
      const [one, other] = [visitor(), visitor()]

      await other.visit(() => {})
      await one.visit(({ session }) => session.flash('message', 'Hello'))
      assert.deepEqual(await other.ask(messages), {})
      assert.deepEqual(await one.ask(messages), { message: 'Hello' })
    })

    test(`consuming a message leaves the values alone [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.put('a', 1)
        session.flash('message', 'Hello')
      })
      await visit(({ session }) => session.put('b', 2))
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1, b: 2 })
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Flash messages of parallel requests on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    /** A browser with a session, so that its parallel requests share one. */
    const member = async () => {
      const member = visitor()
      await member.visit(({ session }) => session.put('a', 1))
      return member
    }

    test(`two messages of parallel requests both survive [${driver}]`, async ({ assert }) => {
      const { clone, visit, ask } = await member()

      await visit(async ({ session }) => {
        session.flash('one', 1)
        await clone().visit(({ session: parallel }) => parallel.flash('two', 2))
      })
      assert.deepEqual(await ask(messages), { one: 1, two: 2 })
      assert.deepEqual(await ask(messages), {})
    })

    test(`a request that began before a message was flashed leaves it [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = await member()

      await visit(async ({ session }) => {
        await clone().visit(({ session: parallel }) => parallel.flash('message', 'Hello'))
        session.put('b', 2)
      })
      assert.deepEqual(await ask(messages), { message: 'Hello' })
    })

    test(`parallel requests that both saw a message consume it once for all [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = await member()
      await visit(({ session }) => session.flash('message', 'Hello'))

      const seen = await ask(async ({ session }) => [
        session.flashMessages.get('message'),
        await clone().ask(({ session: parallel }) => parallel.flashMessages.get('message')),
      ])
      assert.deepEqual(seen, ['Hello', 'Hello'])
      assert.deepEqual(await ask(messages), {})
    })

    test(`a message replaced meanwhile survives the request that saw the old one [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = await member()
      await visit(({ session }) => session.flash('message', 'old'))

      await visit(async () => {
        await clone().visit(({ session: parallel }) => parallel.flash('message', 'new'))
      })
      assert.deepEqual(await ask(messages), { message: 'new' })
    })
  })
}

/** A driver with the four methods alone cannot tell equal messages apart (docs/decisions.md). */
for (const driver of SERVER_DRIVERS.filter((name) => name !== 'fourMethods')) {
  test.group(`Equal flash messages of parallel requests on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`the same message flashed again meanwhile survives as well [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = visitor()
      await visit(({ session }) => session.flash('message', 'Saved'))

      await visit(async () => {
        await clone().visit(({ session: parallel }) => parallel.flash('message', 'Saved'))
      })
      assert.deepEqual(await ask(messages), { message: 'Saved' })
    })
  })
}

test.group('Flashed input that does not fit into the cookies', (group) => {
  const log = collectedLog(group)
  const start = apps(group)
  const body = { title: 'short', text: 'x'.repeat(20_000) }

  test('is dropped, and the errors are kept', async ({ assert }) => {
    const one = (await start('cookie')).visitor()
    await one.visit(({ session }) => session.put('user', 7))
    await one.visit(
      ({ session }) => {
        session.flashAll()
        session.flash('errors', { text: ['too long'] })
      },
      { body }
    )
    assert.deepEqual(await one.ask(({ session }) => [session.all(), session.flashMessages.all()]), [
      { user: 7 },
      { errors: { text: ['too long'] } },
    ])
    assert.match(log.join('\n'), /the flashed input is dropped.*bytes of cookies/)
  })

  test('is no excuse for a session that does not fit by itself', async ({ assert }) => {
    const code = await (await start('cookie')).visitor().codeOf(
      ({ session }) => {
        session.flashAll()
        session.put('big', 'x'.repeat(20_000))
      },
      { body }
    )
    assert.equal(code, 'E_SESSION_COOKIE_TOO_LARGE')
  })
})

test.group('Flashing with sessions disabled', (group) => {
  const log = collectedLog(group)
  const start = apps(group)

  test('does nothing, so that the form of a validator goes back, and is told', async ({
    assert,
  }) => {
    const app = await start('memory', {
      session: { enabled: false },
      providers: ['@adonisjs/validator'],
    })
    const { schema } = app.app.container.use('Adonis/Core/Validator')
    const failed = await app.visitor().visit(
      (ctx) =>
        ctx.request
          .validate({ schema: schema.create({ email: schema.string() }) })
          // As the exception handler of an app does.
          .catch((error) => error.handle(error, ctx)),
      { body: {}, headers: { accept: 'text/html' }, followRedirects: false }
    )
    assert.equal(failed.status, 302)
    assert.match(log.join('\n'), /nothing is flashed, as sessions are disabled/)
  })

  test('is no way around an error of the other verbs', async ({ assert }) => {
    const app = await start('memory', { session: { enabled: false } })
    const code = await app.visitor().codeOf(({ session }) => session.put('a', 1))
    assert.equal(code, 'E_RUNTIME_EXCEPTION')
  })
})
