import { test } from '@japa/runner'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { bootApp, SESSION_CONFIG } from '../helpers/app'
import { contextWith, Jar, keepCookies } from '../helpers/contexts'
import { FourMethodDriver } from '../helpers/drivers'
import { SessionClient } from '../../src/Client'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { Session } from '../../src/Session'
import { SessionManager } from '../../src/SessionManager'
import { Store } from '../../src/Store'

const OURS = { Session, SessionClient, SessionManager, Store, MemoryDriver }
const OLD: Record<keyof typeof OURS, any> = {
  ...require('@adonisjs/session/build/src/Session'),
  ...require('@adonisjs/session/build/src/Client'),
  ...require('@adonisjs/session/build/src/SessionManager'),
  ...require('@adonisjs/session/build/src/Store'),
  ...require('@adonisjs/session/build/src/Drivers/Memory'),
}

/** What both versions do must be the same: the answer of 6.4.0 is the expected one. */
async function onBoth<T>(run: (classes: Record<keyof typeof OURS, any>) => T) {
  return { expected: await run(OLD), actual: await run(OURS) }
}

/** Calls of a store; what they answer and what is in the store after each. */
const STORE_CALLS: Record<string, (store: any) => unknown> = {
  get: (store) => store.get('cart.lines[0].sku'),
  'get of a literal dotted key': (store) => store.get('literal.key'),
  'get of nothing': (store) => store.get('nobody.home'),
  'get with a default value': (store) => store.get('nobody', 'default'),
  set: (store) => store.set('cart.lines', [1, { two: 2 }]),
  'set of a new path': (store) => store.set('a.b.c', 'd'),
  'set of an index of an array': (store) => store.set('cart.lines[1]', 'second'),
  unset: (store) => store.unset('cart.lines'),
  'unset of nothing': (store) => store.unset('nobody.home'),
  pull: (store) => store.pull('cart'),
  'pull with a default value': (store) => store.pull('nobody', 1),
  increment: (store) => store.increment('visits'),
  'increment by steps': (store) => store.increment('visits', 5),
  'increment of nothing': (store) => store.increment('stats.fresh'),
  decrement: (store) => store.decrement('visits', 2),
  merge: (store) => store.merge({ cart: { note: 'quick' }, more: 1 }),
  update: (store) => store.update({ other: true }),
  clear: (store) => store.clear(),
  has: (store) => ['visits', 'cart', 'none', 'nobody'].map((key) => store.has(key)),
  'has of an empty array, length unchecked': (store) => store.has('none', false),
  isEmpty: (store) => store.isEmpty,
  toString: (store: any) => store.toString(),
  toJSON: (store) => JSON.stringify(store),
  toObject: (store) => store.toObject(),
}

const values = () => ({
  visits: 3,
  cart: { lines: [{ sku: 'ä-1' }] },
  'literal.key': 'found',
  none: [],
})

test.group('The store as a class, beside that of 6.4.0', () => {
  for (const [name, call] of Object.entries(STORE_CALLS)) {
    test(name, async ({ assert }) => {
      const { expected, actual } = await onBoth(({ Store }) => {
        const store = new Store(values())
        return { answer: call(store), all: store.all() }
      })
      assert.deepEqual(actual, expected)
    })
  }

  test('it works on the object that it was given', ({ assert }) => {
    const given: Record<string, any> = {}
    new Store(given).set('a.b', 1)
    assert.deepEqual(given, { a: { b: 1 } })
  })

  test('it hands out an object that JSON cannot hold', ({ assert }) => {
    const given = { amount: { exact: BigInt(1) } }
    assert.equal(new Store(given).get('amount'), given.amount)
  })

  test('without values it is empty', ({ assert }) => {
    assert.isTrue(new Store(null).isEmpty)
    assert.isTrue(new Store({}).isEmpty)
  })

  test('increment and decrement refuse what is no number, as 6.4.0 does', ({ assert }) => {
    for (const verb of ['increment', 'decrement'] as const) {
      assert.throws(() => new Store(values())[verb]('cart'), /original value is not a number/)
    }
  })
})

test.group('Classes of the package, made by hand', (group) => {
  let app: ApplicationContract

  group.each.setup(async () => {
    app = await bootApp()
    return async () => {
      await app.shutdown()
      MemoryDriver.sessions.clear()
      OLD.MemoryDriver.sessions.clear()
    }
  })

  /** One request of a package that runs a session itself, such as a WebSocket server. */
  async function request(classes: any, jar: Jar, handler: (session: any) => unknown) {
    const ctx = contextWith(app, jar)
    const session = new classes.Session(ctx, SESSION_CONFIG, new FourMethodDriver())
    await session.initiate(false)
    const answer = JSON.stringify(await handler(session))
    await session.commit()
    keepCookies(ctx, jar)
    return answer && JSON.parse(answer)
  }

  test('new Session(ctx, config, driver) runs a session as 6.4.0 does', async ({ assert }) => {
    const { expected, actual } = await onBoth(async (classes) => {
      const jar: Jar = new Map()
      const answers: unknown[] = []
      const visit = async (handler: (session: any) => unknown) =>
        answers.push(await request(classes, jar, handler), [...jar.keys()])

      await visit((session) => {
        session.put('user', { id: 1 })
        session.flash('notice', 'Saved')
        return [session.initiated, session.fresh, session.readonly]
      })
      await visit((session) => [session.all(), session.flashMessages.all(), session.fresh])
      await visit((session) => session.regenerate())
      await visit((session) => [session.pull('user.id'), session.has('user.id'), session.all()])
      await visit((session) => session.clear())
      await visit((session) => session.all())
      return answers
    })
    assert.deepEqual(actual, expected)
  })

  test('each version goes on with the session of the other', async ({ assert }) => {
    const jar: Jar = new Map()
    await request(OLD, jar, (session) => session.put('from', '6.4.0'))
    await request(OURS, jar, (session) => session.put('and', 'ours'))
    const all = { from: '6.4.0', and: 'ours' }
    assert.deepEqual(await request(OLD, jar, (session) => session.all()), all)
  })

  test('before initiate a session refuses what 6.4.0 refuses', async ({ assert }) => {
    for (const verb of ['all', 'get', 'put', 'forget', 'flash', 'clear']) {
      const { expected, actual } = await onBoth(({ Session }) => {
        const session = new Session(contextWith(app), SESSION_CONFIG, new FourMethodDriver())
        try {
          return session[verb]('key', 1)
        } catch ({ code, status, message }) {
          return { code, status, begin: message.slice(0, 38) }
        }
      })
      assert.deepEqual(actual, expected)
      assert.equal(actual.code, 'E_RUNTIME_EXCEPTION')
    }
  })

  test('a readonly session refuses what 6.4.0 refuses', async ({ assert }) => {
    for (const verb of ['put', 'forget', 'pull', 'increment', 'flash', 'clear']) {
      const { expected, actual } = await onBoth(async ({ Session }) => {
        const session = new Session(contextWith(app), SESSION_CONFIG, new FourMethodDriver())
        await session.initiate(true)
        try {
          return session[verb]('key', 1)
        } catch ({ code, status, message }) {
          return { code, status, begin: message.slice(0, 59) }
        }
      })
      assert.deepEqual(actual, expected)
      assert.equal(actual.code, 'E_RUNTIME_EXCEPTION')
    }
  })

  test('new SessionClient(config, driver, cookieClient, values) commits and loads as 6.4.0 does', async ({
    assert,
  }) => {
    const { expected, actual } = await onBoth(async ({ SessionClient, MemoryDriver }) => {
      const cookieClient = app.container.resolveBinding('Adonis/Core/CookieClient')
      const client = new SessionClient(SESSION_CONFIG, new MemoryDriver(), cookieClient, { a: 1 })
      client.set('b.c', 2)
      client.flashMessages.merge({ notice: 'Hi' })

      const { sessionId, signedSessionId, cookieName } = await client.commit()
      const loaded = await client.load({ [cookieName]: { value: sessionId } })
      const { session } = await client.load({})
      await client.forget()

      return {
        enabled: client.isEnabled(),
        cookieName,
        unsigned: cookieClient.unsign(cookieName, signedSessionId) === sessionId,
        loaded,
        withoutCookie: session,
        left: [...MemoryDriver.sessions.keys()],
        isEmpty: client.isEmpty,
      }
    })
    assert.deepEqual(actual, expected)
    assert.deepEqual(actual.loaded, {
      session: { a: 1, b: { c: 2 } },
      flashMessages: { notice: 'Hi' },
    })
    assert.isTrue(actual.unsigned)
  })

  test('new SessionManager(app, config) makes sessions and clients as 6.4.0 does', async ({
    assert,
  }) => {
    const { expected, actual } = await onBoth(async ({ SessionManager }) => {
      const manager = new SessionManager(app, { ...SESSION_CONFIG, driver: 'mine' })
      manager.extend('mine', (given: any, config: any, ctx: any) => {
        return new (class extends FourMethodDriver {
          public async read() {
            return {
              manager: given === manager,
              application: given.application === app,
              cookieName: config.cookieName,
              url: ctx.request.url(),
            }
          }
        })()
      })

      const session = manager.create(contextWith(app, new Map()))
      return { isEnabled: manager.isEnabled(), initiated: session.initiated }
    })
    assert.deepEqual(actual, expected)
  })

  test('a manager whose sessions are disabled says so', async ({ assert }) => {
    const { expected, actual } = await onBoth(({ SessionManager }) => {
      const manager = new SessionManager(app, { ...SESSION_CONFIG, enabled: false })
      return [manager.isEnabled(), manager.client().isEnabled()]
    })
    assert.deepEqual(actual, expected)
    assert.deepEqual(actual, [false, false])
  })
})
