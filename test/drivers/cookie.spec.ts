import { test } from '@japa/runner'
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
    session.put('text', 'x'.repeat(session.get('text') ? 0 : 6000))
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
})
