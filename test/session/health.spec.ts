import { test } from '@japa/runner'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { apps, VisitedApp } from '../helpers/visits'

const reportOf = async ({ app }: VisitedApp) =>
  (await app.container.use('Adonis/Core/HealthCheck').getReport()).report

test.group('healthCheck', (group) => {
  const start = apps(group)

  test('is in the report where the config asks for it', async ({ assert }) => {
    const without = await start('memory')
    assert.notProperty(await reportOf(without), 'session')

    const app = await start('memory', { session: { healthCheck: true } })
    const { session } = await reportOf(app)
    assert.equal(session.displayName, 'Session')
    assert.isTrue(session.health.healthy)
    assert.match(session.health.message!, /^The store answered in \d+ ms$/)
  })

  test('is unhealthy within the deadline where the store does not answer', async ({ assert }) => {
    const app = await start('memory', { session: { healthCheck: true, storeTimeout: 50 } })
    const { load } = MemoryDriver.prototype
    MemoryDriver.prototype.load = () => new Promise(() => {}) as any
    const { session } = await reportOf(app)
    MemoryDriver.prototype.load = load
    assert.isFalse(session.health.healthy)
    assert.match(session.health.message!, /does not answer/)
  })

  test('disabled sessions are not looked at', async ({ assert }) => {
    const app = await start('memory', { session: { enabled: false, healthCheck: true } })
    assert.notProperty(await reportOf(app), 'session')
  })
})
