import { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import ms, { StringValue } from 'ms'
import type { AppOptions } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { apps, Visitor } from '../helpers/visits'
import { appOn, redisOf, until } from './helpers'

/** A remaining time is never more than was set, and less by what a loaded machine takes. */
const SLACK_IN_MS = 20_000

const login = (visitor: Visitor) =>
  visitor.ask(({ session }) => {
    session.put('user', 7)
    return session.sessionId
  })

const userOf = (visitor: Visitor) => visitor.ask(({ session }) => session.get('user'))

const changeAge = (visitor: Visitor, age: string) =>
  visitor.visit(({ session }) => session.setAge(age))

test.group('Redis: how long a session lives', (group) => {
  const start = apps(group)
  const redis = redisOf(group)
  /** That of the app: Redis keeps its own time, of which `PEXPIRE` takes some away. */
  const clock = stoppedClock(group)

  async function loggedIn(assert: Assert, session: AppOptions['session']) {
    const visitor = (await start('redis', appOn(redis.server, session))).visitor()
    const id = await login(visitor)

    const lives = async (age: StringValue, key = id) => {
      const lifeInMs = await redis.admin.pttl(key)
      assert.isAtMost(lifeInMs, ms(age))
      assert.isAbove(lifeInMs, ms(age) - SLACK_IN_MS)
    }
    const leave = (age: StringValue) => redis.admin.pexpire(id, ms(age))
    return { visitor, id, lives, leave }
  }

  test('a session that is stored lives for its age', async ({ assert }) => {
    for (const age of ['2h', '90 days', 90_000]) {
      const { lives } = await loggedIn(assert, { age })
      await lives(typeof age === 'number' ? '90s' : (age as StringValue))
    }
  })

  test('a request that stores something gives it its age again', async ({ assert }) => {
    const { visitor, lives, leave } = await loggedIn(assert, { age: '2h', touchEvery: '1h' })
    await leave('90m')
    await login(visitor)
    await lives('90m')
    await visitor.visit(({ session }) => session.increment('n'))
    await lives('2h')
  })

  test('a request that changes nothing does so as well, if every one is to', async ({ assert }) => {
    const { visitor, lives, leave } = await loggedIn(assert, { age: '2h' })
    await leave('90m')
    await userOf(visitor)
    await lives('2h')
  })

  test('or once in touchEvery', async ({ assert }) => {
    const { visitor, lives, leave } = await loggedIn(assert, { age: '2h', touchEvery: '10m' })
    await leave('115m')
    await userOf(visitor)
    await lives('115m')
    await leave('109m')
    await userOf(visitor)
    await lives('2h')
  })

  test('setAge is the life of one session, and of its next ids', async ({ assert }) => {
    for (const age of ['30m', '30 days'] as const) {
      const { visitor, lives, leave } = await loggedIn(assert, { age: '2h' })
      await changeAge(visitor, age)
      await lives(age)
      await leave('10m')
      await userOf(visitor)
      await lives(age)
      const id = await visitor.ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      await lives(age, id)
    }
  })

  test('nothing extends a session beyond its absolute age', async ({ assert }) => {
    const { visitor, lives } = await loggedIn(assert, { age: '2h', absoluteAge: '3h' })
    await lives('2h')
    clock.pass('90m')
    await userOf(visitor)
    await lives('90m')
    clock.pass('60m')
    await visitor.visit(({ session }) => session.increment('n'))
    await lives('30m')
    await changeAge(visitor, '30 days')
    await lives('30m')
    clock.pass('30m')
    assert.isUndefined(await userOf(visitor))
  })

  test('a new id does not extend it either', async ({ assert }) => {
    const { visitor, lives } = await loggedIn(assert, { age: '2h', absoluteAge: '3h' })
    clock.pass('90m')
    const id = await visitor.ask(({ session }) => {
      session.regenerate()
      return session.sessionId
    })
    await lives('90m', id)
  })

  test('a session whose time Redis was told to forget gets it back', async ({ assert }) => {
    const { visitor, id, lives } = await loggedIn(assert, { age: '2h', touchEvery: '1m' })
    await redis.admin.persist(id)
    assert.equal(await userOf(visitor), 7)
    await lives('2h')
  })

  test('a session that nobody uses ends by itself', async ({ assert }) => {
    const { visitor, id } = await loggedIn(assert, { age: '1s' })
    await until('the session has ended', async () => (await redis.admin.exists(id)) === 0)
    assert.isUndefined(await userOf(visitor))
  })

  test('no key is left without an end, whatever was done', async ({ assert }) => {
    await redis.admin.flushall()
    const { visitor } = await loggedIn(assert, { absoluteAge: '3h' })
    const stale = visitor.clone()
    await visitor.visit(({ session }) => session.regenerate())
    await stale.visit(({ session }) => session.put('late', true))
    await changeAge(visitor, '30m')
    await login(visitor.clone())
    await visitor.visit(({ session }) => session.invalidate())
    await login(visitor)
    clock.pass('4h')
    await userOf(visitor)

    const keys = await redis.admin.keys('*')
    const lives = await Promise.all(keys.map((key) => redis.admin.pttl(key)))
    assert.isAbove(keys.length, 1)
    assert.notInclude(lives, -1)
  })

  test('the clock of an app server that goes ahead ends no tombstone', async ({ assert }) => {
    const { visitor } = await loggedIn(assert, {})
    const tab = visitor.clone()
    await tab.visit(async ({ session }) => {
      session.put('late', true)
      await visitor.visit(({ session: other }) => other.invalidate())
      clock.pass('3h')
    })
    assert.isUndefined(await tab.ask(({ session }) => session.get('user')))
    assert.deepEqual(await tab.ask(({ session }) => session.all()), {})
  })
})
