import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { Handler, sharedApp } from '../helpers/visits'

const MOST_COOKIES = 3

const change: Record<string, Handler> = {
  'logs in again and again': ({ session }) => {
    session.increment('n')
    session.regenerate()
  },
  'ends its session again and again': ({ session }) => {
    session.invalidate()
    session.put('n', 1)
  },
  'puts much and little': ({ session }) => {
    session.put('text', 'x'.repeat(session.get('text') ? 0 : 4500))
    session.increment('n')
    session.regenerate()
  },
}

test.group('Cookie driver', (group) => {
  const { visitor } = sharedApp(group, 'cookie')

  for (const [does, handler] of Object.entries(change)) {
    test(`a browser that ${does} has the cookies of one session`, async ({ assert }) => {
      const { visit, browser } = visitor()
      for (let round = 0; round < 6; round++) {
        await visit(handler)
      }
      assert.isAtMost(Object.keys(browser.cookies()).length, MOST_COOKIES)
    })
  }

  test('cookies of a session that another server has replaced go with the next answer', async ({
    assert,
  }) => {
    const { visit, ask, browser, clone } = visitor()
    const old = await ask(({ session }) => {
      session.put('a', 1)
      return session.sessionId
    })
    const before = clone()
    await visit(({ session }) => session.regenerate())
    const stale = before.browser.cookies()[old]
    const now = browser.cookies()
    const response = await visit(({ session }) => session.put('b', 2), {
      cookies: { ...now, [old]: stale },
    })
    const dropped = response.setCookies.filter((line) => line.includes('Max-Age=-1'))
    assert.deepEqual(
      dropped.map((line) => line.split('=')[0]),
      [old]
    )
  })

  const OTHER_ID = 'f'.repeat(40)

  async function droppedBy(cookies: Record<string, string>): Promise<string[]> {
    const response = await visitor().visit(({ session }) => session.put('b', 2), { cookies })
    const dropped = response.setCookies.filter((line) => line.includes('Max-Age=-1'))
    return dropped.map((line) => line.split('=')[0])
  }

  test('those of another app on the same host stay', async ({ assert }) => {
    const others = { 'other-app': 's:abc.def', [OTHER_ID]: 'e:abc', [`${OTHER_ID}.1`]: 'def' }
    assert.deepEqual(await droppedBy(others), [])
  })

  test('those of the id cookie go with it, also when the key of the app was changed', async ({
    assert,
  }) => {
    const message = JSON.stringify({ message: OTHER_ID, purpose: 'adonis-session' })
    const signed = `s:${Buffer.from(message).toString('base64url')}.${'x'.repeat(43)}`
    const old = { 'adonis-session': signed, [OTHER_ID]: '2~e:abc', [`${OTHER_ID}.1`]: 'def' }
    assert.sameMembers(await droppedBy(old), [OTHER_ID, `${OTHER_ID}.1`])
  })

  test('so do parts without a first one, which hold no session', async ({ assert }) => {
    assert.deepEqual(await droppedBy({ [`${OTHER_ID}.1`]: 'def' }), [`${OTHER_ID}.1`])
  })
})

test.group('Cookie driver: what a process knows of an end', (group) => {
  const { visitor } = sharedApp(group, 'cookie', { session: { age: '2h' } })
  const clock = stoppedClock(group)
  const all: Handler = ({ session }) => session.all()

  test('a logout that a login overtook ends the session under its new id, too', async ({
    assert,
  }) => {
    const one = visitor()
    await one.visit(({ session }) => session.put('cart', 1))
    const tab = one.clone()
    await tab.visit(async ({ session }) => {
      await one.visit(({ session: other }) => {
        other.put('user', 7)
        other.regenerate()
      })
      session.invalidate()
    })
    assert.deepEqual(await one.ask(all), {})
  })

  test('a logout after the headers have left ends the session, whatever it flashes', async ({
    assert,
  }) => {
    for (const flashes of [false, true]) {
      const one = visitor()
      await one.visit(({ session }) => session.put('user', 7))
      const copy = one.clone()
      await one.visit(
        async ({ session, response }) => {
          response.response.writeHead(200)
          session.invalidate()
          flashes && session.flash('note', 'You are logged out')
          await session.commit().catch(() => {})
          response.response.end('streamed')
        },
        { mayFail: true }
      )
      assert.deepEqual(await copy.ask(all), {})
    }
  })

  test('a copy of a session that had a longer age stays ended for that age', async ({ assert }) => {
    const one = visitor()
    await one.visit(({ session }) => {
      session.put('user', 7)
      session.setAge('30 days')
    })
    const copy = one.clone()
    await one.visit(({ session }) => session.invalidate())
    for (const time of ['3h', '5 days'] as const) {
      clock.pass(time)
      assert.deepEqual(await copy.clone().ask(all), {}, time)
    }
  })
})
