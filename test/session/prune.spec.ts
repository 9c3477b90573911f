import { test } from '@japa/runner'
import { once } from 'events'
import { performance } from 'perf_hooks'
import { existsSync, mkdirSync, promises as fs, readdirSync, utimesSync, writeFileSync } from 'fs'
import { join } from 'path'
import { system } from '../../src/AtomicFile'
import { FileDriver } from '../../src/Drivers/File'
import { Pruner } from '../../src/SessionManager/Pruner'
import { stoppedClock } from '../helpers/clock'
import { databases } from '../helpers/databases'
import { OwnDriver } from '../helpers/own_driver'
import { can, SERVER_DRIVERS } from '../helpers/drivers'
import { fileOf, rowOf, tableOf } from '../helpers/stored'
import { apps, Handler, sharedApp, VisitedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('a', 1)
  return session.sessionId
}

const PRUNED = ['file', ...databases()]

/** Is there anything of a session in the store? */
async function isThere(driver: string, app: VisitedApp, id: string): Promise<boolean> {
  return driver === 'file' ? existsSync(fileOf(app, id)) : (await rowOf(app, id)) !== null
}

for (const driver of PRUNED) {
  test.group(`prune: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { age: '2h', touchEvery: '1m' } })
    const clock = stoppedClock(group)
    const prune = () => app().Session.prune()

    test(`removes sessions and tombstones that have ended, and no others [${driver}]`, async ({
      assert,
    }) => {
      const ended = await visitor().ask(put)
      const member = visitor()
      const old = await member.ask(put)
      const next = await member.ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      const long = visitor()
      const longId = await long.ask((ctx) => {
        ctx.session.setAge('30 days')
        return put(ctx)
      })
      clock.pass('90m')
      await member.ask(all)
      clock.pass('100m')
      await member.ask(all)
      const young = await visitor().ask(put)
      // The row is looked for up to an age later.
      clock.pass('80m')
      await member.ask(all)

      await prune()
      const there = await Promise.all(
        [ended, old, next, longId, young].map((id) => isThere(driver, app(), id))
      )
      assert.deepEqual(there, [false, false, true, true, true])
      assert.deepEqual(await member.ask(all), { a: 1 })
      assert.deepEqual(await long.ask(all), { a: 1 })
    })

    test(`tells how many, after each batch [${driver}]`, async ({ assert }) => {
      await prune()
      for (let count = 0; count < 3; count++) {
        await visitor().ask(put)
      }
      clock.pass('5h')
      const told: number[] = []
      assert.isAtLeast(await app().Session.prune({ onProgress: (count) => told.push(count) }), 3)
      assert.isAtLeast(told.pop()!, 3)
      assert.equal(await prune(), 0)
    })

    test(`a session that is used again while it is pruned stays [${driver}]`, async ({
      assert,
    }) => {
      const members = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const member = visitor()
          await member.visit(put)
          return member
        })
      )
      clock.pass('119m')
      const [removed] = await Promise.all([
        Promise.all([prune(), prune(), prune()]),
        ...members.map((member) => member.visit(({ session }) => session.increment('a'))),
      ])
      clock.pass('119m')
      await Promise.all([prune(), prune()])
      assert.isArray(removed)
      for (const member of members) {
        assert.deepEqual(await member.ask(all), { a: 2 })
      }
    })

    test(`goes on in parallel, and each session is removed once [${driver}]`, async ({
      assert,
    }) => {
      await prune()
      const ids = await Promise.all(Array.from({ length: 30 }, () => visitor().ask(put)))
      clock.pass('5h')
      const counts = await Promise.all([prune(), prune(), prune()])
      assert.isAtMost(
        counts.reduce((sum, count) => sum + count),
        // The file driver may find one that another prune is just removing.
        driver === 'file' ? 3 * ids.length : ids.length
      )
      const left = await Promise.all(ids.map((id) => isThere(driver, app(), id)))
      assert.notInclude(left, true)
    })
  })
}

/** A tombstone of a former version, in a file of its own. */
const STONE = '{"retired":{"reason":"revoked","values":{},"until":1}}'

test.group('prune: what is left beside session files', (group) => {
  const { app } = sharedApp(group, 'file')
  const locationOf = () => app().app.config.get('session.file.location')

  /** Leaves a file or a directory, last changed so long ago. */
  function leave(name: string, hours: number, isDirectory = false, text = 'x') {
    const path = join(locationOf(), name)
    mkdirSync(locationOf(), { recursive: true })
    if (isDirectory) {
      mkdirSync(path)
    }
    writeFileSync(isDirectory ? join(path, 'entry') : path, text)
    const at = new Date(Date.now() - hours * 3_600_000)
    utimesSync(path, at, at)
  }

  test('goes by age: litter after an hour, what could not be read after a week', async ({
    assert,
  }) => {
    const now = Date.now()
    const day = 24 * 3_600_000
    const GONE = ['a.txt.00ff00ff00ff.tmp', 'b.txt.00ff00ff00ff00ff.lock', 'c.retired']
    const KEPT = ['d.txt.00ff00ff00ff.tmp', 'e.txt.00ff00ff00ff00ff.lock', 'f.retired']
    leave(GONE[0], 2)
    leave(GONE[1], 2, true)
    leave(GONE[2], 2, false, STONE)
    leave(KEPT[0], 0.5, true)
    leave(KEPT[1], 0.5, true)
    leave(KEPT[2], 0.5, false, STONE)
    leave(`g.txt.${now - 8 * day}.unreadable`, 0)
    leave(`h.txt.${now - 6 * day}.unreadable`, 800)
    const FOREIGN = ['.gitignore', 'README.md', 'notes.tmp', 'sessions.lock', 'x y.txt']
    FOREIGN.push('notes.txt', 'robots.txt', 'old.retired', 'a.txt.tmp', 'b.txt.1.unreadable')
    FOREIGN.forEach((name) => leave(name, 800))
    FOREIGN.push('archive.txt', 'staff.retired', `c.txt.${now}.unreadable`)
    FOREIGN.slice(-3).forEach((name) => leave(name, 800, true))

    assert.equal(await app().Session.prune(), 0)
    assert.sameMembers(readdirSync(locationOf()), [
      ...KEPT,
      `h.txt.${now - 6 * day}.unreadable`,
      ...FOREIGN,
    ])
  })

  test('what cannot be removed keeps nothing else from it, and is told at the end', async ({
    assert,
  }) => {
    await fs.rm(locationOf(), { recursive: true, force: true })
    for (let file = 0; file < 150; file++) {
      leave(`id${file}.txt`, 800, false, '{"message":{"a":1},"purpose":"id' + file + '"}')
    }
    leave('empty.txt', 800, false, '')
    const { read } = system
    system.read = async (path) => {
      if (path.endsWith('id7.txt')) {
        throw Object.assign(new Error('injected'), { code: 'EIO' })
      }
      return read(path)
    }
    const told: number[] = []
    const pruned = app().Session.prune({ onProgress: (count) => told.push(count) })
    await assert.rejects(async () => void (await pruned), /injected/)
    system.read = read
    assert.deepEqual(readdirSync(locationOf()), ['id7.txt'])
    assert.equal(told.pop(), 150)
    assert.equal(await app().Session.prune(), 1)
  })

  test('a directory that is not there is empty', async ({ assert }) => {
    await fs.rm(locationOf(), { recursive: true, force: true })
    assert.equal(await app().Session.prune(), 0)
  })
})

test.group('prune: a session file that is used at the same time', (group) => {
  const session = { age: '2h', clearWithBrowser: true }
  const { app, visitor } = sharedApp(group, 'file', { session })
  const clock = stoppedClock(group)

  test('stays, if it was touched before it is taken away', async ({ assert }) => {
    const member = visitor()
    const id = await member.ask(put)
    const path = fileOf(app(), id)
    utimesSync(path, new Date(), new Date())
    clock.pass('119m')
    const { rename } = system
    let request!: Promise<unknown>
    await member.clone().visit(async () => {
      clock.pass('2m')
      system.rename = async (from, to) => {
        if (from === path) {
          system.rename = rename
          utimesSync(path, new Date(), new Date())
        }
        return rename(from, to)
      }
      request = app().Session.prune()
      await request
    })
    system.rename = rename
    assert.deepEqual(await member.ask(all), { a: 1 })
  })
})

for (const driver of SERVER_DRIVERS.filter((name) => !PRUNED.includes(name))) {
  test.group(`prune: ${driver}`, (group) => {
    const { app } = sharedApp(group, driver)

    test(`has nothing to do: the store ends sessions by itself [${driver}]`, async ({ assert }) => {
      assert.equal(await app().Session.prune(), 0)
      assert.equal(can(driver, 'isOnServer'), true)
    })
  })
}

/** One that is due after a second or two. */
const prunerOf = (makeDriver: () => any, warn: (text: string) => void = () => {}) =>
  new Pruner(makeDriver, 'own', 1000, 1000, warn)

/** A driver whose batches a test hands out. */
class BatchesDriver extends OwnDriver {
  public runs = 0
  public batches: (number | Error)[] = []

  public async *prune() {
    this.runs++
    for (let batch = this.batches.shift(); batch !== undefined; batch = this.batches.shift()) {
      if (batch instanceof Error) {
        throw batch
      }
      yield batch
    }
  }
}

test.group('prune: from time to time', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)

  async function running(session: Record<string, any> = {}) {
    const driver = new BatchesDriver()
    const app = await start('memory', {
      session: { driver: 'own', ...session },
      boot: ({ container }) => container.use('Adonis/Addons/Session').extend('own', () => driver),
    })
    /** One request, and what it leaves to do after its response. */
    const visit = async () => {
      let closed!: Promise<unknown>
      await app.visitor().visit(({ response }) => {
        closed = once(response.response, 'close')
      })
      await closed
      await new Promise((resolve) => setImmediate(resolve))
      await (app.Session.pruner as any).running
    }
    return { app, driver, visit }
  }

  test('after a response, once a minute or two at most', async ({ assert }) => {
    const { driver, visit } = await running()
    await visit()
    assert.equal(driver.runs, 0)
    clock.pass('2m')
    await visit()
    await visit()
    assert.equal(driver.runs, 1)
    clock.pass('59s')
    await visit()
    assert.equal(driver.runs, 1)
    clock.pass('61s')
    await visit()
    assert.equal(driver.runs, 2)
  })

  test('as often as the config says', async ({ assert }) => {
    const { driver, visit } = await running({ prune: '1h' })
    clock.pass('59m')
    await visit()
    assert.equal(driver.runs, 0)
    clock.pass('61m')
    await visit()
    assert.equal(driver.runs, 1)
  })

  test('false: never, unless the app calls it', async ({ assert }) => {
    const { app, driver, visit } = await running({ prune: false })
    clock.pass('30 days')
    await visit()
    assert.equal(driver.runs, 0)
    driver.batches = [1, 2]
    assert.equal(await app.Session.prune(), 3)
  })

  test('an error is a line of the log, once, and the next run tries again', async ({ assert }) => {
    const { app, driver, visit } = await running()
    const lines: string[] = []
    app.app.logger.warn = ((line: string) => void lines.push(line)) as any
    driver.batches = [1, new Error('the disk is gone'), new Error('the disk is gone'), 5]
    for (let run = 0; run < 3; run++) {
      clock.pass('2m')
      await visit()
    }
    assert.deepEqual(lines, [
      'session: sessions that have ended could not be removed: the disk is gone',
    ])
    assert.equal(driver.runs, 3)
    assert.lengthOf(driver.batches, 0)
  })

  test('a clock that was ahead, and is put right, does not keep it from working', async ({
    assert,
  }) => {
    const { driver, visit } = await running()
    clock.pass('10 days')
    await visit()
    assert.equal(driver.runs, 1)
    clock.putBack('9 days')
    await visit()
    clock.pass('2m')
    await visit()
    assert.isAbove(driver.runs, 1)
  })

  test('a method of an app that is called the same and does something else harms nobody', async ({
    assert,
  }) => {
    const reasons: unknown[] = []
    const note = (reason: unknown) => void reasons.push(reason)
    process.on('unhandledRejection', note)
    const told: string[] = []
    const prune = async () => {
      throw new Error('of the app')
    }
    const pruner = prunerOf(
      () => ({ prune }),
      (text) => told.push(text)
    )
    assert.equal(await pruner.prune(), 0)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    assert.deepEqual(reasons, [])
    assert.lengthOf(told, 1)
    assert.include(told[0], 'does not return an async iterator')
  })

  test('prune closes what it has opened when its time is over', async ({ assert }) => {
    const done: string[] = []
    const driver = {
      async *prune() {
        try {
          yield 1
          yield 1
        } finally {
          done.push('closed')
        }
      },
    }
    assert.equal(await prunerOf(() => driver).prune({ timeInMs: 0 }), 1)
    assert.deepEqual(done, ['closed'])
  })

  test('a batch that is not answered does not keep the app from stopping', async ({ assert }) => {
    const driver = {
      prune: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    }
    const pruner = prunerOf(() => driver)
    clock.pass('2s')
    const response: any = { once: (_: string, listener: () => void) => listener() }
    pruner.after(response)
    const began = performance.now()
    await pruner.stop()
    assert.isBelow(performance.now() - began, 5000)
    pruner.after(response)
  })

  test('a stop of the app waits for the batch that is going on, and no other begins', async ({
    assert,
  }) => {
    let goOn!: () => void
    const gate = new Promise<void>((resolve) => (goOn = resolve))
    const done: string[] = []
    const driver: any = {
      async *prune() {
        try {
          await gate
          done.push('one')
          yield 1
          done.push('two')
          yield 1
        } finally {
          done.push('closed')
        }
      },
    }
    const pruner = prunerOf(() => driver)
    clock.pass('1m')
    const response: any = { once: (_: string, listener: () => void) => listener() }
    pruner.after(response)
    const stopped = pruner.stop()
    goOn()
    await stopped
    assert.deepEqual(done, ['one', 'closed'])
    clock.pass('1m')
    pruner.after(response)
    assert.deepEqual(done, ['one', 'closed'])
  })

  test('its time is over after a while, and the next run goes on where it was', async ({
    assert,
  }) => {
    const app = await start('file')
    const location = app.app.config.get('session.file.location')
    mkdirSync(location, { recursive: true })
    for (let file = 0; file < 250; file++) {
      writeFileSync(join(location, `id${file}.txt`), '')
      utimesSync(join(location, `id${file}.txt`), 0, 0)
    }
    const batches = new FileDriver(app.app.config.get('session')).prune()
    const seen = [await batches.next(), await batches.next(), await batches.next()]
    assert.deepEqual(
      seen.map(({ done }) => done),
      [false, false, false]
    )
    assert.isTrue((await batches.next()).done)
    assert.equal(await app.Session.prune({ timeInMs: 0 }), 0)
  })
})

for (const driver of databases()) {
  test.group(`prune: many rows on ${driver}`, (group) => {
    const { app } = sharedApp(group, driver)

    test('goes in batches, by the time to look for them, and looks again at the expiry', async ({
      assert,
    }) => {
      await app().Session.prune()
      const row = (n: number, expires: number) => ({
        ...{ id: `many-${n}`, data: '{}', version: 'v', created_at: 1 },
        ...{ expires_at: expires, sweep_at: 2 },
      })
      const ended = Array.from({ length: 450 }, (_, n) => row(n, 2))
      await tableOf(app()).knexQuery.clone().insert(ended)
      // Touched since it was found: its time to look for is late.
      await tableOf(app())
        .knexQuery.clone()
        .insert(row(1000, Date.now() + 60_000))
      const told: number[] = []
      assert.equal(await app().Session.prune({ onProgress: (count) => told.push(count) }), 450)
      assert.lengthOf(
        told.filter((count) => count < 450),
        2
      )
      const left = await tableOf(app()).where('id', 'like', 'many-%')
      assert.deepEqual(
        left.map(({ id }: any) => id),
        ['many-1000']
      )
      await tableOf(app()).where('id', 'many-1000').delete()
    })
  })
}
