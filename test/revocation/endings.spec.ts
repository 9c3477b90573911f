import { test } from '@japa/runner'
import { promises as fs } from 'fs'
import { join } from 'path'
import { setTimeout as wait } from 'timers/promises'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { markIdOf } from '../../src/Endings/tags'
import { stoppedClock } from '../helpers/clock'
import { temporaryDirectory } from '../helpers/drivers'
import { apps, Handler } from '../helpers/visits'
import { goesOn } from '../keys/helpers'
import { all, logIn, newName, revocable } from './helpers'
import { Marks, onMarks } from './marks'

const put: Handler = ({ session }) => {
  session.put('cart', 1)
  return session.sessionId
}

test.group('How long endings are remembered, and what that costs', (group) => {
  const start = apps(group)
  const clock = stoppedClock(group)
  group.each.setup(() => Marks.reset())

  test('an id without a session is remembered for one age, and one that an operator ends for longer', async ({
    assert,
  }) => {
    const app = await start('cookie', onMarks({ saveUninitialized: true }))
    const one = app.visitor()
    const id = await one.ask(({ session }) => session.sessionId)
    await one.visit(logIn(newName('user')))
    const other = await one.ask(({ session }) => session.sessionId)
    await app.Session.destroy(other)
    clock.pass('3h')
    const found = async (of: string) => (await new MemoryDriver().load(of)).state
    assert.deepEqual([await found(id), await found(other)], ['absent', 'retired'])
  })

  test('a logout of a session with an age of its own, whose data cookie the browser has lost, is one for all of that', async ({
    assert,
  }) => {
    for (const options of [{ session: { saveUninitialized: false } }, onMarks()]) {
      const app = await start('cookie', options)
      const one = app.visitor()
      const id = await one.ask(put)
      await one.visit(({ session }) => session.setAge('30 days'))
      const copy = one.clone()
      one.browser.jar.delete(id)
      await one.visit(({ session }) => session.invalidate())
      for (const time of ['1m', '3h', '29 days'] as const) {
        clock.pass(time)
        assert.deepEqual(await copy.ask(all), {}, time)
      }
    }
  })

  test('whenDown accept: a session that has ended does not come back by use during the outage', async ({
    assert,
  }) => {
    const revocation = { driver: 'marks', whenDown: 'accept' }
    const app = await start('cookie', onMarks({ revocation }))
    const user = newName('user')
    const one = app.visitor()
    await one.visit(logIn(user))
    await app.Session.destroyTagged(user)
    Marks.trouble = 'fails'
    await one.visit(({ session }) => session.put('n', 1))
    await one.visit(({ session }) => session.regenerate())
    assert.equal((await one.ask(all)).user, user)
    Marks.trouble = 'none'
    assert.deepEqual(await one.ask(all), {})
  })

  test('whenDown accept: who logs in during the outage stays logged in', async ({ assert }) => {
    const revocation = { driver: 'marks', whenDown: 'accept' }
    const app = await start('cookie', onMarks({ revocation }))
    const user = newName('user')
    await app.Session.destroyTagged(user)
    const one = app.visitor()
    Marks.trouble = 'fails'
    await one.visit(logIn(user))
    assert.deepEqual(await one.ask(all), { user })
    Marks.trouble = 'none'
    assert.deepEqual(await one.ask(all), { user })
  })

  for (const store of ['memory', 'file', 'sqlite', 'dynamodb']) {
    test(`destroyTagged ends a session with an age of its own for longer than "age" [${store}]`, async ({
      assert,
    }) => {
      const app = await start('cookie', revocable(store, { touchEvery: '1m', age: '2h' }))
      const user = newName('user')
      const one = app.visitor()
      await one.visit((ctx) => {
        ctx.session.setAge('30d')
        return (logIn(user) as any)(ctx)
      })
      await app.Session.destroyTagged(user)
      assert.deepEqual(await one.clone().ask(all), {})
      clock.pass('3h')
      assert.deepEqual(await one.clone().ask(all), {})
    })
  }

  for (const how of ['late', 'destroy'] as const) {
    test(`a late logout (${how}) under the id of before ends a session with a longer age of its own for all of that`, async ({
      assert,
    }) => {
      const app = await start('cookie', revocable('memory', { touchEvery: '1m', age: '2h' }))
      const user = newName('user')
      const one = app.visitor()
      await one.visit(put)
      const late = one.clone()
      const logInLonger: Handler = (ctx) => {
        ctx.session.setAge('30d')
        return (logIn(user) as any)(ctx)
      }
      const oldId = await one.ask(({ session }) => session.sessionId)
      if (how === 'late') {
        await late.visit(async ({ session }) => {
          await one.visit(logInLonger)
          session.invalidate()
        })
      } else {
        await one.visit(logInLonger)
        await app.Session.destroy(oldId)
      }
      const thief = one.clone()
      assert.deepEqual(await thief.clone().ask(all), {})
      clock.pass('5h')
      assert.deepEqual(await thief.clone().ask(all), {})
    })
  }

  test('a stale cookie costs one read, however many ids the session had since', async ({
    assert,
  }) => {
    const app = await start('cookie', onMarks({ storeTimeout: '500ms' }))
    const one = app.visitor()
    await one.visit(put)
    const stale = one.clone()
    for (let i = 0; i < 30; i++) {
      await one.visit(({ session }) => session.regenerate())
    }
    clock.pass('10m') // longer than retireFor: nothing can be read under the old id
    Marks.calls = []
    const { status } = await stale.clone().visit(all, { mayFail: true })
    const reads = Marks.calls.length
    Marks.delayInMs = 25
    const slow = await stale.clone().visit(all, { mayFail: true })
    assert.deepEqual(
      { status, reads, withAStoreOf25ms: slow.status },
      { status: 200, reads: 1, withAStoreOf25ms: 200 }
    )
  })

  test('rotateEvery: a stale cookie', async ({ assert }) => {
    const app = await start(
      'cookie',
      onMarks({ storeTimeout: '500ms', rotateEvery: '1m', age: '2h' })
    )
    const one = app.visitor()
    await one.visit(put)
    const stale = one.clone()
    for (let i = 0; i < 60; i++) {
      clock.pass('61s')
      await one.visit(all)
    }
    Marks.calls = []
    await stale.clone().visit(all, { mayFail: true })
    const reads = Marks.calls.length
    Marks.delayInMs = 10
    const slow = await stale.clone().visit(all, { mayFail: true })
    assert.deepEqual({ reads, slow: slow.status, code: slow.json?.code }, {
      reads: 1,
      slow: 200,
      code: undefined,
    } as any)
  })

  test('Session.destroy ends a session whose id has changed long ago', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m', age: '10h' }))
    const one = app.visitor()
    const id = await one.ask(put)
    await one.visit(({ session }) => session.regenerate())
    clock.pass('3h')
    await app.Session.destroy(id)
    assert.deepEqual(await one.ask(all), {})
  })

  test('destroyTagged ends all sessions although the store has lost the mark', async ({
    assert,
  }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    const user = newName()
    for (let times = 0; times < 3; times++) {
      await app.Session.destroyTagged(user)
    }
    const one = app.visitor()
    await one.visit(logIn(user))
    MemoryDriver.sessions.delete(markIdOf(user))
    assert.equal((await one.ask(all)).user, user)
    clock.pass('1m')
    await app.Session.destroyTagged(user)
    assert.deepEqual(await one.ask(all), {})
  })

  test('the id of a mark ends nobody and revives nobody', async ({ assert }) => {
    const app = await start('cookie', onMarks())
    const user = newName('user')
    const one = app.visitor()
    await one.visit(logIn(user))
    const thief = one.clone()
    await app.Session.destroyTagged(user)
    assert.deepEqual(await thief.clone().ask(all), {})
    await app.Session.destroy(markIdOf(user))
    assert.deepEqual(await thief.clone().ask(all), {})
  })

  test('a client that names its id itself', async ({ assert }) => {
    const app = await start('cookie', onMarks())
    const user = newName('user')
    const one = app.visitor()
    await one.visit(logIn(user))
    const thief = one.clone()
    await app.Session.destroyTagged(user)
    assert.deepEqual(await thief.clone().ask(all), {})
    // A client without cookies sends its id in a header.
    await app.visitor().visit(async (ctx) => {
      ctx.session.initiated = false
      ctx.session.sessionId = markIdOf(user)
      await ctx.session.initiate(false)
      ctx.session.invalidate()
    })
    assert.deepEqual(await thief.clone().ask(all), {})
  })

  test('a logout after a deployment with a shorter "age" is one for as long as a copy from before is good', async ({
    assert,
  }) => {
    const one = (
      await start('cookie', revocable('memory', { touchEvery: '1m', age: '30d' }))
    ).visitor()
    await one.visit(put)
    const app = await start('cookie', revocable('memory', { touchEvery: '1m', age: '2h' }))
    const thief = goesOn(one, app)
    await goesOn(one, app).visit(({ session }) => session.invalidate())
    assert.deepEqual(await thief.clone().ask(all), {})
    clock.pass('5h')
    assert.deepEqual(await thief.clone().ask(all), {})
  })

  test('servers with and without revocation, and back', async ({ assert }) => {
    const user = newName('user')
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    await app.Session.destroyTagged(user)
    const one = app.visitor()
    await one.visit(logIn(user))
    const other = goesOn(
      one,
      await start('cookie', { session: { driver: 'cookie', touchEvery: '1m' } })
    )
    clock.pass('2m')
    await other.visit(({ session }) => session.put('n', 1))
    await other.visit(({ session }) => session.regenerate())
    const back = goesOn(other, await start('cookie', revocable('memory', { touchEvery: '1m' })))
    assert.deepEqual(await back.ask(all), { user, n: 1 })
    clock.pass('2m')
    assert.deepEqual(await back.ask(all), { user, n: 1 })
  })

  test('absoluteAge, rotateEvery, tags and parallel requests', async ({ assert }) => {
    const user = newName('user')
    const app = await start(
      'cookie',
      revocable('memory', { touchEvery: '1m', rotateEvery: '5m', absoluteAge: '1d', age: '1h' })
    )
    const one = app.visitor()
    await one.visit(logIn(user))
    for (let i = 0; i < 40; i++) {
      clock.pass('6m')
      if (i % 7 === 3)
        await one.visit(({ session }) => app.Session.destroyTagged(user, { except: session }))
      const [tab] = [one.clone()]
      tab.browser.jar = one.browser.jar
      await Promise.all([tab.visit(all), one.visit(all)])
      assert.equal((await one.ask(all)).user, user, `round ${i}`)
    }
  })

  test('a session close to the limit is touched after the epoch has grown', async ({ assert }) => {
    const app = await start('cookie', revocable('memory', { touchEvery: '1m' }))
    let failed = ''
    for (let size = 4700; size < 5100 && !failed; size++) {
      const user = newName('u')
      const one = app.visitor()
      const { status } = await one.visit(
        (ctx) => {
          ctx.session.put('big', 'x'.repeat(size))
          ;(logIn(user) as any)(ctx)
        },
        { mayFail: true }
      )
      if (status !== 200) continue
      await one.visit(({ session }) => app.Session.destroyTagged(user, { except: session }), {
        mayFail: true,
      })
      clock.pass('2m')
      const read = await one.visit(all, { mayFail: true })
      if (read.status !== 200) failed = `${size}: ${read.text}`
    }
    assert.equal(failed, '')
  }).timeout(60_000)
})

test.group('Marks in trouble', (group) => {
  const start = apps(group)
  group.each.setup(() => Marks.reset())

  test('handles that are none are not kept, and too many that are end all sessions', async ({
    assert,
  }) => {
    const app = await start('cookie', revocable('memory'))
    const user = newName('user')
    const one = app.visitor()
    await one.visit(logIn(user))
    for (let i = 0; i < 200; i++) {
      await app.Session.destroyTagged(user, { only: `no such handle ${i}` })
    }
    assert.isUndefined(MemoryDriver.sessions.get(markIdOf(user)))
    const sizeOf = () => JSON.stringify(MemoryDriver.sessions.get(markIdOf(user))).length
    const end = (i: number) =>
      app.Session.destroyTagged(user, { only: String(i).padStart(32, '0') })
    for (let i = 0; i < 100; i++) {
      await end(i)
    }
    assert.equal((await one.ask(all)).user, user)
    await app.Session.destroyTagged(newName(), { except: 'x'.repeat(10_000) })
    const marks = [...MemoryDriver.sessions].filter(([id]) => id.startsWith('_tag-'))
    assert.isEmpty(marks.filter(([, mark]) => JSON.stringify(mark).length > 10_000))
    await end(100)
    assert.isBelow(sizeOf(), 200)
    assert.deepEqual(await one.ask(all), {})
  })

  for (const whenDown of ['refuse', 'accept']) {
    test(`the doctor and the health check tell that the store of endings is down [${whenDown}]`, async ({
      assert,
    }) => {
      const app = await start('cookie', onMarks({ revocation: { driver: 'marks', whenDown } }))
      Marks.trouble = 'fails'
      const findings = await app.Session.examine()
      assert.include(findings.map(({ what }) => what).join('\n'), 'does not answer')
    })
  }
  test('accept: a slow store, and an id of before', async ({ assert }) => {
    const revocation = { driver: 'marks', whenDown: 'accept' }
    const app = await start('cookie', onMarks({ revocation, storeTimeout: '300ms' }))
    const one = app.visitor()
    await one.visit(put)
    const late = one.clone()
    await one.visit(logIn(newName('user')))
    Marks.delayInMs = 200
    const { status, json } = await late.visit(all, { mayFail: true })
    assert.deepEqual([status, json?.message], [200, undefined])
  })
  test('a mark that cannot be read (isBarred, as a file of another user): destroyTagged does not go on for ever, and nobody comes back', async ({
    assert,
  }) => {
    let calls = 0
    let barred = ''
    /** Answers as FileDriver does for a file of another user: `look` gives FOREIGN, and `replace` is refused with it. */
    class Foreign extends MemoryDriver {
      private found = { state: 'unreadable', reason: 'foreign', isBarred: true } as const
      public load: MemoryDriver['load'] = async (id) => {
        calls++
        await wait(2)
        return id === barred ? this.found : super.load(id)
      }
      public replace: MemoryDriver['replace'] = async (id, ...rest) => {
        calls++
        await wait(2)
        return id === barred ? { done: false, found: this.found } : super.replace(id, ...rest)
      }
    }
    const app = await start('cookie', {
      ...onMarks({ storeTimeout: '500ms' }),
      boot: (a) => a.container.use('Adonis/Addons/Session').extend('marks', () => new Foreign()),
    })
    const user = newName('user')
    const one = app.visitor()
    await one.visit(logIn(user))
    await app.Session.destroyTagged(user)
    barred = markIdOf(user)
    const before = await one.clone().visit(all, { mayFail: true })
    const raised = await app.Session.destroyTagged(user).catch((e) => e)
    calls = 0
    await wait(1000)
    const callsAfterwards = calls
    barred = ''
    await wait(50)
    assert.deepEqual(
      { answer: before.json, raised: raised?.code, callsAfterwards },
      { answer: { answer: {} }, raised: 'E_SESSION_STORE_UNAVAILABLE', callsAfterwards: 0 }
    )
  }).timeout(5000)
  for (const text of ['', 'garbage', '{"message":', '{"message":{"epoch":5}}']) {
    test(`a damaged mark file brings nobody back, and lets users log in: ${text}`, async ({
      assert,
    }) => {
      const location = temporaryDirectory()
      const app = await start(
        'cookie',
        revocable('file', { file: { location }, storeTimeout: '1s' })
      )
      const user = newName()
      const [thief, one] = [app.visitor(), app.visitor()]
      await thief.visit(logIn(user))
      await app.Session.destroyTagged(user)
      await fs.writeFile(join(location, `${markIdOf(user)}.txt`), text)
      // An empty file is what 6.4 leaves of a session that was only read: it holds nothing.
      text && assert.deepEqual(await thief.clone().ask(all), {})
      await one.visit(logIn(user))
      assert.equal((await one.ask(all)).user, user)
      await app.Session.destroyTagged(user)
      assert.deepEqual(await one.ask(all), {})
    })
  }

  test('a mark of another form ends the sessions from before, and no later ones', async ({
    assert,
  }) => {
    const app = await start('cookie', revocable('memory'))
    const mark = { epoch: 1, endedBefore: 0, ended: {}, spared: null }
    const ODD = [
      ...[{}, { ...mark, epoch: '1' }, { ...mark, ended: [] }, { ...mark, ended: { h: 'x' } }],
      ...[
        { ...mark, spared: 5 },
        { ...mark, spared: { handle: 'h' } },
        { ...mark, spared: [] },
      ],
      { ...mark, endedBefore: null },
    ]
    for (const odd of ODD) {
      const user = newName()
      const [one, other] = [app.visitor(), app.visitor()]
      await one.visit(logIn(user))
      const spared = await one.ask(({ session }) => session.handle)
      MemoryDriver.sessions.set(markIdOf(user), JSON.parse(JSON.stringify(odd)))
      assert.deepEqual(await one.ask(all), {}, JSON.stringify(odd))
      await other.visit(logIn(user))
      assert.equal((await other.ask(all)).user, user, JSON.stringify(odd))

      MemoryDriver.sessions.set(markIdOf(user), JSON.parse(JSON.stringify(odd)))
      await app.Session.destroyTagged(user, { except: spared })
      assert.deepEqual(await other.clone().ask(all), {})
      await other.visit(logIn(user))
      assert.equal((await other.ask(all)).user, user)
    }
  })
})
