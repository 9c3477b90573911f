import { test } from '@japa/runner'
import { once } from 'events'
import { RedisDriver } from '../../src/Drivers/Redis'
import { ENTER } from '../../src/Redis/scripts'
import { apps, Handler, VisitedApp } from '../helpers/visits'
import { appOn, commandsDuring, redisOf } from './helpers'

const login: Handler = ({ session }) => {
  session.put('user', 7)
  session.tag('7')
  return session.sessionId
}
const change: Handler = ({ session }) => session.increment('n')

const driverOf = ({ app }: VisitedApp) =>
  new RedisDriver(app.config.get('session'), app.container.use('Adonis/Addons/Redis'))

test.group('Redis: the list of a tag', (group) => {
  const start = apps(group)
  const redis = redisOf(group)
  group.each.setup(() => void redis.admin.flushall())

  test('is written at login and when the id changes, and not with each change', async ({
    assert,
  }) => {
    const app = await start('redis', appOn(redis.server))
    const member = app.visitor()
    const entries = async (handler: Handler) => {
      const commands = await commandsDuring(redis.server, () => member.visit(handler))
      return commands.filter(([, script]) => [ENTER.digest, ENTER.text].includes(script)).length
    }
    assert.equal(await entries(login), 1)
    assert.equal(await entries(change), 0)
    assert.equal(await entries(({ session }) => session.regenerate()), 1)
    assert.equal(await entries(change), 0)
    assert.equal(await entries(({ session }) => session.tag('8')), 1)
    assert.lengthOf(await app.Session.tagged('8'), 1)
  })

  test('has each session that begins, whatever is told of it', async ({ assert }) => {
    const app = await start('redis', appOn(redis.server))
    const meta = { createdAt: Date.now(), tag: '7', listedUntil: Date.now() + 3_600_000 }
    const record = { values: {}, json: '{}', meta }
    assert.isTrue((await driverOf(app).replace('a'.repeat(40), record, null, 60_000)).done)
    assert.lengthOf(await app.Session.tagged('7'), 1)
  })

  test('keeps a session whose end was refused', async ({ assert }) => {
    const app = await start('redis', appOn(redis.server))
    const id = await app.visitor().ask(login)
    const tombstone = { reason: 'revoked' as const, values: {} }
    const { done } = await driverOf(app).retire(id, tombstone, 'another state', 60_000)
    assert.isFalse(done)
    assert.lengthOf(await app.Session.tagged('7'), 1)
    await app.Session.destroy(id)
    assert.deepEqual(await redis.admin.zrange('sessions:tag:7', 0, -1), [])
  })
})

test.group('Redis: a text that was damaged after it was read', (group) => {
  const start = apps(group)
  const redis = redisOf(group)

  test('can be retired, although nobody knows its tag', async ({ assert }) => {
    const app = await start('redis', appOn(redis.server))
    const id = await app.visitor().ask(login)
    await redis.admin.set(id, '{"message":{},"meta":{"tag":"7"', 'EX', 3600)
    const tombstone = { reason: 'revoked' as const, values: {} }
    assert.isTrue((await driverOf(app).retire(id, tombstone, undefined, 60_000)).done)
    assert.equal(await redis.admin.exists(id), 0)
  })
})

test.group('Redis: a connection that is given up', (group) => {
  const start = apps(group)
  const redis = redisOf(group)
  const connectionsOf = ({ app }: VisitedApp) =>
    (app.container.use('Adonis/Addons/Redis') as any).activeConnections

  test('is one that is not there, and whoever asks again gets another', async ({ assert }) => {
    const options = appOn(redis.server, { storeTimeout: '2s' })
    const app = await start('redis', options)
    const member = app.visitor()
    await member.visit(login)
    await driverOf(app).abandon()
    assert.property(connectionsOf(app), 'local')

    const { ioConnection } = connectionsOf(app).local
    const ended = once(ioConnection, 'end')
    ioConnection.disconnect()
    await ended
    await driverOf(app).abandon()
    assert.notProperty(connectionsOf(app), 'local')
    await driverOf(app).abandon()
    assert.deepEqual(await member.ask(({ session }) => session.all()), { user: 7 })
  })

  test('tells of the last error that it had', async ({ assert }) => {
    const app = await start('redis', appOn({ host: '127.0.0.1', port: 1 }, { storeTimeout: '2s' }))
    assert.isNull(driverOf(app).connectionError())
    const { json } = await app.visitor().visit(login, { mayFail: true })
    assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
    assert.match(driverOf(app).connectionError()!.message, /ECONNREFUSED/)
    await driverOf(app).abandon()
  })
})
