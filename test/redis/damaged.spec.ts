import { test } from '@japa/runner'
import { RedisDriver } from '../../src/Drivers/Redis'
import { FINGERPRINT } from '../../src/Redis/scripts'
import { encode } from '../../src/Serializer'
import { apps, Handler } from '../helpers/visits'
import { appOn, redisOf } from './helpers'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

test.group('Redis: keys that no session has written', (group) => {
  const start = apps(group)
  const redis = redisOf(group)

  test('a list has none of them', async ({ assert }) => {
    await redis.admin.flushall()
    const { app, Session, visitor } = await start('redis', appOn(redis.server))
    await visitor().visit(put)
    const session = (id: string) => encode(id, '{"other":1}', {})
    await redis.admin.set('cache:page', session('cache:page'))
    await redis.admin.set('other', 'a text of the app')
    await redis.admin.set(`{${'a'.repeat(40)}}:retired`, '{"retired":{}}')
    await redis.admin.rpush('queue', 'a job')

    const driver = new RedisDriver(
      app.config.get('session'),
      app.container.use('Adonis/Addons/Redis')
    )
    const listed = []
    for await (const { record } of driver.list()) {
      listed.push(record?.values)
    }
    assert.deepEqual(listed, [{ a: 1 }])
    assert.equal((await Session.stats()).sessions, 1)
  })

  test('a text that is damaged can be ended, whatever it resembles', async ({ assert }) => {
    const { Session, visitor } = await start('redis', appOn(redis.server))
    const member = visitor()
    const id = await member.ask(put)
    await redis.admin.set(id, '{"message":{"a":1},"__session__":{"tag":"7"')
    await Session.destroy(id)
    assert.equal(await redis.admin.exists(id), 0)
    assert.deepEqual(await member.ask(all), {})
  })

  test('a tombstone that is damaged refuses its id', async ({ assert }) => {
    const { app, visitor } = await start('redis', appOn(redis.server))
    const member = visitor()
    const id = await member.ask(put)
    for (const text of ['garbage', '', '{"retired":', '{"retired":{}}', 'null']) {
      await redis.admin.set(`{${id}}:retired`, text, 'EX', 3600)
      const reasons: unknown[] = []
      const listener = ({ reason }: { reason: unknown }) => void reasons.push(reason)
      app.container.use('Adonis/Core/Event').on('session:rejected', listener)
      const { status, answer } = await member.clone().visit(all)
      app.container.use('Adonis/Core/Event').off('session:rejected', listener)
      assert.deepEqual([status, answer, reasons], [200, {}, ['revoked']])
    }
  })

  test('a damaged text is not removed after another request has stored a session', async ({
    assert,
  }) => {
    const { app, visitor } = await start('redis', appOn(redis.server))
    const [member, other] = [visitor(), visitor()]
    const id = await member.ask(put)
    other.browser.jar = new Map(member.browser.jar)
    await redis.admin.set(id, 'garbage', 'EX', 3600)

    const { ioConnection } = app.container.use('Adonis/Addons/Redis').connection('local') as any
    const { evalsha } = ioConnection
    ioConnection.evalsha = async function (digest: string, ...args: unknown[]) {
      if (digest === FINGERPRINT.digest) {
        ioConnection.evalsha = evalsha
        await redis.admin.set(id, encode(id, '{"a":2}', {}), 'EX', 3600)
      }
      return evalsha.call(ioConnection, digest, ...args)
    }
    await member.visit(all)
    assert.deepEqual(await other.ask(all), { a: 2 })
  })

  test('a session without an expiry has none in a list, and gets one when it is used', async ({
    assert,
  }) => {
    await redis.admin.flushall()
    const { Session, visitor } = await start('redis', appOn(redis.server, { touchEvery: '1m' }))
    const member = visitor()
    const id = await member.ask(put)
    assert.isNotNull((await Session.get(id))!.expiresAt)
    await redis.admin.persist(id)
    for await (const { expiresAt } of Session.list()) {
      assert.isNull(expiresAt)
    }
    assert.isNull((await Session.get(id))!.expiresAt)
    await member.visit(all)
    assert.isAbove(await redis.admin.pttl(id), 0)
  })
})
