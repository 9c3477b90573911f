import { test } from '@japa/runner'
import { system } from '../../src/AtomicFile'
import { can, SERVER_DRIVERS } from '../helpers/drivers'
import { redisOf } from '../helpers/stored'
import { apps, Handler } from '../helpers/visits'
import type { Point } from '../torture/gates'
import { clusterOf, CONFIGS, tab, visitor } from './helpers'

/** Where a logout can stop. */
const stopsOf = (driver: string): Point[] =>
  can(driver, 'isAtomic')
    ? ['before retire', 'after retire']
    : ['before read', 'before write', 'after write', 'before destroy', 'after destroy']

for (const driver of SERVER_DRIVERS) {
  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(`P2 A logout can be repeated: ${driver}, ${config} config`, (group) => {
      group.each.timeout(60_000)
      const running = clusterOf(group, driver, { size: 0, session })

      for (const failAt of stopsOf(driver)) {
        test(`one that failed ${failAt} ends the session when it is answered`, async ({
          assert,
        }) => {
          const { cluster } = running
          const { browser } = await visitor(cluster, { user: 7 })
          const copy = tab(browser)
          await cluster.run(browser, [['invalidate']], { failAt })
          const { status } = await cluster.run(browser, [['invalidate']])

          assert.equal(status, 200)
          assert.deepEqual((await cluster.show(tab(copy))).values, {})
          assert.deepEqual((await cluster.show(browser)).values, {})
        })

        test(`one that was revoked and failed ${failAt} ends it, too`, async ({ assert }) => {
          const { cluster } = running
          const { browser, id } = await visitor(cluster, { user: 7 })
          const revoke = { method: 'POST', body: { id } }
          await cluster.fire(cluster.browser(), '/revoke', { ...revoke, failAt }).response
          await cluster.fire(cluster.browser(), '/revoke', revoke).response
          assert.deepEqual((await cluster.show(browser)).values, {})
        })
      }
    })
  }
}

const user: Handler = ({ session }) => session.get('user') ?? null
const logIn: Handler = ({ session }) => {
  session.put('user', 7)
  return session.sessionId
}
const logOut: Handler = ({ session }) => session.invalidate()

test.group('P2 A logout can be repeated, whatever is in the way', (group) => {
  const start = apps(group)

  for (const call of ['rename', 'unlink', 'rmdir', 'mkdir'] as const) {
    test(`a disk on which ${call} fails once [file]`, async ({ assert }) => {
      const { visit, ask, clone } = (await start('file')).visitor()
      await visit(logIn)
      const copy = clone()

      const original = system[call] as (...args: any[]) => Promise<any>
      Object.assign(system, {
        [call]: async () => {
          Object.assign(system, { [call]: original })
          throw Object.assign(new Error('injected'), { code: 'EIO' })
        },
      })
      await visit(logOut, { mayFail: true })
      Object.assign(system, { [call]: original })
      await visit(logOut)

      assert.isNull(await copy.ask(user))
      assert.isNull(await ask(user))
    })
  }

  test('a process of 6.4 that writes the record back beside the tombstone [redis]', async ({
    assert,
  }) => {
    const app = await start('redis')
    const { visit, ask, clone } = app.visitor()
    const id = await ask(logIn)
    const stored = await redisOf(app).get(id)
    const copy = clone()
    await visit(logOut)
    await redisOf(app).set(id, stored!, 'EX', 7200)

    assert.isNull(await copy.ask(user))
    await copy.visit(logOut)
    assert.isNull(await redisOf(app).get(id))
  })
})
