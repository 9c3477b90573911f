import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { redisOf, storedValues } from '../helpers/stored'
import { sharedApp } from '../helpers/visits'

for (const driver of ALL_DRIVERS) {
  test.group(`Session id lifecycle on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)

    test(`the first request gets a unique id without touching the session [${driver}]`, async ({
      assert,
    }) => {
      const [one, other] = [await visitor().visit(() => {}), await visitor().visit(() => {})]

      assert.exists(idCookieOf(one))
      assert.exists(idCookieOf(other))
      assert.notEqual(idCookieOf(one)!.value, idCookieOf(other)!.value)
    })

    test(`the id of the first request is that of the next ones [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()

      const first = await ask(({ session }) => session.sessionId)
      assert.equal(await ask(({ session }) => session.sessionId), first)
    })

    test(`every subsequent request refreshes maxAge of the id cookie [${driver}]`, async ({
      assert,
    }) => {
      const { visit } = visitor()
      await visit(({ session }) => session.put('a', 1))

      for (const minutes of [1, 2, 3]) {
        clock.pass('1m')
        const { attributes } = idCookieOf(await visit(({ session }) => session.get('a')))!
        assert.equal(attributes['max-age'], '7200', `${minutes} minutes later`)
      }
    })

    test(`requests keep a session alive beyond its first age [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      for (let hours = 0; hours < 4; hours++) {
        clock.pass('1h')
        assert.equal(await ask(({ session }) => session.get('a')), 1)
      }
    })

    test(`changes are persisted by the driver [${driver}]`, async ({ assert }) => {
      const { browser, visit, ask } = visitor()

      await visit(({ session }) => session.put('a', 1))
      const id = await ask(({ session }) => {
        session.put('b', 2)
        session.forget('a')
        return session.sessionId
      })
      assert.deepEqual(await storedValues(driver, app(), id, browser), { b: 2 })
    })

    test(`sessionId: is the id in the cookie [${driver}]`, async ({ assert }) => {
      const { browser, ask } = visitor()

      const id = await ask(({ session }) => session.sessionId)
      const encoded = decodeURIComponent(browser.cookies()['adonis-session'])
      const signed = app().app.container.use('Adonis/Core/Encryption').verifier
      assert.equal(signed.unsign(encoded.slice('s:'.length), 'adonis-session'), id)
    })

    test(`initiated: is true in every HTTP request [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()

      const initiated = await ask(async ({ session }) => {
        const before = session.initiated
        if (!session.initiated) {
          await session.initiate(false)
        }
        return [before, session.initiated]
      })
      assert.deepEqual(initiated, [true, true])
    })

    test(`fresh: is true when the id was generated in this request [${driver}]`, async ({
      assert,
    }) => {
      const { ask } = visitor()

      assert.isTrue(await ask(({ session }) => session.fresh))
      assert.isFalse(await ask(({ session }) => session.fresh))
    })

    test(`fresh: is true after regenerate [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      const fresh = await ask(({ session }) => {
        if (!session.fresh) {
          session.regenerate()
        }
        return session.fresh
      })
      assert.isTrue(fresh)
      assert.isFalse(await ask(({ session }) => session.fresh))
    })

    test(`regenerate: attaches the existing data to a new id [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('user', { id: 1 }))
      const before = await ask(({ session }) => session.sessionId)

      const during = await ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      const [after, user] = await ask(({ session }) => [session.sessionId, session.get('user')])
      assert.notEqual(after, before)
      assert.equal(after, during)
      assert.deepEqual(user, { id: 1 })
    })

    test(`regenerate: takes the old id out of the store [${driver}]`, async ({ assert }) => {
      const { browser, visit, ask } = visitor()
      await visit(({ session }) => session.put('user', { id: 1 }))
      const before = await ask(({ session }) => session.sessionId)

      const response = await visit(({ session }) => session.regenerate())
      assert.isNull(await storedValues(driver, app(), before, browser))
      assert.lengthOf(
        cookiesOf(response).filter(({ name }) => name === 'adonis-session'),
        1
      )
    })
  })

  test.group(`Other methods/properties on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)

    test(`initiate: has been called before the handler [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      const values = await ask(async ({ session }) => {
        session.put('b', 2)
        await session.initiate(false)
        return session.all()
      })
      assert.deepEqual(values, { a: 1, b: 2 })
    })

    test(`initiate(true): makes a readonly store [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      const [readonly, value] = await ask(async ({ session }) => {
        session.initiated = false
        await session.initiate(true)
        return [session.readonly, session.get('a')]
      })
      assert.isTrue(readonly)
      assert.equal(value, 1)
    })

    test(`readonly: is false in every HTTP request [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        if (!session.readonly) {
          session.put('key', 'value')
        }
      })
      assert.equal(await ask(({ session }) => session.get('key')), 'value')
      assert.isFalse(await ask(({ session }) => session.readonly))
    })

    test(`commit: persists the changes [${driver}]`, async ({ assert }) => {
      const { browser, ask } = visitor()

      const id = await ask(async ({ session }) => {
        session.put('a', 1)
        await session.commit()
        return session.sessionId
      })
      assert.deepEqual(await storedValues(driver, app(), id, browser), { a: 1 })
    })

    test(`commit: refreshes maxAge of the id cookie [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))

      clock.pass('1h')
      const headers: string[] = await ask(async ({ session, response }) => {
        await session.commit()
        return [response.getHeader('set-cookie')].flat()
      })
      const cookie = headers.find((header) => header.startsWith('adonis-session='))
      assert.include(cookie, 'Max-Age=7200')
    })

    test(`commit: is called automatically [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', 1))
      assert.equal(await ask(({ session }) => session.get('a')), 1)
    })
  })
}

test.group('Session id lifecycle in Redis', (group) => {
  const { app, visitor } = sharedApp(group, 'redis')

  test('a request that only reads resets the ttl of the key', async ({ assert }) => {
    const { ask } = visitor()
    const id = await ask(({ session }) => {
      session.put('a', 1)
      return session.sessionId
    })

    await redisOf(app()).pexpire(id, 60_000)
    await ask(({ session }) => session.get('a'))
    assert.isAbove(await redisOf(app()).pttl(id), 7_000_000)
  })
})
