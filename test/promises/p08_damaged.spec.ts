import { test } from '@japa/runner'
import { redisOf } from '../helpers/stored'
import { Handler, sharedApp } from '../helpers/visits'

const begin: Handler = ({ session }) => {
  session.put('user', 1)
  return session.sessionId
}

const userOf: Handler = ({ session }) => session.get('user') ?? null

test.group('P8 Damaged data is no 500, and takes nothing along: redis', (group) => {
  const { app, visitor } = sharedApp(group, 'redis')

  test('a session that is stored while a damaged one is removed stays', async ({ assert }) => {
    const { ask, clone } = visitor()
    const id = await ask(begin)
    const redis = redisOf(app())
    await redis.set(id, 'garbage')

    const { evalsha } = redis
    let commands = 0
    redis.evalsha = (async (...args: Parameters<typeof evalsha>) => {
      // The first command reads, the second one asks for the fingerprint, and the third one removes.
      if (++commands === 3) {
        redis.evalsha = evalsha
        await redis.set(id, JSON.stringify({ message: { user: 7 }, purpose: id }), 'EX', 60)
      }
      return evalsha.apply(redis, args)
    }) as typeof evalsha

    assert.isNull(await clone().ask(userOf))
    assert.equal(await ask(userOf), 7)
  })
})
