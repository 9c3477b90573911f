import { test } from '@japa/runner'
import { AppOptions } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { FourMethodDriver, optionsFor, temporaryDirectory } from '../helpers/drivers'
import { collectedLog } from '../helpers/log'
import { apps, Handler, Visitor } from '../helpers/visits'
import { revocable } from './helpers'
import { Marks, onMarks } from './marks'

const SECRET = 'the contents of a cart'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('cart', SECRET)
  return session.sessionId
}
const logIn: Handler = ({ session }) => {
  session.regenerate()
  session.put('user', 1)
  session.tag(1)
}
const logOut: Handler = ({ session }) => session.invalidate()

test.group('What the store of endings is asked', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)
  group.each.setup(() => Marks.reset())

  async function asked(visitor: Visitor, handler: Handler): Promise<string[]> {
    Marks.calls = []
    await visitor.visit(handler)
    return Marks.calls
  }

  test('nothing for a visitor; one read to read a session, and a second one to send its cookies', async ({
    assert,
  }) => {
    const visitor = (await start('cookie', onMarks())).visitor()
    assert.deepEqual(await asked(visitor, all), [])
    assert.deepEqual(await asked(visitor, () => 'not about the session'), [])
    assert.deepEqual(await asked(visitor, put), ['load'])
    assert.deepEqual(await asked(visitor, all), ['load'])
    assert.deepEqual(await asked(visitor, put), ['load'])
    assert.deepEqual(await asked(visitor, ({ session }) => session.put('n', 1)), ['load', 'load'])
    clock.pass('2m')
    assert.deepEqual(await asked(visitor, all), ['load', 'load'])
  })

  test('with a tag, its mark is read at the same time', async ({ assert }) => {
    const visitor = (await start('cookie', onMarks())).visitor()
    await visitor.visit(put)
    assert.deepEqual(await asked(visitor, logIn), ['load', 'load', 'load', 'retire'])
    assert.deepEqual(await asked(visitor, all), ['load', 'load'])
    assert.deepEqual(await asked(visitor, logOut), ['load', 'load', 'retire'])
  })
})

test.group('A store of endings that is down', (group) => {
  const start = apps(group)
  const log = collectedLog(group)
  group.each.setup(() => Marks.reset())

  for (const trouble of ['fails', 'is silent'] as const) {
    const options = { storeTimeout: trouble === 'fails' ? '5s' : '100ms' }

    test(`and ${trouble}: sessions are refused, and visitors are not`, async ({ assert }) => {
      const app = await start('cookie', onMarks(options))
      const member = app.visitor()
      await member.visit(put)
      Marks.trouble = trouble
      const { status, json, headers } = await member.visit(all, { mayFail: true })
      assert.deepEqual([status, json.code], [503, 'E_SESSION_STORE_UNAVAILABLE'])
      assert.include(json.message, '"marks"')
      assert.isDefined(headers['retry-after'])
      assert.deepEqual(await app.visitor().ask(all), {})
      Marks.trouble = 'none'
      assert.deepEqual(await member.ask(all), { cart: SECRET })
    })

    test(`and ${trouble}, with "accept": sessions are served, with a warning, and a logout is refused`, async ({
      assert,
    }) => {
      const revocation = { driver: 'marks', whenDown: 'accept' }
      const app = await start('cookie', onMarks({ ...options, revocation }))
      const member = app.visitor()
      await member.visit(put)
      Marks.trouble = trouble
      assert.deepEqual(await member.ask(all), { cart: SECRET })
      assert.include(log.join(), 'Sessions are accepted without knowing whether they have ended')
      await member.visit(logIn)
      assert.deepEqual(await member.ask(all), { cart: SECRET, user: 1 })
      const { status } = await member.clone().visit(logOut, { mayFail: true })
      assert.equal(status, 503)

      Marks.trouble = 'none'
      await member.visit(logOut)
      assert.deepEqual(await member.ask(all), {})
    })
  }
})

test.group('How long an ending is remembered', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  test('as long as a copy of the cookies would be good', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { age: '10h', touchEvery: '1m' }))
    const one = app.visitor()
    await one.visit(put)
    const thief = one.clone()
    await one.visit(logOut)
    for (const time of ['30m', '2h', '7h'] as const) {
      clock.pass(time)
      assert.deepEqual(await thief.ask(all), {})
    }
  })

  test('a session with an age of its own, too', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    const one = app.visitor()
    await one.visit(({ session }) => {
      session.put('cart', SECRET)
      session.setAge('30d')
    })
    const thief = one.clone()
    await one.visit(logOut)
    for (const time of ['3h', '10d', '19d'] as const) {
      clock.pass(time)
      assert.deepEqual(await thief.ask(all), {})
    }
  })

  test('requests under way read what a login has left, for `retireFor`, and nothing after a logout', async ({
    assert,
  }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    const one = app.visitor()
    await one.visit(put)
    const late = one.clone()
    await one.visit(logIn)
    assert.deepEqual(await late.ask(all), { cart: SECRET })
    await one.visit(logIn)
    assert.deepEqual(await late.ask(all), { cart: SECRET })
    await one.visit(logOut)
    assert.deepEqual(await late.ask(all), {})
  })

  test('a logout that meets a login ends that, too', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    const one = app.visitor()
    await one.visit(put)
    const late = one.clone()
    await late.visit(async (ctx) => {
      await one.visit(logIn)
      logOut(ctx)
    })
    assert.deepEqual(await one.ask(all), {})
  })

  test('what an id has left is encrypted with the sessions, and pruned with them', async ({
    assert,
  }) => {
    const app = await start('cookie', revocable('sqlite', { encrypt: true, touchEvery: '1m' }))
    const one = app.visitor()
    const id = await one.ask(put)
    await one.visit(logIn)
    const { hashOf } = require('../../src/AtRest/ids')
    const rows = () =>
      app.app.container
        .use('Adonis/Lucid/Database')
        .connection('sqlite')
        .from('sessions')
        .where('id', hashOf(id))
    const [row] = await rows()
    assert.include(row.tombstone, 'sealed')
    assert.notInclude(row.tombstone, SECRET)

    clock.pass('5h')
    await app.Session.prune()
    assert.deepEqual(await rows(), [])
  })
})

test.group('The config of revocation', (group) => {
  const start = apps(group)
  const WRONG: [what: string, revocation: unknown, code: string, says: RegExp][] = [
    ['a name alone', 'redis', 'E_SESSION_INVALID_CONFIG', /"revocation" must be an object/],
    ['no driver', {}, 'E_SESSION_INVALID_CONFIG', /"revocation.driver" is undefined/],
    ['the cookie driver', { driver: 'cookie' }, 'E_SESSION_INVALID_CONFIG', /on the server/],
    [
      'a mistyped key',
      { driver: 'memory', whenDwn: 'accept' },
      'E_SESSION_INVALID_CONFIG',
      /whenDwn/,
    ],
    [
      'another word',
      { driver: 'memory', whenDown: 'open' },
      'E_SESSION_INVALID_CONFIG',
      /"revocation.whenDown" is "open", and must be "refuse" or "accept"/,
    ],
    ['an unknown driver', { driver: 'redsi' }, 'E_INVALID_SESSION_DRIVER', /redsi/],
    [
      'a driver without its section',
      { driver: 'file' },
      'E_INVALID_SESSION_DRIVER_CONFIG',
      /file.location/,
    ],
    [
      'a driver of four methods',
      { driver: 'fourMethods' },
      'E_INVALID_SESSION_DRIVER_CONFIG',
      /does not implement AtomicDriverContract/,
    ],
  ]
  for (const [what, revocation, code, says] of WRONG) {
    test(`${what} is an error at boot`, async ({ assert }) => {
      const error = await start('cookie', {
        session: { revocation } as any,
        boot: (app) =>
          app.container
            .use('Adonis/Addons/Session')
            .extend('fourMethods', () => new FourMethodDriver()),
      }).catch((raised) => raised)
      assert.equal(error.code, code)
      assert.match(error.message, says)
    })
  }

  test('it tells the doctor that a logout is final', async ({ assert }) => {
    const finds = async (options: AppOptions) =>
      (await (await start('cookie', options)).Session.examine()).map(({ what }) => what).join()
    assert.include(await finds({}), 'A logout is not final')
    assert.notInclude(await finds(revocable('sqlite')), 'A logout is not final')
    assert.notInclude(await finds(revocable('sqlite')), 'in the memory of one process')
    assert.include(await finds(revocable('memory')), 'in the memory of one process')
  })

  test('the doctor looks at the store of the endings, too', async ({ assert }) => {
    // What it says of a store does not depend on what is kept there.
    for (const store of ['sqlite', 'file', 'redis']) {
      const wordsOf = async (options: AppOptions) => {
        const { Session } = await start('cookie', options)
        return (await Session.examine()).map(({ what }) => what.replace(/\d+/g, 'n'))
      }
      const ofCookies = await wordsOf({})
      const session = { file: { location: temporaryDirectory() } }
      const ofBoth = await wordsOf(optionsFor(store, { session }))
      const ofStore = ofBoth.filter((what) => !ofCookies.includes(what))
      assert.isAbove(ofStore.length, 1, store)
      assert.includeMembers(await wordsOf(revocable(store, session)), ofStore)
    }
  })

  test('`tagUsers` works with it, and `maxPerTag` needs a list', async ({ assert }) => {
    await start('cookie', revocable('memory', { registry: { tagUsers: true } }))
    const error = await start('cookie', revocable('memory', { registry: { maxPerTag: 3 } })).catch(
      (raised) => raised
    )
    assert.equal(error.code, 'E_SESSION_TAGGING_NOT_SUPPORTED')
  })
})
