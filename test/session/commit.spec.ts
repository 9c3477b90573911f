import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { test } from '@japa/runner'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { collectedLog } from '../helpers/log'
import { storedValues } from '../helpers/stored'
import { apps, Handler, sharedApp, Visit } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

/** The names of the cookies that a response sets, each as often as it sets it. */
const namesOf = (visit: Visit) => cookiesOf(visit).map(({ name }) => name)

/** The ways in which an object gets into a session. */
const GIVEN: Record<string, (session: SessionContract, cart: object) => void> = {
  put: (session, cart) => session.put('carts', [cart]),
  pushed: (session, cart) => session.push('carts', cart),
  'put in place of all': (session, cart) => session.replace({ carts: [cart] }),
}

for (const driver of ALL_DRIVERS) {
  test.group(`Commits of one request on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`commit and the automatic commit send one set of cookies [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      const response = await visit(async ({ session }) => {
        session.put('a', 1)
        await session.commit()
        session.put('b', 2)
      })
      const names = namesOf(response)
      assert.equal(new Set(names).size, names.length)
      assert.include(names, 'adonis-session')
      assert.deepEqual(await ask(all), { a: 1, b: 2 })
    })

    test(`commit twice with nothing new stores the same [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      const response = await visit(async ({ session }) => {
        session.put('a', 1)
        await session.commit()
        await session.commit()
      })
      const names = namesOf(response)
      assert.equal(new Set(names).size, names.length)
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`commits that are not waited for are done in order [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(async ({ session }) => {
        const commits = [1, 2, 3].map((step) => {
          session.put('step', step)
          return session.commit()
        })
        await Promise.all(commits)
      })
      assert.deepEqual(await ask(all), { step: 3 })
    })

    test(`commit, regenerate, commit: the session has the new id [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      const { answer: during, ...response } = await visit(async ({ session }) => {
        session.put('a', 1)
        await session.commit()
        session.regenerate()
        session.put('b', 2)
        return session.sessionId
      })
      assert.lengthOf(
        cookiesOf(response).filter(({ name }) => name === 'adonis-session'),
        1
      )
      assert.equal(await ask(({ session }) => session.sessionId), during)
      assert.deepEqual(await ask(all), { a: 1, b: 2 })
    })

    test(`a value that is forgotten after a commit is gone [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(async ({ session }) => {
        session.put({ a: 1, b: 2 })
        await session.commit()
        session.forget('a')
      })
      assert.deepEqual(await ask(all), { b: 2 })
    })

    test(`messages flashed before and after a commit arrive together, once [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const messages: Handler = ({ session }) => session.flashMessages.all()

      await visit(async ({ session }) => {
        session.flash('one', 1)
        await session.commit()
        session.flash('two', 2)
      })
      assert.deepEqual(await ask(messages), { one: 1, two: 2 })
      assert.deepEqual(await ask(messages), {})
    })

    for (const [way, give] of Object.entries(GIVEN)) {
      test(`an object that was ${way} is changed in place between commits [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()

        await visit(async ({ session }) => {
          const cart = { items: [1] }
          give(session, cart)
          await session.commit()
          cart.items.push(2)
        })
        assert.deepEqual((await ask(all)).carts, [{ items: [1, 2] }])
      })
    }

    test(`an error of the handler does not keep the session from being stored [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      const fail: Handler = ({ session }) => {
        session.put('a', 1)
        throw new Error('after the put')
      }
      assert.equal((await visit(fail, { mayFail: true })).status, 500)
      assert.deepEqual(await ask(all), { a: 1 })
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`A manual commit on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`commit: the store has the session before the response leaves [${driver}]`, async ({
      assert,
    }) => {
      const { browser, ask } = visitor()

      const stored = await ask(async ({ session }) => {
        session.put('a', 1)
        await session.commit()
        return storedValues(driver, app(), session.sessionId, browser)
      })
      assert.deepEqual(stored, { a: 1 })
    })

    test(`commit: a change of another request in between is kept [${driver}]`, async ({
      assert,
    }) => {
      const { clone, visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      await visit(async ({ session }) => {
        session.put('b', 2)
        await session.commit()
        await clone().visit(({ session }) => session.put('c', 3))
        session.put('d', 4)
      })
      assert.deepEqual(await ask(all), { a: 1, b: 2, c: 3, d: 4 })
    })
  })
}

test.group('A response that has left', (group) => {
  const log = collectedLog(group)
  const start = apps(group)

  test('a stream that was sent before the commit stores the session all the same', async ({
    assert,
  }) => {
    const { visit, ask } = (await start('memory')).visitor()
    await visit(({ session }) => session.put('a', 1))

    const response = await visit(({ session, response }) => {
      session.put('b', 2)
      response.response.end('sent')
    })
    assert.equal(response.text, 'sent')
    assert.isUndefined(idCookieOf(response))
    assert.deepEqual(await ask(all), { a: 1, b: 2 })
  })

  for (const driver of ALL_DRIVERS) {
    test(`a session whose headers are flushed with the commit is kept [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = (await start(driver)).visitor()
      const response = await visit(async ({ session, response: answer }) => {
        session.put('a', 1)
        answer.status(201)
        await session.commit({ flushHeaders: true })
        await session.commit({ flushHeaders: true })
        answer.response.write('se')
        answer.response.end('nt')
      })
      assert.deepEqual([response.status, response.text], [201, 'sent'])
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`a raw answer that needs no cookie is no line in the log [${driver}]`, async ({
      assert,
    }) => {
      const { visit } = (await start(driver)).visitor()
      await visit(({ session }) => session.put('a', 1))
      log.splice(0)
      await visit(({ session, response }) => {
        session.get('a')
        response.response.end('sent')
      })
      assert.deepEqual(
        log.filter((line) => line.includes('session')),
        []
      )
    })
  }

  test('what the cookie driver can no longer store is an error, and the next request is served', async ({
    assert,
  }) => {
    const { visit, ask } = (await start('cookie')).visitor()
    await visit(({ session }) => session.put('a', 1))
    const codes: string[] = []
    const response = await visit(async ({ session, response: answer }) => {
      await session.commit({ flushHeaders: true })
      session.put('b', 2)
      await session.commit().catch(({ code }) => codes.push(code))
      answer.response.end('sent')
    })
    assert.deepEqual([response.status, response.text], [200, 'sent'])
    assert.deepEqual(codes, ['E_SESSION_RESPONSE_SENT'])
    assert.deepEqual(await ask(all), { a: 1 })
  })

  test('the commit at the end fails without harm to the answer', async ({ assert }) => {
    const { visit, ask } = (await start('cookie')).visitor()
    const response = await visit(({ session, response: answer }) => {
      session.put('a', 1)
      answer.response.end('sent')
    })
    assert.deepEqual([response.status, response.text], [200, 'sent'])
    assert.deepEqual(await ask(all), {})
  })

  test('a logout after it ends the session all the same', async ({ assert }) => {
    for (const driver of ALL_DRIVERS) {
      const { visit, ask } = (await start(driver)).visitor()
      await visit(({ session }) => session.put('a', 1))
      await visit(async ({ session, response }) => {
        await session.commit({ flushHeaders: true })
        session.invalidate()
        await session.commit()
        response.response.end('sent')
      })
      assert.deepEqual(await ask(all), {}, driver)
    }
  })
})
