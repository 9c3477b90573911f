import { test } from '@japa/runner'
import { randomBytes } from 'crypto'
import { SERVER_DRIVERS, temporaryDirectory } from '../helpers/drivers'
import { apps, Handler, VisitedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const newUser = () => `user ${randomBytes(6).toString('hex')}`

/** As the session guard of `@adonisjs/auth` logs a user in and out. */
const logIn =
  (user: string | number, guard = 'web'): Handler =>
  ({ session }) => {
    session.put(`auth_${guard}`, user)
    session.regenerate()
  }
const logOut: Handler = ({ session }) => session.forget('auth_web')

const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))
const tagsOf = async ({ Session }: VisitedApp, user: string | number) =>
  (await Session.tagged(user)).length

/** Sessions are in the order of their logins if no two of these share a millisecond. */
function nextMillisecond(): void {
  for (const now = Date.now(); Date.now() === now;);
}

/** Visitors who log in one after the other. */
async function members(app: VisitedApp, user: string, count: number): Promise<Visitor[]> {
  const found: Visitor[] = []
  for (let n = 0; n < count; n++) {
    const one = app.visitor()
    nextMillisecond()
    await one.visit(logIn(user))
    found.push(one)
  }
  return found
}

test.group('registry.tagUsers', (group) => {
  const start = apps(group)
  const registry = { tagUsers: true }

  test('tags at a login and untags at a logout, without a line of code', async ({ assert }) => {
    const app = await start('memory', { session: { registry } })
    const user = newUser()
    const [one] = await members(app, user, 2)
    assert.equal(await tagsOf(app, user), 2)
    await one.visit(({ session }) => session.put('n', 1))
    assert.equal(await tagsOf(app, user), 2)
    await one.visit(logOut)
    assert.equal(await tagsOf(app, user), 1)
    assert.equal(await app.Session.destroyTagged(user), 1)
    assert.deepEqual(await one.ask(all), { n: 1 })
  })

  test('takes numbers, and the guard that it names', async ({ assert }) => {
    const app = await start('memory', { session: { registry: { tagUsers: 'admin' } } })
    await app.visitor().visit(logIn(4711, 'admin'))
    await app.visitor().visit(logIn(4711))
    assert.equal(await tagsOf(app, 4711), 1)
  })

  test('a request beside the login does not take the tag away', async ({ assert }) => {
    const app = await start('redis', { session: { registry } })
    const user = newUser()
    const one = app.visitor()
    await one.visit(({ session }) => session.put('cart', 1))
    await one.clone().visit(async ({ session }) => {
      session.put('beside', true)
      await one.visit(({ session: own }) => own.put('auth_web', user))
    })
    assert.equal(await tagsOf(app, user), 1)
    assert.deepEqual(await one.ask(all), { cart: 1, auth_web: user, beside: true })
  })

  test('what a handler tags counts more', async ({ assert }) => {
    const app = await start('memory', { session: { registry } })
    const [user, team] = [newUser(), newUser()]
    await app.visitor().visit(({ session }) => {
      session.put('auth_web', user)
      session.tag(team)
    })
    assert.deepEqual([await tagsOf(app, user), await tagsOf(app, team)], [0, 1])
  })

  test('an id that cannot be a tag is an error, and no tag that others share', async ({
    assert,
  }) => {
    const app = await start('memory', { session: { registry } })
    for (const user of [{ id: 1 }, [1], true, '', 'x'.repeat(191), 'a\0']) {
      const visit = await app.visitor().visit(logIn(user as any), { mayFail: true })
      assert.equal(visit.json.code, 'E_SESSION_INVALID_TAG')
      assert.notInclude(visit.json.message, 'xxx')
    }
    assert.equal(await tagsOf(app, '[object Object]'), 0)
  })

  test('with the real guard of @adonisjs/auth the key is the one that it uses', ({ assert }) => {
    const { SessionGuard } = require('@adonisjs/auth/build/src/Guards/Session')
    const guard = Object.create(SessionGuard.prototype, { name: { value: 'web' } })
    assert.equal(guard.sessionKeyName, 'auth_web')
  })
})

for (const driver of LISTING) {
  test.group(`registry.maxPerTag: ${driver}`, (group) => {
    const start = apps(group)

    test(`evicts who logged in first [${driver}]`, async ({ assert }) => {
      const app = await start(driver, { session: { registry: { tagUsers: true, maxPerTag: 2 } } })
      const user = newUser()
      const [first, second, third] = await members(app, user, 3)
      assert.equal(await tagsOf(app, user), 2)
      assert.deepEqual(await first.ask(all), {})
      assert.deepEqual(await second.ask(all), { auth_web: user })
      assert.deepEqual(await third.ask(all), { auth_web: user })
      // Who only goes on is no login.
      nextMillisecond()
      await second.visit(({ session }) => session.regenerate())
      assert.deepEqual(await third.ask(all), { auth_web: user })
      await members(app, user, 1)
      assert.deepEqual(await second.ask(all), {})
      assert.deepEqual(await third.ask(all), { auth_web: user })
    })

    test(`a new limit ends none of the sessions that go on [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const file = { location: temporaryDirectory() }
      const before = await start(driver, { session: { file, registry: { tagUsers: true } } })
      const three = await members(before, user, 3)
      for (const whenFull of ['evict', 'refuse'] as const) {
        const registry = { tagUsers: true, maxPerTag: 1, whenFull }
        const app = await start(driver, { session: { file, registry } })
        for (const one of three) {
          const { browser } = app.visitor()
          browser.jar = one.browser.jar
          await new Visitor(browser).visit(({ session }) => session.put('n', 1))
          await new Visitor(browser).visit(({ session }) => session.regenerate())
        }
        assert.equal(await tagsOf(app, user), 3)
      }
    })

    test(`a long visit before the login does not make a session old [${driver}]`, async ({
      assert,
    }) => {
      const app = await start(driver, { session: { registry: { tagUsers: true, maxPerTag: 1 } } })
      const user = newUser()
      const visitor = app.visitor()
      await visitor.visit(({ session }) => session.put('cart', 1))
      const [other] = await members(app, user, 1)
      nextMillisecond()
      await visitor.visit(logIn(user))
      assert.deepEqual(await other.ask(all), {})
      assert.deepEqual(await visitor.ask(all), { cart: 1, auth_web: user })
    })

    test(`refuse: the login that is one too many fails, and the others stay [${driver}]`, async ({
      assert,
    }) => {
      const registry = { tagUsers: true, maxPerTag: 2, whenFull: 'refuse' as const }
      const app = await start(driver, { session: { registry } })
      const user = newUser()
      const [first, second] = await members(app, user, 2)
      const third = app.visitor()
      const { status, json, setCookies } = await third.visit(logIn(user), { mayFail: true })
      assert.deepEqual([status, json.code], [403, 'E_SESSION_LIMIT'])
      assert.deepEqual(setCookies, [])
      assert.deepEqual(await third.ask(all), {})
      assert.equal(await tagsOf(app, user), 2)
      await first.visit(({ session }) => session.invalidate())
      await third.visit(logIn(user))
      assert.deepEqual(await second.ask(all), { auth_web: user })
    })

    for (const whenFull of ['evict', 'refuse'] as const) {
      test(`two logins with the same cookie are one browser: ${whenFull} [${driver}]`, async ({
        assert,
      }) => {
        const registry = { tagUsers: true, maxPerTag: 1, whenFull }
        const app = await start(driver, { session: { registry } })
        const user = newUser()
        const first = app.visitor()
        await first.visit(({ session }) => session.put('cart', 1))
        const second = first.clone()
        await first.visit(logIn(user))
        nextMillisecond()
        await second.visit((ctx) => {
          ctx.session.put('n', 2)
          return logIn(user)(ctx)
        })
        assert.deepEqual(await first.ask(all), { cart: 1, auth_web: user })
        assert.deepEqual(await second.ask(all), { cart: 1, n: 2, auth_web: user })
        const times = (await app.Session.tagged(user)).map(({ taggedAt }) => Number(taggedAt))
        assert.isAbove(times[0], 0)
        assert.deepEqual(times, [times[0], times[0]])
        const other = app.visitor()
        nextMillisecond()
        const { status } = await other.visit(logIn(user), { mayFail: true })
        assert.equal(status, whenFull === 'refuse' ? 403 : 200)
        assert.equal(await tagsOf(app, user), whenFull === 'refuse' ? 2 : 1)
        const isLoggedIn = await second.ask(({ session }) => session.has('auth_web'))
        assert.equal(isLoggedIn, whenFull === 'refuse')
        const isFirst = await first.ask(({ session }) => session.has('auth_web'))
        assert.equal(isFirst, whenFull === 'refuse')
      })
    }

    test(`parallel logins leave no more than are allowed [${driver}]`, async ({ assert }) => {
      const app = await start(driver, { session: { registry: { tagUsers: true, maxPerTag: 2 } } })
      const user = newUser()
      await Promise.all(Array.from({ length: 6 }, () => app.visitor().visit(logIn(user))))
      assert.equal(await tagsOf(app, user), 2)
    })
  })
}

test.group('registry.trackClient', (group) => {
  const start = apps(group)

  test('notes address and browser of sessions with a tag, and of no others', async ({ assert }) => {
    const app = await start('memory', {
      session: { registry: { tagUsers: true, trackClient: true } },
    })
    const user = newUser()
    const one = app.visitor()
    const headers = { 'user-agent': 'Firefox'.repeat(100) }
    await one.visit(logIn(user), { headers })
    const [info] = await app.Session.tagged(user)
    assert.equal(info.ip, '127.0.0.1')
    assert.equal(info.userAgent, 'Firefox'.repeat(100).slice(0, 300))

    await one.visit(({ session }) => session.increment('n'), { headers: { 'user-agent': 'curl' } })
    assert.equal((await app.Session.tagged(user))[0].userAgent, 'curl')
    await one.visit(logOut)
    const left = await app.Session.get(await one.ask(({ session }) => session.sessionId))
    assert.deepEqual([left!.ip, left!.userAgent], [null, null])
  })

  test('a request that only reads writes nothing for it', async ({ assert }) => {
    const app = await start('memory', {
      session: { touchEvery: '1m', registry: { tagUsers: true, trackClient: true } },
    })
    const one = app.visitor()
    await one.visit(logIn(newUser()))
    const { setCookies } = await one.visit(all, { headers: { 'user-agent': 'curl' } })
    assert.deepEqual(setCookies, [])
  })

  test('without it nothing is noted', async ({ assert }) => {
    const app = await start('memory', { session: { registry: { tagUsers: true } } })
    const user = newUser()
    await members(app, user, 1)
    const [{ ip, userAgent }] = await app.Session.tagged(user)
    assert.deepEqual([ip, userAgent], [null, null])
  })
})

test.group('registry at boot', (group) => {
  const start = apps(group)
  const WRONG: [registry: any, told: RegExp][] = [
    ['yes', /"registry" must be an object/],
    [{ tagUsers: 1 }, /"registry.tagUsers" is 1, and must be true, false or the name of a guard/],
    [{ maxPerTag: 0 }, /"registry.maxPerTag" is 0, and must be a whole number of 1 or more/],
    [{ maxPerTag: '3' }, /"registry.maxPerTag" is "3"/],
    [{ whenFull: 'drop' }, /"registry.whenFull" is "drop", and must be "evict" or "refuse"/],
    [{ trackClient: 'no' }, /"registry.trackClient" is "no", and must be true or false/],
    [{ maxPerUser: 3 }, /"registry.maxPerUser" is unknown. The known keys are tagUsers, maxPerTag/],
  ]
  for (const [registry, told] of WRONG) {
    test(`${JSON.stringify(registry)} is refused`, async ({ assert }) => {
      await assert.rejects(
        async () => void (await start('memory', { session: { registry } })),
        told
      )
    })
  }

  test('a driver that cannot list is refused with what needs it', async ({ assert }) => {
    for (const registry of [{ tagUsers: true }, { maxPerTag: 2 }]) {
      await assert.rejects(
        async () => void (await start('cookie', { session: { registry } })),
        /E_SESSION_TAGGING_NOT_SUPPORTED/
      )
    }
    await start('cookie', { session: { registry: { tagUsers: false } } })
  })
})
