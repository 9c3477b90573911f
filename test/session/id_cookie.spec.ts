import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { sharedApp } from '../helpers/visits'

test.group('Id cookies that were seen before', (group) => {
  const clock = stoppedClock(group)
  const { app, visitor } = sharedApp(group, 'memory')

  test('one that an app has signed for a minute is none after it, however often it was seen', async ({
    assert,
  }) => {
    const { verifier } = app().app.container.use('Adonis/Core/Encryption')
    const signed = `s:${verifier.sign('an-id-of-the-app', '1m', 'adonis-session')}`
    const cookies = { 'adonis-session': encodeURIComponent(signed) }
    const idOf = () => visitor().ask(({ session }) => session.sessionId, { cookies })

    assert.deepEqual([await idOf(), await idOf()], ['an-id-of-the-app', 'an-id-of-the-app'])
    clock.pass('61s')
    assert.notEqual(await idOf(), 'an-id-of-the-app')
  })

  test('the signature of one app is none of another with the same config', async ({ assert }) => {
    const member = visitor()
    await member.visit(({ session }) => session.put('a', 1))
    await member.visit(() => {})
    const cookie = member.browser.jar.get('adonis-session')!

    const { verifier } = app()
      .app.container.use('Adonis/Core/Encryption')
      .child({ secret: 'another-key-of-32-characters-and-more' })
    const id = await member.ask(({ session }) => session.sessionId)
    const foreign = `s:${verifier.sign(id, undefined, 'adonis-session')}`
    member.browser.jar.set('adonis-session', { ...cookie, value: encodeURIComponent(foreign) })
    assert.deepEqual(await member.ask(({ session }) => session.all()), {})
  })

  test('an id that has not changed goes back as it came', async ({ assert }) => {
    const member = visitor()
    await member.visit(({ session }) => session.put('a', 1))
    const before = member.browser.jar.get('adonis-session')!.value
    const { setCookies } = await member.visit(({ session }) => session.put('a', 2))
    assert.isTrue(setCookies[0].startsWith(`adonis-session=${before};`))
  })
})

test.group('Id cookies that are not as this package writes them', (group) => {
  const { app, visitor } = sharedApp(group, 'memory')

  function signed(id: string, expiresIn?: string): string {
    const { verifier } = app().app.container.use('Adonis/Core/Encryption')
    return `s:${verifier.sign(id, expiresIn, 'adonis-session')}`
  }

  const ODD: Record<string, (id: string) => string> = {
    'has an expiry inside': (id) => signed(id, '1m'),
    'goes on after its signature': (id) => `${signed(id)}.and-more`,
  }

  for (const [is, odd] of Object.entries(ODD)) {
    test(`one that ${is} is not sent back, but written anew`, async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      })
      const cookies = { 'adonis-session': encodeURIComponent(odd(id)) }
      for (const n of [1, 2]) {
        const { setCookies } = await member.visit(({ session }) => session.put('a', n), { cookies })
        assert.isTrue(setCookies[0].startsWith(`adonis-session=${encodeURIComponent(signed(id))};`))
      }
    })
  }
})

test.group('The order of the cookies', (group) => {
  const { visitor } = sharedApp(group, 'cookie')

  test('is that of 6.4: the id cookie first, then those with the session', async ({ assert }) => {
    const one = visitor()
    for (let times = 0; times < 2; times++) {
      const { setCookies } = await one.visit(({ session, response }) => {
        response.cookie('own', '1')
        session.put('a', 'x'.repeat(5000))
      })
      const names = setCookies.map((line) => line.split('=')[0])
      const id = names[2]
      assert.deepEqual(names, ['own', 'adonis-session', id, `${id}.1`])
    }
  })
})
