import { test } from '@japa/runner'
import { channel } from 'diagnostics_channel'
import { apps, Handler } from '../helpers/visits'

const put: Handler = ({ session }) => {
  session.put('secret', 'rosebud')
  return session.sessionId
}

test.group('Diagnostics channels', (group) => {
  const start = apps(group)
  const seen: [name: string, message: any][] = []
  const names = ['load', 'commit', 'prune']
  const listeners = names.map((name) => (message: unknown) => void seen.push([name, message]))
  const channels = names.map((name) => channel(`adonis.session.${name}`))
  group.each.setup(() => {
    seen.splice(0)
    channels.forEach((one, index) => one.subscribe(listeners[index]))
    return () => channels.forEach((one, index) => one.unsubscribe(listeners[index]))
  })

  test('tell what a request did with its session and how long it took, and nothing of it', async ({
    assert,
  }) => {
    const app = await start('memory')
    const member = app.visitor()
    const id = await member.ask(put)
    await member.visit(({ session }) => session.invalidate())
    assert.deepEqual(
      seen.map(([name, { driver, state, outcome }]) => [name, driver, state ?? outcome]),
      [
        ['load', 'memory', 'new'],
        ['commit', 'memory', 'committed'],
        ['load', 'memory', 'stored'],
        ['commit', 'memory', 'destroyed'],
      ]
    )
    seen.forEach(([, { durationInMs }]) => assert.isAtLeast(durationInMs, 0))
    assert.notInclude(JSON.stringify(seen), id)
    assert.notInclude(JSON.stringify(seen), 'rosebud')
  })

  test('tell the code of an error', async ({ assert }) => {
    const app = await start('memory', {
      session: { driver: 'own', storeTimeout: 20 },
      boot: ({ container }) =>
        container.use('Adonis/Addons/Session').extend('own', () => ({
          read: () => new Promise(() => {}) as any,
          write: () => {},
          destroy: () => {},
          touch: () => {},
        })),
    })
    const member = app.visitor()
    await member.visit(put, { mayFail: true })
    const [name, { error }] = seen.pop()!
    assert.deepEqual([name, error], ['commit', 'E_SESSION_STORE_UNAVAILABLE'])
  })
})
