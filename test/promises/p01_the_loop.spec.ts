import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { stoppedClock } from '../helpers/clock'
import { apps, Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const messages: Handler = ({ session }) => session.flashMessages.all()
const idOf: Handler = ({ session }) => session.sessionId
const CALLS = ['load', 'replace', 'touch', 'retire', 'destroy'] as const

/** A driver whose calls are noted, and may be answered by a test. */
class NotedDriver extends MemoryDriver {
  public static calls: string[] = []
  public static instead: Partial<Record<string, (call: () => any, ...args: any[]) => any>> = {}
}
for (const name of CALLS) {
  const original: any = MemoryDriver.prototype[name]
  NotedDriver.prototype[name] = function (this: NotedDriver, ...args: any[]) {
    NotedDriver.calls.push(name)
    const call = () => original.apply(this, args)
    return NotedDriver.instead[name]?.(call, ...args) ?? call()
  } as any
}

test.group('P1 What a commit asks its driver for', (group) => {
  const { visitor } = sharedApp(group, 'memory', {
    session: { touchEvery: '1m', saveUninitialized: false },
    boot: ({ container }) =>
      container.use('Adonis/Addons/Session').extend('memory', () => new NotedDriver()),
  })
  group.each.setup(() => {
    NotedDriver.instead = {}
    return () => void (NotedDriver.instead = {})
  })
  const callsOf = async (work: () => Promise<unknown>) => {
    NotedDriver.calls = []
    await work()
    return NotedDriver.calls
  }

  test('a stranger who logs in, or out, has no id that is to be retired', async ({ assert }) => {
    const login = () =>
      visitor().visit(({ session }) => {
        session.put('user', 7)
        session.regenerate()
      })
    assert.deepEqual(await callsOf(login), ['replace'])
    const logout = () => visitor().visit(({ session }) => session.invalidate())
    assert.deepEqual(await callsOf(logout), [])
  })

  test('one that only reads is asked for once, and with an id of no session no more', async ({
    assert,
  }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('a', 1))
    assert.deepEqual(await callsOf(() => one.visit(all)), ['load'])
    const id = await one.ask(idOf)
    MemoryDriver.sessions.delete(id)
    assert.deepEqual(await callsOf(() => one.visit(all)), ['load'])
    const twice: Handler = async ({ session }) => {
      await session.commit()
      await session.commit()
    }
    assert.deepEqual(await callsOf(() => one.visit(twice)), ['load'])
  })

  test('who goes on after a logout has an id that is to be retired no more', async ({ assert }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('a', 1))
    const goesOn: Handler = async ({ session }) => {
      session.invalidate()
      await session.commit()
      session.put('a', 2)
      session.regenerate()
    }
    assert.deepEqual(await callsOf(() => one.visit(goesOn)), ['load', 'retire', 'replace'])
  })

  test('passive asks nothing, also where the expiry is due', async ({ assert }) => {
    const one = visitor()
    await one.visit(({ session }) => {
      session.put('a', 1)
      session.setAge('2s')
    })
    const passive: Handler = ({ session }) => session.passive()
    assert.deepEqual(await callsOf(() => one.visit(passive)), ['load'])
  })

  test('a driver that never agrees is an outage after 100 tries', async ({ assert }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('a', 1))
    NotedDriver.instead.replace = async function (_: () => any, id: string) {
      const found = await new MemoryDriver().load(id)
      return { done: false, found }
    }
    const calls = await callsOf(async () => {
      const { status, json } = await one.visit(({ session }) => session.put('b', 2), {
        mayFail: true,
      })
      assert.equal(status, 503)
      assert.include(json.message, 'other requests kept changing it, 100 times in a row')
    })
    assert.lengthOf(
      calls.filter((name) => name === 'replace'),
      100
    )
  })

  test('a logout ends its session although what begins after it finds no room', async ({
    assert,
  }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('user', 7))
    const tab = one.clone()
    NotedDriver.instead.replace = async () => {
      throw new Error('there is no room')
    }
    const code = await one.codeOf(({ session }) => {
      session.invalidate()
      session.flash('note', 'You are logged out')
    })
    assert.equal(code, 'E_SESSION_STORE_UNAVAILABLE')
    NotedDriver.instead = {}
    assert.deepEqual(await tab.ask(all), {})
  })

  test('a login whose new id is barred as it begins stores nothing, and retires nothing', async ({
    assert,
  }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('cart', [1]))
    NotedDriver.instead.replace = async () => ({
      done: false,
      found: { state: 'retired', tombstone: { reason: 'revoked' } },
    })
    const login = () =>
      one.visit(({ session }) => {
        session.put('user', 7)
        session.regenerate()
      })
    assert.deepEqual(await callsOf(login), ['load', 'replace', 'replace'])
    NotedDriver.instead = {}
    assert.deepEqual(await one.ask(all), { cart: [1] })
  })

  test('one that takes no new session is an outage, and not a login without one', async ({
    assert,
  }) => {
    NotedDriver.instead.replace = async () => ({ done: false, found: { state: 'absent' } })
    const { status, json } = await visitor().visit(
      ({ session }) => {
        session.put('user', 7)
        session.regenerate()
      },
      { mayFail: true }
    )
    assert.deepEqual([status, json.code], [503, 'E_SESSION_STORE_UNAVAILABLE'])
  })

  test('a family that another request changed meanwhile is noted all the same', async ({
    assert,
  }) => {
    const owner = visitor()
    await owner.visit(({ session }) => session.put({ user: 7, cart: [1] }))
    const old = owner.clone()
    await owner.visit(({ session }) => session.regenerate())
    const heir = await owner.ask(idOf)
    NotedDriver.instead.replace = async (call, id) => {
      if (id === heir) {
        NotedDriver.instead = {}
        // Another process, which has a queue of its own.
        const store = new MemoryDriver()
        const { record } = (await store.load(heir)) as any
        const next = {
          json: '{"user":7,"cart":[1],"n":1}',
          meta: { ...record.meta, revision: 'x' },
        }
        await store.replace(heir, next as any, record.version, 7_200_000)
      }
      return call()
    }
    await old.visit(({ session }) => {
      session.put('theme', 'dark')
      session.regenerate()
    })
    assert.equal((await old.ask(all)).user, 7)
    assert.equal((await owner.ask(all)).n, 1)
    await owner.visit(({ session }) => session.invalidate())
    assert.deepEqual(await old.ask(all), {})
  })
})

/** With it, a session has the time of its beginning in its meta. */
const LIMITED = { absoluteAge: '10h' }

async function metaOf(id: string) {
  const found = await new MemoryDriver().load(id)
  return found.state === 'stored' ? found.record.meta : {}
}

test.group('P1 What is kept where a request comes late', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  test('a second login with the old id that only flashes has its message', async ({ assert }) => {
    const app = await start('memory')
    const one = app.visitor()
    await one.visit(({ session }) => session.put('user', 7))
    const other = one.clone()
    await one.visit(({ session }) => session.regenerate())
    await other.visit(({ session }) => {
      session.regenerate()
      session.flash('success', 'Welcome')
    })
    assert.deepEqual(await other.ask(messages), { success: 'Welcome' })
    assert.equal((await other.ask(all)).user, 7)
  })

  test('a second login with the old id has a session of its own where that of the first is lost', async ({
    assert,
  }) => {
    const { visitor } = await start('memory', { session: LIMITED })
    const owner = visitor()
    await owner.visit(({ session }) => session.put('cart', [1]))
    const { createdAt } = await metaOf(await owner.ask(idOf))
    assert.isNumber(createdAt)
    const old = owner.clone()
    await owner.visit(({ session }) => session.regenerate())
    MemoryDriver.sessions.delete(await owner.ask(idOf))
    clock.pass(1000)

    await old.visit(({ session }) => {
      session.put('theme', 'dark')
      session.regenerate()
    })
    assert.equal((await old.ask(all)).theme, 'dark')
    assert.equal((await metaOf(await old.ask(idOf))).createdAt, createdAt)
  })

  test('a new id alone, for a session that has ended, begins none', async ({ assert }) => {
    const { app, visitor } = await start('memory')
    const owner = visitor()
    await owner.visit(({ session }) => session.put('cart', [1]))
    const old = owner.clone()
    await owner.visit(({ session }) => session.invalidate())
    const outcomes: string[] = []
    app.container
      .use('Adonis/Core/Event')
      .on('session:committed', ({ outcome }) => void outcomes.push(outcome))
    await old.visit(({ session }) => session.regenerate())
    assert.deepEqual(outcomes, ['gone'])
  })

  test('a second logout with an id that has ended has its message', async ({ assert }) => {
    const app = await start('memory', { session: { saveUninitialized: false } })
    const one = app.visitor()
    await one.visit(({ session }) => session.put('user', 7))
    const other = one.clone()
    const logOut: Handler = ({ session }) => {
      session.invalidate()
      session.flash('success', 'Good bye')
    }
    await one.visit(logOut)
    await other.visit(logOut)
    assert.deepEqual(await other.ask(messages), { success: 'Good bye' })
    assert.deepEqual(await one.ask(messages), { success: 'Good bye' })
  })

  test('a session that ran out under way is whole again on top of what was begun since', async ({
    assert,
  }) => {
    const app = await start('memory', { session: { age: '20m', clearWithBrowser: true } })
    const one = app.visitor()
    await one.visit(({ session }) => {
      session.put({ user: 7, list: ['a'] })
      session.increment('n')
    })
    await one.clone().visit(async ({ session }) => {
      session.push('list', 'late')
      session.increment('n')
      clock.pass('30m')
      await one.visit(({ session: next }) => next.put({ begun: true, n: 40 }))
    })
    assert.deepEqual(await one.ask(all), { user: 7, list: ['a', 'late'], n: 2, begun: true })
  })
})
