import { test } from '@japa/runner'
import { hashOf } from '../../src/AtRest/ids'
import { stoppedClock } from '../helpers/clock'
import { databases } from '../helpers/databases'
import { rowOf, tableOf } from '../helpers/stored'
import { apps, Handler, sharedApp, VisitedApp } from '../helpers/visits'
import { record, storeOf, withConnection } from './helpers'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

/** All that the table says, as text. */
async function dumpOf(app: VisitedApp): Promise<string> {
  const rows = await tableOf(app)
  return rows
    .flatMap((row: Record<string, any>) => Object.values(row))
    .map(String)
    .join('\n')
}

for (const driver of databases()) {
  test.group(`What a table says: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test('no id that can be used: not of a session, not of a retired one or its successor', async ({
      assert,
    }) => {
      const member = visitor()
      const ids = [await member.ask(put)]
      await member.visit(({ session }) => session.regenerate())
      ids.push(await member.ask(({ session }) => session.sessionId))
      const forked = member.clone()
      await member.visit(({ session }) => {
        session.put('user', 1)
        session.regenerate()
      })
      await forked.visit(({ session }) => {
        session.put('user', 2)
        session.regenerate()
      })
      ids.push(await member.ask(({ session }) => session.sessionId))
      ids.push(await forked.ask(({ session }) => session.sessionId))

      assert.lengthOf(new Set(ids), 4)
      const dump = await dumpOf(app())
      for (const id of ids) {
        assert.include(dump, hashOf(id))
        assert.notInclude(dump, id)
      }
    })

    test('the hash in the table is no id: nothing is stored under it', async ({ assert }) => {
      const id = await visitor().ask(put)
      const store = storeOf(app())
      assert.equal((await store.load(id)).state, 'stored')
      assert.equal((await store.load(hashOf(id))).state, 'absent')
    })

    test('a session that has ended tells why', async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      await member.visit(({ session }) => session.invalidate())
      const { tombstone } = (await storeOf(app()).load(id)) as any
      assert.deepEqual([tombstone.reason, tombstone.successor], ['invalidated', undefined])
    })

    test('a successor is found with the old id, and with no other', async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      const next = await member.ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      const stranger = await visitor().ask(put)
      const { tombstone } = (await rowOf(app(), id))!
      await tableOf(app())
        .where('id', hashOf(stranger))
        .update({ data: null, tombstone: String(tombstone) })

      const store = storeOf(app())
      const tombstoneOf = async (of: string) => ((await store.load(of)) as any).tombstone
      assert.equal((await tombstoneOf(id)).successor, next)
      const { successor, reason } = await tombstoneOf(stranger)
      assert.deepEqual([successor, reason], [undefined, 'revoked'])
    })

    const TEXTS = {
      'emoji and other scripts': '🍕 ünïcödé 漢字 עברית',
      'quotes and backslashes': `'"\\ \\' -- ; DROP TABLE sessions; /* ? :name :table: $1 %s`,
      'control characters': '\u0000\u0001\n\r\t\u2028',
      'half of a surrogate pair': '\ud83c',
    }
    for (const [title, text] of Object.entries(TEXTS)) {
      test(`${title} come back as they were`, async ({ assert }) => {
        const { visit, ask } = visitor()
        await visit(({ session }) => session.put({ text, [`key ${text.replace(/\./g, '')}`]: 1 }))
        await visit(({ session }) => session.increment('n'))
        assert.equal(await ask(({ session }) => session.get('text') === text), true)
      })
    }
  })

  test.group(`The times of a row: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)
    const clock = stoppedClock(group)
    const HOUR = 3_600_000
    const timesOf = async (id: string) => {
      const { expires_at: expires, sweep_at: sweep } = (await rowOf(app(), id))!
      return { expires: Number(expires) - Date.now(), sweep: Number(sweep) - Date.now() }
    }

    test('a touch moves the expiry, and once in an age the time to look for it', async ({
      assert,
    }) => {
      const member = visitor()
      const id = await member.ask(put)
      assert.deepEqual(await timesOf(id), { expires: 2 * HOUR, sweep: 4 * HOUR })
      clock.pass('90m')
      await member.ask(all)
      assert.deepEqual(await timesOf(id), { expires: 2 * HOUR, sweep: 2.5 * HOUR })
      clock.pass('90m')
      await member.ask(all)
      assert.deepEqual(await timesOf(id), { expires: 2 * HOUR, sweep: 4 * HOUR })
    })

    test('a shorter age moves the time to look for it, too', async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      await member.visit(({ session }) => session.setAge('400 days'))
      await member.visit(({ session }) => session.setAge('1h'))
      assert.deepEqual(await timesOf(id), { expires: HOUR, sweep: 2 * HOUR })
    })

    test('a row that has ended is replaced where its id comes again', async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      clock.pass('3h')
      const store = storeOf(app())
      assert.isTrue((await store.replace(id, record({ b: 2 }), null, HOUR)).done)
      assert.deepEqual(await store.read(id), { b: 2 })
      assert.isFalse((await store.replace(id, record({ b: 2 }), null, HOUR)).done)
    })
  })
}

test.group('Columns of bytes', (group) => {
  const start = apps(group)

  for (const charset of databases().includes('mariadb') ? ['latin1', 'utf8', 'utf8mb4'] : []) {
    test(`a connection of MariaDB in ${charset} changes nothing`, async ({ assert }) => {
      const app = await start(
        'mariadb',
        withConnection('mariadb', ({ connection, ...rest }) => ({
          ...rest,
          connection: { ...connection, charset },
        }))
      )
      const { visit, ask } = app.visitor()
      await visit(({ session }) => session.put('text', '🍕 ü 漢'))
      assert.equal(await ask(({ session }) => session.get('text')), '🍕 ü 漢')
    })
  }
})
