import { test } from '@japa/runner'
import type { EventsList } from '@ioc:Adonis/Core/Event'
import type { SessionOutcome } from '@ioc:Adonis/Addons/Session'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'

type SessionEvent = Extract<keyof EventsList, `session:${string}`>

const put: Handler = ({ session }) => session.put('a', 1)

/** Runs some requests and returns what was emitted for an event meanwhile. */
async function emitted({ app }: VisitedApp, event: SessionEvent, run: () => Promise<unknown>) {
  const emitter = app.container.use('Adonis/Core/Event')
  const seen: any[] = []
  const listener = (data: any) => void seen.push(data)

  emitter.on(event, listener)
  await run()
  emitter.off(event, listener)
  return seen
}

/** What brings about each outcome, in the last request of a session that holds `{ a: 1 }`. */
const OUTCOMES: Partial<Record<SessionOutcome, (visitor: Visitor, app: VisitedApp) => Handler>> = {
  touched:
    () =>
    ({ session }) =>
      session.get('a'),
  committed:
    () =>
    ({ session }) =>
      session.put('b', 2),
  migrated:
    () =>
    ({ session }) =>
      session.regenerate(),
  destroyed:
    () =>
    ({ session }) =>
      session.invalidate(),
  gone:
    (_, { Session }) =>
    ({ session }) => {
      session.put('b', 2)
      return Session.destroy(session.sessionId)
    },
}

for (const driver of ALL_DRIVERS) {
  test.group(`Events on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`session:initiated: once per request, with its context and session [${driver}]`, async ({
      assert,
    }) => {
      let given: any
      const events = await emitted(app(), 'session:initiated', () =>
        visitor().visit((ctx) => void (given = ctx))
      )
      assert.lengthOf(events, 1)
      assert.strictEqual(events[0].ctx, given)
      assert.strictEqual(events[0].session, given.session)
    })

    test(`session:committed: a visitor who stores nothing is untouched [${driver}]`, async ({
      assert,
    }) => {
      const events = await emitted(app(), 'session:committed', () => visitor().visit(() => {}))
      assert.deepEqual(outcomesOf(events), ['untouched'])
    })

    for (const [outcome, make] of Object.entries(OUTCOMES)) {
      test(`session:committed: tells ${outcome} [${driver}]`, async ({ assert }) => {
        const member = visitor()
        await member.visit(put)

        const handler = make(member, app())
        const events = await emitted(app(), 'session:committed', () => member.visit(handler))
        assert.deepEqual(outcomesOf(events), [outcome])
      })
    }

    test(`session:committed: once for each commit [${driver}]`, async ({ assert }) => {
      const events = await emitted(app(), 'session:committed', () =>
        visitor().visit(({ session }) => {
          session.put('a', 1)
          return session.commit()
        })
      )
      assert.lengthOf(events, 2)
      assert.equal(events[0].outcome, 'committed')
      assert.strictEqual(events[0].session, events[0].ctx.session)
    })

    test(`session:migrated: tells the old id and the new one [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      let ids: string[] = []
      const events = await emitted(app(), 'session:migrated', async () => {
        ids = await ask(({ session }) => {
          const before = session.sessionId
          session.regenerate()
          return [before, session.sessionId]
        })
      })
      assert.lengthOf(events, 1)
      assert.deepEqual([events[0].fromSessionId, events[0].toSessionId], ids)
    })

    test(`session:migrated: not when the id stays [${driver}]`, async ({ assert }) => {
      const events = await emitted(app(), 'session:migrated', () => visitor().visit(put))
      assert.deepEqual(events, [])
    })

    test(`session:rejected: for the id of a session that has ended, with what ended it [${driver}]`, async ({
      assert,
    }) => {
      const endings: [Handler, string[]][] = [
        [({ session }) => session.invalidate(), ['invalidated']],
        [({ session }) => app().Session.destroy(session.sessionId), ['revoked']],
        [({ session }) => session.regenerate(), []],
      ]
      for (const [end, reasons] of endings) {
        const member = visitor()
        await member.visit(put)
        const copy = member.clone()
        await member.visit(end)
        const events = await emitted(app(), 'session:rejected', () => copy.visit(() => {}))
        assert.deepEqual(
          events.map(({ reason }) => reason),
          reasons
        )
        events.forEach(({ session }) => assert.deepEqual(session.all(), {}))
      }
    })

    test(`session:unreadable: once, for a cookie that is not ours, with a reason [${driver}]`, async ({
      assert,
    }) => {
      const events = await emitted(app(), 'session:unreadable', () =>
        visitor().visit(put, { cookies: { 'adonis-session': 's%3Aforged.signature' } })
      )
      assert.lengthOf(events, 1)
      assert.match(events[0].reason, /session cookie/)
      assert.deepEqual(events[0].ctx.session.all(), { a: 1 })
    })

    test(`session:unreadable: not for a browser without a cookie [${driver}]`, async ({
      assert,
    }) => {
      const events = await emitted(app(), 'session:unreadable', () => visitor().visit(put))
      assert.deepEqual(events, [])
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Events of parallel requests on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`session:committed: tells merged [${driver}]`, async ({ assert }) => {
      const { clone, visit, ask } = visitor()
      await visit(put)

      const events = await emitted(app(), 'session:committed', () =>
        visit(async ({ session }) => {
          await clone().visit(({ session: parallel }) => parallel.put('b', 2))
          session.put('c', 3)
        })
      )
      assert.deepEqual(outcomesOf(events), ['committed', 'merged'])
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1, b: 2, c: 3 })
    })
  })
}

test.group('Events', (group) => {
  const { app, visitor } = sharedApp(group, 'memory')

  test('a listener that fails does not fail the request', async ({ assert }) => {
    const emitter = app().app.container.use('Adonis/Core/Event')
    const listener = () => {
      throw new Error('from the listener')
    }
    const { visit, ask } = visitor()

    emitter.on('session:committed', listener)
    assert.equal((await visit(put)).status, 200)
    assert.equal(await ask(({ session }) => session.get('a')), 1)
    emitter.off('session:committed', listener)
  })

  test('session:unreadable is reported once, and not again by the next request', async ({
    assert,
  }) => {
    const { browser, visit } = visitor()
    browser.jar.set('adonis-session', { value: 's%3Afoo.bar', attributes: {}, expiresAt: null })

    const events = await emitted(app(), 'session:unreadable', async () => {
      await visit(put)
      await visit(put)
    })
    assert.lengthOf(events, 1)
  })
})

function outcomesOf(events: any[]): SessionOutcome[] {
  return events.map(({ outcome }) => outcome)
}

test.group('Events that a test fakes', (group) => {
  const { app, visitor } = sharedApp(group, 'memory')

  test('are recorded without a listener', async ({ assert }) => {
    const emitter = app().app.container.use('Adonis/Core/Event')
    for (const events of [undefined, ['session:committed' as const]]) {
      const fake = emitter.fake(events)
      await visitor().visit(put)
      assert.isTrue(fake.exists('session:committed'))
      assert.equal(fake.exists('session:initiated'), events === undefined)
      emitter.restore()
    }
  })
})
