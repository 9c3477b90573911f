import { inspect } from 'util'
import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { redisOf, storedValues } from '../helpers/stored'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

for (const driver of ALL_DRIVERS) {
  test.group(`The id of a session on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)

    test(`regenerate: keeps what is put before and after it [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      await visit(({ session }) => {
        session.put('b', 2)
        session.regenerate()
        session.put('c', 3)
      })
      assert.deepEqual(await ask(all), { a: 1, b: 2, c: 3 })
    })

    test(`regenerate: twice in a request is one new id [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      const during = await ask(({ session }) => {
        session.regenerate()
        session.regenerate()
        return session.sessionId
      })
      assert.equal(await ask(({ session }) => session.sessionId), during)
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`regenerate: keeps the flash messages for the next request [${driver}]`, async ({
      assert,
    }) => {
      const { ask, visit } = visitor()

      await visit(({ session }) => {
        session.flash('message', 'Welcome')
        session.regenerate()
      })
      assert.equal(await ask(({ session }) => session.flashMessages.get('message')), 'Welcome')
    })

    test(`regenerate: a session that is new has an id of its own, too [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = visitor()

      const during = await ask(({ session }) => {
        session.put('a', 1)
        session.regenerate()
        return session.sessionId
      })
      assert.equal(await ask(({ session }) => session.sessionId), during)
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`invalidate: drops the values, the id and the record [${driver}]`, async ({ assert }) => {
      const { browser, ask } = visitor()
      const before = await ask(put)

      const [after, values] = await ask(({ session }) => {
        session.invalidate()
        return [session.sessionId, session.all()]
      })
      assert.notEqual(after, before)
      assert.deepEqual(values, {})
      assert.isNull(await storedValues(driver, app(), before, browser))
      assert.deepEqual(await ask(all), {})
    })

    test(`invalidate: what is put after it is the new session [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      await visit(({ session }) => {
        session.invalidate()
        session.put('b', 2)
        session.flash('message', 'Bye')
      })
      const [values, message] = await ask(({ session }) => [
        session.all(),
        session.flashMessages.get('message'),
      ])
      assert.deepEqual([values, message], [{ b: 2 }, 'Bye'])
    })

    test(`invalidate: the old cookies are worth nothing [${driver}]`, async ({ assert }) => {
      const { clone, ask, visit } = visitor()
      await visit(put)
      const thief = clone()

      await visit(({ session }) => session.invalidate())
      assert.deepEqual(await thief.ask(all), {})
      await thief.visit(({ session }) => session.put('forged', true))
      assert.deepEqual(await ask(all), {})
    })

    test(`invalidate, destroy: an ended session is not back an hour later [${driver}]`, async ({
      assert,
    }) => {
      const ends: Handler[] = [
        ({ session }) => session.invalidate(),
        ({ session }) => app().Session.destroy(session.sessionId),
      ]
      for (const end of ends) {
        const { clone, visit } = visitor()
        await visit(put)
        const thief = clone()

        await visit(end)
        clock.pass('1h')
        assert.deepEqual(await thief.ask(all), {})
      }
    })

    test(`destroy: ends a session from outside, by its id [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()
      const id = await ask(put)

      await app().Session.destroy(id)
      assert.deepEqual(await ask(all), {})
    })

    test(`destroy: an id that is not there is fine [${driver}]`, async ({ assert }) => {
      await app().Session.destroy('0123456789abcdef')
      assert.deepEqual(await visitor().ask(all), {})
    })

    test(`destroy: a request in flight writes nothing back [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      const { setCookies } = await visit(async ({ session }) => {
        await app().Session.destroy(session.sessionId)
        session.put('b', 2)
      })
      assert.deepEqual(setCookies, [])
      assert.deepEqual(await ask(all), {})
    })

    test(`destroy: the next session of the browser has another id [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = visitor()
      const id = await ask(put)

      await app().Session.destroy(id)
      assert.notEqual(await ask(put), id)
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`setAge: is the Max-Age of this session and of no other [${driver}]`, async ({
      assert,
    }) => {
      const { visit } = visitor()

      const response = await visit(({ session }) => {
        session.put('a', 1)
        session.setAge('30 days')
      })
      const ages = cookiesOf(response).map(({ attributes }) => attributes['max-age'])
      assert.deepEqual(new Set(ages), new Set(['2592000']))
      assert.equal(idCookieOf(await visitor().visit(put))!.attributes['max-age'], '7200')
    })

    test(`setAge: the session lives on beyond the age of all [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(({ session }) => {
        session.put('a', 1)
        session.setAge(3 * 86_400_000)
      })

      clock.pass('47h')
      assert.deepEqual(await ask(all), { a: 1 })
      clock.pass('47h')
      const response = await visit(all)
      assert.deepEqual(response.answer, { a: 1 })
      assert.equal(idCookieOf(response)!.attributes['max-age'], '259200')
    })

    test(`setAge: of a session that has been stored before [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      await visit(put)

      await visit(({ session }) => session.setAge('1 day'))
      clock.pass('23h')
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`setAge: counts in whole milliseconds [${driver}]`, async ({ assert }) => {
      const { ask, visit } = visitor()
      const response = await visit(({ session }) => {
        session.put('a', 1)
        session.setAge('2.3h')
      })
      assert.equal(idCookieOf(response)!.attributes['max-age'], '8280')
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`setAge: what is no duration is an error [${driver}]`, async ({ assert }) => {
      const circle: any = {}
      circle.self = circle
      const wrong = ['soon', '', 0, -1, 500, NaN, null, undefined, {}, 10n, circle]
      for (const age of wrong as any[]) {
        const code = await visitor().codeOf(({ session }) => session.setAge(age))
        assert.equal(code, 'E_SESSION_INVALID_AGE', inspect(age))
      }
    })
  })
}

for (const driver of SERVER_DRIVERS) {
  test.group(`A destroyed session on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`destroy: takes the record out of the store [${driver}]`, async ({ assert }) => {
      const { browser, ask } = visitor()
      const id = await ask(put)

      await app().Session.destroy(id)
      assert.isNull(await storedValues(driver, app(), id, browser))
    })
  })
}

for (const driver of ALL_DRIVERS.filter((name) => name !== 'redis')) {
  test.group(`A session with an age of its own on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)

    test(`setAge: may be shorter than the age of all, and is kept [${driver}]`, async ({
      assert,
    }) => {
      const { browser, ask, visit } = visitor()
      await visit(({ session }) => {
        session.put('a', 1)
        session.setAge('10 minutes')
      })
      const captured = { cookies: browser.cookies() }

      clock.pass('9m')
      assert.deepEqual(await ask(all, captured), { a: 1 })
      clock.pass('11m')
      assert.deepEqual(await ask(all, captured), {})
    })
  })
}

for (const driver of ALL_DRIVERS.filter((name) => name !== 'redis')) {
  test.group(`P7 An age of its own that is short, with touchEvery: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { touchEvery: '1m' } })
    const clock = stoppedClock(group)

    for (const age of ['20s', '60s']) {
      test(`setAge: a session of ${age} lives as long as it is used [${driver}]`, async ({
        assert,
      }) => {
        const { ask, visit } = visitor()
        await visit(({ session }) => {
          session.put('a', 1)
          session.setAge(age)
        })

        for (let request = 0; request < 10; request++) {
          clock.pass('15s')
          assert.deepEqual(await ask(all), { a: 1 })
        }
      })
    }
  })
}

test.group('A session with an age of its own in Redis', (group) => {
  const { app, visitor } = sharedApp(group, 'redis')

  test('setAge: is the ttl of the key, also after the next request', async ({ assert }) => {
    const { ask } = visitor()
    const id = await ask(({ session }) => {
      session.put('a', 1)
      session.setAge('10 minutes')
      return session.sessionId
    })

    assert.approximately(await redisOf(app()).pttl(id), 600_000, 5_000)
    await ask(({ session }) => session.put('b', 2))
    assert.approximately(await redisOf(app()).pttl(id), 600_000, 5_000)
  })
})
