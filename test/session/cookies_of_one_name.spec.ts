import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS, driversThat } from '../helpers/drivers'
import { Handler, sharedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const NAME = 'adonis-session'

/** A request with one cookie header, as a browser sends it that has several cookies of one name. */
async function withCookies(
  { browser, ask }: Visitor,
  handler: Handler,
  before: string[],
  after: string[] = []
) {
  const own = Object.entries(browser.cookies()).map((pair) => pair.join('='))
  const cookie = [...before, ...own, ...after].join('; ')
  return ask(handler, { headers: { cookie }, cookies: {} })
}

const pairsOf = ({ browser }: Visitor) =>
  Object.entries(browser.cookies()).map((pair) => pair.join('='))

for (const driver of ALL_DRIVERS) {
  test.group(`Several cookies of one name on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    async function loggedIn(values = { user: 7 }) {
      const member = visitor()
      await member.visit(({ session }) => session.put(values))
      return member
    }

    const OTHERS: Record<string, () => Promise<string[]> | string[]> = {
      'that another app has signed': () => [`${NAME}=s%3AeyJtZXNzYWdlIjoieCJ9.bm8`],
      'that is not signed': () => [`${NAME}=abc`],
      'that is damaged': () => [`${NAME}=%E0%A4%A`, `${NAME}=`],
      'that is in quotes': () => [`${NAME}="abc"`],
      'of a session that has ended': async () => {
        const other = await loggedIn({ user: 1 })
        const pairs = pairsOf(other)
        await other.visit(({ session }) => session.invalidate())
        return pairs
      },
      'of a session that never was': async () => {
        const other = visitor()
        await other.visit(({ session }) => session.get('a'))
        return pairsOf(other)
      },
    }

    for (const [what, make] of Object.entries(OTHERS)) {
      for (const where of ['before', 'after']) {
        test(`one ${what} ${where} ours leaves the session alone [${driver}]`, async ({
          assert,
        }) => {
          const member = await loggedIn()
          const others = await make()
          const [before, after] = where === 'before' ? [others, []] : [[], others]
          assert.deepEqual(await withCookies(member, all, before, after), { user: 7 })
          await withCookies(member, ({ session }) => session.put('n', 1), before, after)
          if (driver !== 'cookie') {
            assert.deepEqual(await member.ask(all), { user: 7, n: 1 })
          }
        })
      }
    }

    test(`of an old id and a new one, the new one is used [${driver}]`, async ({ assert }) => {
      const member = await loggedIn({ user: 1 })
      const old = pairsOf(member).filter((pair) => pair.startsWith(NAME))
      await member.visit(({ session }) => {
        session.regenerate()
        session.put('user', 7)
      })
      assert.deepEqual(await withCookies(member, all, old), { user: 7 })
      assert.deepEqual(await withCookies(member, all, [], old), { user: 7 })
    })

    test(`a logout ends the sessions of all of them [${driver}]`, async ({ assert }) => {
      const never = visitor()
      await never.visit(({ session }) => session.get('a'))
      const members = [await loggedIn(), await loggedIn()]
      const [one, other] = members
      const others = [...pairsOf(never), ...pairsOf(other)]
      const copies = members.map((member) => member.clone())
      await withCookies(one, ({ session }) => session.invalidate(), others)
      for (const copy of copies) {
        assert.deepEqual(await copy.ask(all), {})
      }
    })

    test(`a logout under an old id beside a dead one ends the session [${driver}]`, async ({
      assert,
    }) => {
      const never = visitor()
      await never.visit(({ session }) => session.get('a'))
      const member = await loggedIn()
      const late = member.clone()
      await member.visit(({ session }) => {
        session.clear()
        session.regenerate()
        session.put('user', 7)
      })
      await withCookies(late, ({ session }) => session.invalidate(), pairsOf(never))
      assert.deepEqual(await member.ask(all), {})
    })

    test(`none that is ours is an empty session, and is reported once [${driver}]`, async ({
      assert,
    }) => {
      const stranger = visitor()
      const cookie = `${NAME}=abc; ${NAME}=def`
      assert.deepEqual(await stranger.ask(all, { headers: { cookie }, cookies: {} }), {})
    })
  })
}

for (const driver of driversThat('isAtomic')) {
  test.group(`Cookies of several sessions on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)

    test(`the one that was stored last is used, wherever it stands [${driver}]`, async ({
      assert,
    }) => {
      const [guest, member] = [visitor(), visitor()]
      await guest.visit(({ session }) => session.put('cart', [1]))
      clock.pass(1000)
      await member.visit(({ session }) => session.put('user', 7))
      clock.pass(1000)
      await guest.visit(all)
      assert.deepEqual(await withCookies(member, all, pairsOf(guest)), { user: 7 })
      assert.deepEqual(await withCookies(member, all, [], pairsOf(guest)), { user: 7 })
    })
  })
}

test.group('Several cookies of one session', (group) => {
  const { visitor } = sharedApp(group, 'cookie', { session: { touchEvery: '1m' } })
  const clock = stoppedClock(group)

  test('the one that was stored last is taken, wherever it stands', async ({ assert }) => {
    const member = visitor()
    await member.visit(({ session }) => session.put('n', 1))
    const old = pairsOf(member)
    clock.pass(1000)
    await member.visit(({ session }) => session.put('n', 2))
    assert.deepEqual(await withCookies(member, all, old), { n: 2 })
    assert.deepEqual(await withCookies(member, all, [], old), { n: 2 })
  })
})

test.group('Many cookies of one name', (group) => {
  const { visitor } = sharedApp(group, 'memory')
  const { load } = MemoryDriver.prototype
  group.each.teardown(() => void (MemoryDriver.prototype.load = load))

  test('cost a few questions to the driver, and not one each', async ({ assert }) => {
    const others = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const other = visitor()
        await other.visit(({ session }) => session.get('a'))
        return pairsOf(other)
      })
    )
    let loads = 0
    MemoryDriver.prototype.load = function (id) {
      loads++
      return load.call(this, id)
    }
    await withCookies(visitor(), all, others.flat())
    assert.isAtMost(loads, 6)
  })
})
