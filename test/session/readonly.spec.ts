import { test } from '@japa/runner'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { handshake, setCookiesOn } from '../helpers/handshake'
import { storedValues } from '../helpers/stored'
import { sharedApp, VisitedApp, Visitor } from '../helpers/visits'

/** Every verb that writes, by its name. */
const WRITING: Record<string, (session: SessionContract) => unknown> = {
  put: (session) => session.put('b', 2),
  'put({…})': (session) => session.put({ b: 2 }),
  forget: (session) => session.forget('a'),
  pull: (session) => session.pull('a'),
  push: (session) => session.push('list', 1),
  remember: (session) => session.remember('b', () => 2),
  increment: (session) => session.increment('a'),
  decrement: (session) => session.decrement('a'),
  replace: (session) => session.replace({ b: 2 }),
  clear: (session) => session.clear(),
  flush: (session) => session.flush(),
  flash: (session) => session.flash('b', 2),
  'flash({…})': (session) => session.flash({ b: 2 }),
  flashNow: (session) => session.flashNow('b', 2),
  flashAll: (session) => session.flashAll(),
  flashOnly: (session) => session.flashOnly(['b']),
  flashExcept: (session) => session.flashExcept(['b']),
  reflash: (session) => session.reflash(),
  reflashOnly: (session) => session.reflashOnly(['message']),
  reflashExcept: (session) => session.reflashExcept(['other']),
  regenerate: (session) => session.regenerate(),
  invalidate: (session) => session.invalidate(),
  setAge: (session) => session.setAge('1 day'),
}

/** Every verb and property that reads values. */
const READING: Record<string, (session: SessionContract) => unknown> = {
  get: (session) => session.get('a'),
  has: (session) => session.has('a'),
  exists: (session) => session.exists('a'),
  missing: (session) => session.missing('a'),
  all: (session) => session.all(),
  only: (session) => session.only(['a']),
  except: (session) => session.except(['a']),
  isEmpty: (session) => session.isEmpty,
  hasBeenModified: (session) => session.hasBeenModified,
}

/** The code of the error that a verb raises, at once or later. */
async function codeOf(verb: () => unknown): Promise<string> {
  try {
    await verb()
    return 'no error'
  } catch (error) {
    return error.code
  }
}

/** A browser whose session holds a value and a flash message. */
async function member({ visitor }: { visitor(): Visitor }) {
  const member = visitor()
  await member.visit(({ session }) => {
    session.put('a', 1)
    session.flash('message', 'Hello')
  })
  return member
}

async function readonlySession(app: VisitedApp, { browser }: Visitor) {
  const ctx = handshake(app, browser)
  await ctx.session.initiate(true)
  return { ctx, session: ctx.session }
}

for (const driver of ALL_DRIVERS) {
  test.group(`A readonly session on ${driver}`, (group) => {
    const shared = sharedApp(group, driver)

    test(`readonly: reads the session of the cookie [${driver}]`, async ({ assert }) => {
      const { session } = await readonlySession(shared.app(), await member(shared))

      assert.deepEqual([session.readonly, session.initiated, session.fresh], [true, true, false])
      assert.deepEqual(session.all(), { a: 1 })
      assert.deepEqual(session.only(['a']), { a: 1 })
      assert.equal(await session.remember('a', () => 2), 1)
      assert.isFalse(session.hasBeenModified)
    })

    test(`readonly: flash messages are readable and not consumed [${driver}]`, async ({
      assert,
    }) => {
      const reader = await member(shared)
      const { session } = await readonlySession(shared.app(), reader)

      assert.deepEqual(session.flashMessages.all(), { message: 'Hello' })
      await session.commit()
      const message = await reader.ask(({ session }) => session.flashMessages.get('message'))
      assert.equal(message, 'Hello')
    })

    for (const name of Object.keys(WRITING)) {
      test(`readonly: ${name} raises E_RUNTIME_EXCEPTION [${driver}]`, async ({ assert }) => {
        const { session } = await readonlySession(shared.app(), await member(shared))

        assert.equal(await codeOf(() => WRITING[name](session)), 'E_RUNTIME_EXCEPTION')
        assert.deepEqual(session.all(), { a: 1 })
      })
    }

    test(`readonly: commit stores nothing and sends no cookie [${driver}]`, async ({ assert }) => {
      const reader = await member(shared)
      const { ctx, session } = await readonlySession(shared.app(), reader)

      session.all().a = 'changed in place'
      await session.commit()
      assert.deepEqual(setCookiesOn(ctx), [])
      assert.deepEqual(await reader.ask(({ session }) => session.all()), { a: 1 })
    })

    test(`readonly: a browser without a session gets an empty one [${driver}]`, async ({
      assert,
    }) => {
      const { ctx, session } = await readonlySession(shared.app(), shared.visitor())

      assert.deepEqual(session.all(), {})
      await session.commit()
      assert.deepEqual(setCookiesOn(ctx), [])
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`The record of a readonly session on ${driver}`, (group) => {
    const shared = sharedApp(group, driver)

    test(`readonly: the record stays as it is [${driver}]`, async ({ assert }) => {
      const reader = await member(shared)
      const { session } = await readonlySession(shared.app(), reader)
      const stored = () => storedValues(driver, shared.app(), session.sessionId, reader.browser)
      const before = await stored()

      await session.commit()
      assert.deepEqual(await stored(), before)
      assert.deepEqual(before, { a: 1, __flash__: { message: 'Hello' } })
    })
  })
}

test.group('A session that is not initiated', (group) => {
  const shared = sharedApp(group, 'memory')

  for (const [name, verb] of Object.entries({ ...READING, ...WRITING })) {
    test(`${name} raises E_RUNTIME_EXCEPTION`, async ({ assert }) => {
      const { session } = handshake(shared.app(), shared.app().browser())
      assert.equal(await codeOf(() => verb(session)), 'E_RUNTIME_EXCEPTION')
    })
  }

  test('the error says what to do', async ({ assert }) => {
    const { session } = handshake(shared.app(), shared.app().browser())

    assert.throws(
      () => session.get('a'),
      /Session store is not initiated yet.*"config\/session".*session hook/
    )
  })

  test('commit stores nothing, sends no cookie and raises nothing', async ({ assert }) => {
    const ctx = handshake(shared.app(), shared.app().browser())

    await ctx.session.commit()
    assert.deepEqual(setCookiesOn(ctx), [])
  })

  test('initiated, readonly, fresh and sessionId can be read', async ({ assert }) => {
    const { session } = handshake(shared.app(), shared.app().browser())

    assert.deepEqual([session.initiated, session.readonly, session.fresh], [false, false, true])
    assert.isString(session.sessionId)
  })
})
