import { test } from '@japa/runner'
import Redis from 'ioredis'
import { GuardedDriver } from '../../src/Repository/GuardedDriver'
import { settingsOf } from '../../src/Settings'
import { stoppedClock } from '../helpers/clock'
import { redisConfig, SERVER_DRIVERS } from '../helpers/drivers'
import { cookiesWithId } from '../helpers/signed'
import { storedValues } from '../helpers/stored'
import { apps, Handler, VisitedApp } from '../helpers/visits'
import { A, B, deployments, goesOn } from './helpers'

const all: Handler = ({ session }) => session.all()

/** Begins a session as a server does that encrypts with another key. */
async function storeElsewhere({ Session }: VisitedApp, id: string) {
  const manager = Session as any
  const settings = settingsOf({ ...manager.config, encrypt: true, keys: [B] })
  const driver = new GuardedDriver(manager.driverOutsideRequest(), settings)
  await driver.replace(id, '{"other":1}', { createdAt: Date.now() }, { state: 'absent' })
}

test.group('An encrypted session that has no room', (group) => {
  const deploy = deployments(group, 'dynamodb')
  const clock = stoppedClock(group)
  test('a request that only reads goes on, where the encrypted session has no room [dynamodb]', async ({
    assert,
  }) => {
    const before = (await deploy(A)).visitor()
    const id = await before.ask(({ session }) => {
      session.put('big', 'x'.repeat(330_000))
      return session.sessionId
    })
    const app = await deploy(A, { encrypt: true })
    const visitor = goesOn(before, app)
    await clock.passFor('dynamodb', id, 120_000)
    const { status, json } = await visitor.visit(({ session }) => session.get('big').length, {
      mayFail: true,
    })
    assert.deepEqual([status, json], [200, { answer: 330_000 }])
  })
})

for (const driver of SERVER_DRIVERS) {
  test.group(`Deployments with encryption: ${driver}`, (group) => {
    const deploy = deployments(group, driver)
    const clock = stoppedClock(group)

    // The age of a file goes by the clock of the file system, which this test can't move.
    driver !== 'file' &&
      test(`the touch that encrypts a session prolongs it [${driver}]`, async ({ assert }) => {
        const before = (await deploy(A)).visitor()
        const id = await before.ask(({ session }) => {
          session.put('user', 1)
          session.setAge('1h')
          return session.sessionId
        })
        const app = await deploy(A, { encrypt: true })
        const visitor = goesOn(before, app)
        await clock.passFor(driver, id, 40 * 60_000)
        assert.deepEqual(await visitor.ask(all), { user: 1 })
        await clock.passFor(driver, id, 30 * 60_000)
        assert.deepEqual(await visitor.ask(all), { user: 1 })
      })

    test(`values of the app under odd names [${driver}]`, async ({ assert }) => {
      const app = await deploy(A, { encrypt: true })
      const values = {
        sealed: 'AAAA',
        __session__: { updatedAt: 1, sealed: 'x', age: 1 },
        retired: { until: 5 },
        message: 1,
        purpose: 'x',
        epoch: 'x',
        ended: {},
        weird: '\u0000\n\ud800\u2028',
      }
      const visitor = app.visitor()
      await visitor.visit(({ session }) => session.put(values as any))
      const got = await visitor.ask(all)
      delete got.weird
      const { weird, ...rest } = values
      void weird
      assert.deepEqual(got, rest)
      const off = await deploy(A)
      const other = goesOn(visitor, off)
      await other.visit(({ session }) => session.put('n', 1))
      const seen = await other.ask(all)
      delete seen.weird
      assert.deepEqual(seen, { ...rest, n: 1 })
    })

    test(`forks and families, encrypted [${driver}]`, async ({ assert }) => {
      const app = await deploy(A, { encrypt: true, keys: [B, A] })
      const one = app.visitor()
      await one.visit(({ session }) => session.put('cart', 1))
      const [second, third] = [one.clone(), one.clone()]
      const login =
        (n: number): Handler =>
        ({ session }) => {
          session.regenerate()
          session.put('user', n)
        }
      await one.visit(login(1))
      await second.visit(login(2))
      await third.visit(({ session }) => session.flash('x', 1))
      assert.deepEqual(await one.ask(all), { cart: 1, user: 1 })
      assert.deepEqual(await second.ask(all), { cart: 1, user: 2 })
      await second.visit(({ session }) => session.invalidate())
      assert.deepEqual(await second.ask(all), {})
      assert.deepEqual(await one.ask(all), {})
    })

    test(`deployments with and without "encrypt", in parallel [${driver}]`, async ({ assert }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(({ session }) => {
        session.put('n', 0)
        return session.sessionId
      })
      let last = before
      let total = 0
      for (const encrypt of [false, true, false, true]) {
        const app = await deploy(A, { encrypt, keys: [A, B] })
        last = goesOn(last, app)
        await Promise.all(
          Array.from({ length: 8 }, () => last.clone()).map((v) =>
            v.visit(({ session }) => void session.increment('n'))
          )
        )
        total += 8
        await clock.passFor(driver, id, 120_000)
        await Promise.all(Array.from({ length: 8 }, () => last.clone()).map((v) => v.visit(all)))
        assert.equal((await last.ask(all)).n, total)
      }
      assert.include(
        JSON.stringify(await storedValues(driver, await deploy(A), id, last.browser)),
        'sealed'
      )
    })

    test(`what another server begins under the same id with an unknown key costs no request [${driver}]`, async ({
      assert,
    }) => {
      const app = await deploy(A, { encrypt: true, saveUninitialized: false })
      const id = 'e'.repeat(40)
      const visitor = app.visitor()
      const { status, setCookies } = await visitor.visit(
        async ({ session }) => {
          await storeElsewhere(app, id)
          session.put('cart', [1])
        },
        cookiesWithId(app, id)
      )
      assert.deepEqual([status, setCookies.length], [200, 1])
      const [cookie] = setCookies[0].split(';')
      const own = { headers: { cookie }, cookies: {} }
      assert.deepEqual((await visitor.visit(all, own)).answer, { cart: [1] })
      assert.notEqual((await visitor.visit(({ session }) => session.sessionId, own)).answer, id)
    })

    test(`parallel touches that encrypt, and updates [${driver}]`, async ({ assert }) => {
      const before = (await deploy(A)).visitor()
      const id = await before.ask(({ session }) => {
        session.put('n', 0)
        session.flash('notice', 1)
        return session.sessionId
      })
      const app = await deploy(B, { encrypt: true, keys: [B, A], rotateEvery: '1m' })
      const one = goesOn(before, app)
      await clock.passFor(driver, id, 120_000)
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => one.clone()).map(async (v, i) => {
          await v.visit(({ session }) => void (i % 2 && session.increment('n')))
          return v
        })
      )
      for (const v of answers) {
        assert.equal((await v.ask(all)).n, 5)
      }
    })
  })
}

test.group('A list of keys', (group) => {
  const start = apps(group)
  test('a list of keys with a hole is an error at boot', async ({ assert }) => {
    // eslint-disable-next-line no-sparse-arrays
    const keys = [A, , B] as any
    const app = await start('memory', { session: { keys } }).catch((e) => e)
    assert.equal(app.code, 'E_SESSION_INVALID_CONFIG')
  })
})

test.group('A full Redis', (group) => {
  const deploy = deployments(group, 'redis')
  const clock = stoppedClock(group)
  test('a full Redis: sessions can be read after "encrypt" was turned on', async ({ assert }) => {
    const before = (await deploy(A)).visitor()
    const id = await before.ask(({ session }) => {
      session.put('big', 'x'.repeat(5000))
      return session.sessionId
    })
    const app = await deploy(A, { encrypt: true })
    const visitor = goesOn(before, app)
    await clock.passFor('redis', id, 120_000)
    const redis = new Redis(redisConfig().connections.local)
    try {
      await redis.config('SET', 'maxmemory-policy', 'noeviction')
      await redis.config('SET', 'maxmemory', '1')
      const { status, json } = await visitor.visit(({ session }) => session.get('big').length, {
        mayFail: true,
      })
      assert.deepEqual([status, json], [200, { answer: 5000 }])
    } finally {
      await redis.config('SET', 'maxmemory', '0')
      redis.disconnect()
    }
  })
})
