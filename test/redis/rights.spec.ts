import { readFileSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { apps, Handler, VisitedApp } from '../helpers/visits'
import { appOn, redisOf } from './helpers'

const PAGE = join(__dirname, '..', '..', 'docs', 'drivers.md')
const PREFIX = 'app:'
const PASSWORD = 'secret'

const all: Handler = ({ session }) => session.all()

/** The commands that the page lists. */
const documented = () =>
  readFileSync(PAGE, 'utf8')
    .match(/```acl\n([^`]*)```/)![1]
    .trim()
    .split(/\s+/)

/** What sessions do with Redis: begin, read, change, touch, log in, log out, revoke, meet damaged keys. */
async function story(app: VisitedApp, damage: (id: string, how: 'text' | 'list') => unknown) {
  const one = app.visitor()
  const idOf: Handler = ({ session }) => session.sessionId
  const begin: Handler = ({ session }) => session.put('n', 1)
  await one.visit(begin)
  await one.visit(({ session }) => session.increment('n'))
  await one.visit(all)
  await one.visit(({ session }) => session.regenerate())
  const values = await one.ask(all)
  const tab = one.clone()
  await one.visit(({ session }) => session.invalidate())
  const ended = await tab.ask(all)

  for (const how of ['text', 'list'] as const) {
    const other = app.visitor()
    await other.visit(begin)
    await damage(await other.ask(idOf), how)
    await other.visit(begin)
    await app.Session.destroy(await other.ask(idOf))
  }
  return [values, ended]
}

test.group('A user of Redis with few rights', (group) => {
  const redis = redisOf(group)
  const start = apps(group)

  async function appWith(commands: string[]): Promise<VisitedApp> {
    const keys = [`~${PREFIX}*`, `~{${PREFIX}*`]
    const rules = ['reset', 'on', `>${PASSWORD}`, ...keys, '-@all', ...commands]
    await redis.admin.call('ACL', 'SETUSER', 'sessions', ...rules)
    await redis.admin.call('SCRIPT', 'FLUSH')
    const user = { username: 'sessions', password: PASSWORD, keyPrefix: PREFIX, db: 0 }
    return start('redis', appOn(redis.server, { storeTimeout: '2s' }, user))
  }

  const damage = async (id: string, how: 'text' | 'list') => {
    await redis.admin.del(PREFIX + id)
    await (how === 'text'
      ? redis.admin.set(PREFIX + id, 'garbage')
      : redis.admin.lpush(PREFIX + id, 'a'))
  }

  test('can do all with the commands that the page lists', async ({ assert }) => {
    const app = await appWith(documented())
    assert.deepEqual(await story(app, damage), [{ n: 2 }, {}])
  })

  test('needs each of them', async ({ assert }) => {
    const ofSessions = documented().filter((command) => !['+info', '+select'].includes(command))
    assert.isAbove(ofSessions.length, 5)
    for (const command of ofSessions) {
      const app = await appWith(documented().filter((other) => other !== command))
      const failed = await story(app, damage).then(
        () => false,
        () => true
      )
      assert.isTrue(failed, `${command} is not needed`)
    }
  }).timeout(60_000)
})
