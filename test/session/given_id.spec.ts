import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { idCookieOf } from '../helpers/cookies'
import { Handler, sharedApp } from '../helpers/visits'

/** As an app does that has clients without cookies: the id comes in a header. */
function withId(sessionId: string, handler: Handler): Handler {
  return async (ctx) => {
    const { session } = ctx
    session.initiated = false
    session.sessionId = sessionId
    await session.initiate(false)
    return handler(ctx)
  }
}

for (const driver of SERVER_DRIVERS) {
  test.group(`A session id that the app sets before initiate: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })

    test(`leads to its session [${driver}]`, async ({ assert }) => {
      const owner = visitor()
      const id = await owner.ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      })
      const client = await visitor().visit(
        withId(id, ({ session }) => {
          session.put('b', 2)
          return [session.sessionId, session.fresh, session.all()]
        })
      )
      assert.deepEqual(client.answer, [id, false, { a: 1, b: 2 }])
      assert.isDefined(idCookieOf(client))
      assert.deepEqual(await owner.ask(({ session }) => session.all()), { a: 1, b: 2 })
    })

    test(`leaves the session of the browser's own cookie alone [${driver}]`, async ({ assert }) => {
      const [owner, other] = [visitor(), visitor()]
      const id = await owner.ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      })
      await other.visit(({ session }) => session.put('mine', 1))
      const before = other.clone()
      await other.visit(withId(id, ({ session }) => session.put('b', 2)))
      assert.deepEqual(await before.ask(({ session }) => session.all()), { mine: 1 })
    })

    test(`that cannot be an id reaches no driver [${driver}]`, async ({ assert }) => {
      for (const id of ['../../etc/passwd', 'a/b', '', 'x'.repeat(500), '__proto__']) {
        const seen = await visitor().ask(
          withId(id, ({ session }) => {
            session.put('a', 1)
            return [session.sessionId === id, session.fresh]
          })
        )
        assert.deepEqual(seen, [false, true], id)
      }
    })

    test(`that has no session is replaced, so that nobody can choose one [${driver}]`, async ({
      assert,
    }) => {
      const id = 'chosenbyanattacker'
      const client = await visitor().visit(
        withId(id, ({ session }) => {
          session.put('user', 7)
          return [session.sessionId === id, session.fresh]
        })
      )
      assert.deepEqual(client.answer, [false, true])
      const seen = await visitor().ask(withId(id, ({ session }) => session.all()))
      assert.deepEqual(seen, {})
    })

    test(`of a session that has ended gets another id [${driver}]`, async ({ assert }) => {
      const owner = visitor()
      const id = await owner.ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      })
      await owner.visit(({ session }) => session.invalidate())
      const client = await visitor().ask(
        withId(id, ({ session }) => {
          session.put('b', 2)
          return [session.sessionId === id, session.all()]
        })
      )
      assert.deepEqual(client, [false, { b: 2 }])
    })
  })
}
