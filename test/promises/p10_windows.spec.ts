import { promises as fs, watch } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { temporaryDirectory } from '../helpers/drivers'
import { cookiesWithId } from '../helpers/signed'
import { Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'
import { until } from '../redis/helpers'
import { fail, restore } from './broken_disk'

const read = (visitor: Visitor) => visitor.visit(({ session }) => session.all(), { mayFail: true })

const write = (visitor: Visitor, note: number) =>
  visitor.visit(({ session }) => session.put({ a: note, b: note }), { mayFail: true })

async function visitorOf(app: VisitedApp): Promise<Visitor> {
  const visitor = app.visitor()
  await write(visitor, 1)
  return visitor
}

const WORK: Record<string, Handler> = {
  'is updated': ({ session }) => session.put({ a: 2, b: 2 }),
  'gets a new id': ({ session }) => session.regenerate(),
  'is ended': ({ session }) => session.invalidate(),
}

/** What an app may have signed as an id; the last one alone can be the name of a file. */
const IDS = ['con', 'NUL', 'com1', 'aux.x', 'a:b', 'a|b', 'a.', 'a ', '../a', 'a\\b', 'Good-1d']

test.group('P10 An outage is bounded: files that are in use, as on Windows', (group) => {
  const location = temporaryDirectory()
  const { app } = sharedApp(group, 'file', { session: { file: { location } } })
  group.each.teardown(restore)

  for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
    for (const [is, handler] of Object.entries(WORK)) {
      test(`a file that is in use for a moment (${code}) is waited for: its session ${is}`, async ({
        assert,
      }) => {
        const visitor = await visitorOf(app())
        fail(['rename', 'unlink'], code, 3)
        assert.equal((await visitor.visit(handler)).status, 200)
        assert.equal((await write(visitor, 3)).status, 200)
        assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
      })

      test(`a file that cannot be removed for a while (${code}) bars no session: it ${is}`, async ({
        assert,
      }) => {
        const visitor = await visitorOf(app())
        fail(['unlink'], code)
        const { status, setCookies } = await visitor.visit(handler, { mayFail: true })
        restore()
        assert.oneOf(status, [200, 503])
        assert.deepEqual(status === 503 ? setCookies : [], [])
        assert.equal((await write(visitor, 3)).status, 200)
        assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
      })
    }

    test(`a file that stays in use (${code}) gives a 503 and keeps the old session, and no other file`, async ({
      assert,
    }) => {
      const visitor = await visitorOf(app())
      const before = await fs.readdir(location)
      fail(['rename'], code)
      const { status, setCookies, json } = await write(visitor, 2)
      restore()
      assert.equal(status, 503)
      assert.include(json.message, code)
      assert.deepEqual(setCookies, [])
      assert.deepEqual((await read(visitor)).answer, { a: 1, b: 1 })
      assert.sameMembers(await fs.readdir(location), before)
      assert.equal((await write(visitor, 3)).status, 200)
    })
  }

  test('what a killed process left is no obstacle to one with its number, as in a container', async ({
    assert,
  }) => {
    const visitor = await visitorOf(app())
    const left = `${location}.left`
    fail(['rename'], 'EIO', Infinity, () => fs.cp(location, left, { recursive: true }))
    await write(visitor, 2)
    restore()

    await fs.cp(left, location, { recursive: true })
    assert.deepEqual((await read(visitor)).answer, { a: 1, b: 1 })
    assert.equal((await write(visitor, 3)).status, 200)
    assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
  })

  test('every name of a file is one that Windows takes', async ({ assert }) => {
    const names = new Set<string>()
    const watcher = watch(location, (_, name) => void names.add(String(name)))

    for (const id of IDS) {
      await app().visitor().visit(WORK['is updated'], cookiesWithId(app(), id))
    }
    const visitor = await visitorOf(app())
    for (const handler of Object.values(WORK)) {
      await visitor.visit(handler)
    }
    const damaged = await visitorOf(app())
    const id = await damaged.ask(({ session }) => session.sessionId)
    await fs.writeFile(join(location, `${id}.txt`), '{"message":{},"purpose":"another"}')
    await read(damaged)
    await fs.writeFile(join(location, 'the-end'), '')
    await until('all was seen', async () => names.has('the-end'))
    watcher.close()

    const endings = ['.txt', '.tmp', '.lock', '.unreadable']
    assert.isTrue(endings.every((ending) => [...names].some((name) => name.endsWith(ending))))
    assert.include([...names], 'Good-1d.txt')
    for (const name of names) {
      assert.match(name, /^[\w. -]+$/)
      assert.notMatch(name, /[. ]$/)
      assert.notMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
    }
  })
})
