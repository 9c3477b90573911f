import { test } from '@japa/runner'
import { promises as fs } from 'fs'
import { system } from '../../src/AtomicFile'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { databases } from '../helpers/databases'
import { driversThat } from '../helpers/drivers'
import { OwnDriver } from '../helpers/own_driver'
import { fileOf, putRow, redisOf, rowOf, storeAs64, tableOf } from '../helpers/stored'
import { hashOf } from '../../src/AtRest/ids'
import { apps, Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

/** Texts that are no record of the id that they stand under. */
const TEXTS: Record<string, string | Buffer> = {
  garbage: 'garbage',
  'half of a record': '{"message":{"a":1},"purp',
  'the text of another id': '{"message":{"a":1},"purpose":"another-id"}',
  null: 'null',
  'a list': '[{"a":1}]',
  'a number': '42',
  'an envelope without a message': '{"purpose":"ID"}',
  'an envelope around null': '{"message":null,"purpose":"ID"}',
  'an envelope around a list': '{"message":[1,2],"purpose":"ID"}',
  'an envelope around a text': '{"message":"a","purpose":"ID"}',
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
}

/** The bytes of a damaged record of an id. */
function bytesOf(text: string | Buffer, id: string): Buffer {
  return Buffer.isBuffer(text) ? text : Buffer.from(text.replace('ID', id))
}

/** The reasons that are reported while some requests run. */
async function reported({ app }: VisitedApp, run: () => Promise<unknown>): Promise<string[]> {
  const emitter = app.container.use('Adonis/Core/Event')
  const reasons: string[] = []
  const listener = ({ reason }: { reason: string }) => void reasons.push(reason)

  emitter.on('session:unreadable', listener)
  await run()
  emitter.off('session:unreadable', listener)
  return reasons
}

/** Goes on after the damage: an empty session, which works from then on. What is returned is reported. */
function goOn(app: VisitedApp, { visit, ask }: Visitor, assert: any): Promise<string[]> {
  return reported(app, async () => {
    assert.deepEqual(await ask(all), {})
    await visit(({ session }) => session.put('b', 2))
    assert.deepEqual(await ask(all), { b: 2 })
  })
}

test.group('Damaged session files', (group) => {
  const { app, visitor } = sharedApp(group, 'file')

  for (const [name, text] of Object.entries(TEXTS)) {
    test(`${name} is an empty session, is reported once and kept aside`, async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      const bytes = bytesOf(text, id)
      await fs.writeFile(fileOf(app(), id), bytes)

      const reasons = await goOn(app(), member, assert)
      assert.lengthOf(reasons, 1)
      const [aside] = await asideOf(app(), id)
      assert.deepEqual(await fs.readFile(aside), bytes)
    })
  }

  for (const [name, text] of Object.entries({ 'an empty file': '', 'a blank file': '\t\r\n ' })) {
    test(`${name} is a session without values, as 6.4.0 leaves it`, async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      await fs.writeFile(fileOf(app(), id), text)

      assert.deepEqual(await goOn(app(), member, assert), [])
      assert.deepEqual(await asideOf(app(), id), [])
    })
  }

  test('parallel requests on a damaged file report and keep it once', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    await fs.writeFile(fileOf(app(), id), 'garbage')

    const reasons = await reported(app(), () =>
      Promise.all([1, 2, 3, 4].map(() => member.clone().ask(all)))
    )
    assert.lengthOf(reasons, 1)
    assert.lengthOf(await asideOf(app(), id), 1)
  })

  test('it is reported by the request that keeps it, when another one saw it first', async ({
    assert,
  }) => {
    const member = visitor()
    const id = await member.ask(put)
    await fs.writeFile(fileOf(app(), id), 'garbage')

    const { rename } = system
    const reasons = await reported(app(), async () => {
      system.rename = async (from, to) => {
        system.rename = rename
        await member.clone().ask(all)
        return rename(from, to)
      }
      await member.clone().ask(all)
    })
    assert.lengthOf(reasons, 1)
    assert.lengthOf(await asideOf(app(), id), 1)
  })
})

test.group('A session file of another user', (group) => {
  const { app, visitor } = sharedApp(group, 'file')
  const original = { ...system }
  group.each.teardown(() => void Object.assign(system, original))

  /** The tests may run as root, who reads everything. */
  function close(path: string, uid: number) {
    system.read = async (file) => {
      if (file === path) {
        throw Object.assign(new Error('injected'), { code: 'EACCES', path })
      }
      return original.read(file)
    }
    system.stat = (async () => ({ uid })) as any
  }

  test('gives its visitor a new session, and is reported', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    close(fileOf(app(), id), process.getuid!() + 1)
    const reasons = await reported(app(), async () => {
      const other = await member.ask(({ session }) => {
        session.put('b', 2)
        return session.sessionId
      })
      assert.notEqual(other, id)
    })
    assert.match(reasons.join(), /belongs to another user/)
    assert.deepEqual(await member.ask(all), { b: 2 })
    assert.equal(await fs.readFile(fileOf(app(), id), 'utf8').then((text) => text.length > 0), true)
  })

  test('can be revoked', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    const path = fileOf(app(), id)
    close(path, process.getuid!() + 1)
    system.unlink = async (file) => {
      Object.assign(system, original)
      return original.unlink(file)
    }
    await app().Session.destroy(id)
    assert.deepEqual(await member.ask(all), {})
  })

  test('is ended by the logout of its visitor', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    const thief = member.clone()
    const path = fileOf(app(), id)
    close(path, process.getuid!() + 1)
    system.unlink = async (file) => {
      file === path && Object.assign(system, original)
      return original.unlink(file)
    }
    await member.visit(({ session }) => session.invalidate())
    Object.assign(system, original)
    assert.deepEqual(await thief.ask(all), {})
  })

  test('our own file that cannot be read is an outage, and logs nobody out', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    close(fileOf(app(), id), process.getuid!())
    assert.equal(await member.codeOf(all), 'E_SESSION_STORE_UNAVAILABLE')
    Object.assign(system, original)
    assert.deepEqual(await member.ask(all), { a: 1 })
  })
})

test.group('Damaged Redis keys', (group) => {
  const { app, visitor } = sharedApp(group, 'redis')

  for (const [name, text] of Object.entries({ ...TEXTS, 'an empty text': '' })) {
    test(`${name} is an empty session and is reported once`, async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      await redisOf(app()).set(id, bytesOf(text, id))

      assert.lengthOf(await goOn(app(), member, assert), 1)
    })
  }

  test('a key of another type is an empty session and is reported once', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    await redisOf(app()).del(id)
    await redisOf(app()).rpush(id, 'one', 'two')

    assert.lengthOf(await goOn(app(), member, assert), 1)
  })

  test('a key that changes its type while a request runs is no 500', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)

    const { status } = await member.visit(
      async ({ session }) => {
        await redisOf(app()).del(id)
        await redisOf(app()).rpush(id, 'one')
        session.put('b', 2)
      },
      { mayFail: true }
    )
    assert.notEqual(status, 500)
    await redisOf(app()).del(id)
  })
})

for (const driver of databases()) {
  test.group(`Damaged rows of a table: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    // A column of text refuses bytes that are none.
    const texts = Object.entries(TEXTS).filter(([, text]) => typeof text === 'string')
    for (const [name, text] of texts) {
      test(`${name} is an empty session and is reported once`, async ({ assert }) => {
        const member = visitor()
        const id = await member.ask(put)
        await putRow(app(), id, bytesOf(text, hashOf(id)).toString())

        assert.lengthOf(await goOn(app(), member, assert), 1)
      })
    }

    test('a row without values or tombstone is an empty session and is reported once', async ({
      assert,
    }) => {
      const member = visitor()
      const id = await member.ask(put)
      await tableOf(app()).where('id', hashOf(id)).update({ data: null })

      assert.lengthOf(await goOn(app(), member, assert), 1)
    })

    for (const tombstone of ['garbage', '', '{"retired":{}}', '{"retired":null}']) {
      test(`a tombstone that reads "${tombstone}" refuses its id`, async ({ assert }) => {
        const member = visitor()
        const id = await member.ask(put)
        await tableOf(app()).where('id', hashOf(id)).update({ data: null, tombstone })

        assert.deepEqual(await member.ask(all), {})
        const other = await member.ask(put)
        assert.notEqual(other, id)
        assert.deepEqual(await member.ask(all), { a: 1 })
        assert.equal(String((await rowOf(app(), id))!.tombstone), tombstone)
      })
    }

    test('a successor that cannot be opened ends its id, and is no 500', async ({ assert }) => {
      const member = visitor()
      const id = await member.ask(put)
      const late = member.clone()
      await member.visit(({ session }) => session.regenerate())
      const text = String((await rowOf(app(), id))!.tombstone)
      for (const successor of ['', 'x', '_'.repeat(100), '../..']) {
        const changed = text.replace(/"successor":"[^"]+"/, `"successor":"${successor}"`)
        assert.notEqual(changed, text)
        await tableOf(app()).where('id', hashOf(id)).update({ tombstone: changed })
        assert.deepEqual(await late.ask(all), {})
      }
      assert.deepEqual(await member.ask(all), { a: 1 })
    })
  })
}

test.group('Damaged values of the memory driver', (group) => {
  const { app, visitor } = sharedApp(group, 'memory')

  for (const [name, values] of Object.entries({ null: null, 'a list': [1], 'a text': 'a' })) {
    test(`${name} is an empty session`, async ({ assert }) => {
      const member = visitor()
      MemoryDriver.sessions.set(await member.ask(put), values as any)

      await goOn(app(), member, assert)
    })
  }
})

test.group('Damaged answers of a driver of an app', (group) => {
  const start = apps(group)

  for (const [name, values] of Object.entries({ 'a list': [1], 'a text': 'a', 'a number': 1 })) {
    test(`${name} is an empty session and is reported`, async ({ assert }) => {
      const driver = new OwnDriver()
      const app = await start('memory', {
        session: { driver: 'own' },
        boot: ({ container }) => container.use('Adonis/Addons/Session').extend('own', () => driver),
      })
      const member = app.visitor()
      driver.sessions.set(await member.ask(put), JSON.stringify(values))

      const reasons = await goOn(app, member, assert)
      assert.lengthOf(reasons, 1)
    })
  }
})

/** The files in which the bytes of a damaged session were kept. */
async function asideOf(app: VisitedApp, id: string): Promise<string[]> {
  const location = app.app.config.get('session.file.location')
  const names = await fs.readdir(location)
  return names
    .filter((name) => name.startsWith(`${id}.txt.`) && name.endsWith('.unreadable'))
    .map((name) => `${location}/${name}`)
}

/** What an operator, another program or a broken disk may make of what a record says about itself. */
const META = [
  ...[null, 7, 'text', [], { age: 'text' }, { age: -1 }, { age: null }, { createdAt: 'yesterday' }],
  ...[
    { createdAt: 1e300 },
    { issuedAt: {} },
    { updatedAt: [] },
    { flashed: 7 },
    { flashed: { a: 1 } },
  ],
  ...[{ family: 7 }, { family: '../x' }, { revision: {} }, { __proto__: null }, { unknown: true }],
]

for (const driver of driversThat('isShared')) {
  test.group(`Damaged meta of a record: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      session: { absoluteAge: '10h', rotateEvery: '15m', touchEvery: '1m' },
    })

    test('is no 500, and the session can be written', async ({ assert }) => {
      for (const meta of META) {
        const member = visitor()
        const id = await member.ask(put)
        await storeAs64(driver, app(), id, { a: 1 }, { meta })
        await member.visit(({ session }) => session.put('b', 2))
        await member.visit(({ session }) => session.regenerate())
        assert.equal((await member.ask(all)).b, 2, JSON.stringify(meta))
      }
    })
  })
}
