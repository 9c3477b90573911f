import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS, can } from '../helpers/drivers'
import { Handler, sharedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const handle: Handler = ({ session }) => session.handle
const idOf: Handler = ({ session }) => session.sessionId

/** A login, as an app does it. */
const logIn =
  (user: string | number): Handler =>
  ({ session }) => {
    session.regenerate()
    session.put('user', user)
    session.tag(user)
    return session.sessionId
  }

let users = 0

/** A tag that no other test has. */
const newUser = () => `user ${process.pid} ${++users}: 100 % / ü {x}`

const LISTING = ALL_DRIVERS.filter((name) => !['cookie', 'fourMethods', 'dynamodb'].includes(name))

for (const driver of LISTING) {
  test.group(`Sessions of a user: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { touchEvery: '1m' } })
    const tagged = (user: string | number) => app().Session.tagged(user)
    const handlesOf = async (user: string | number) => (await tagged(user)).map((one) => one.handle)

    async function member(user: string | number): Promise<Visitor> {
      const one = visitor()
      await one.visit(({ session }) => session.put('cart', 1))
      await one.visit(logIn(user))
      return one
    }

    test(`are found by its tag, with what they say, and without ids in JSON [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const one = await member(user)
      const other = await member(user)
      await member(newUser())

      const found = await tagged(user)
      assert.sameMembers(
        found.map((info) => info.handle),
        [await one.ask(handle), await other.ask(handle)]
      )
      const [info] = found
      assert.equal(info.tag, user)
      assert.deepEqual(info.data, { cart: 1, user })
      assert.approximately(info.createdAt!.getTime(), Date.now(), 5000)
      assert.approximately(info.lastSeenAt!.getTime(), Date.now(), 5000)
      assert.approximately(info.expiresAt!.getTime(), Date.now() + 7_200_000, 5000)
      const id = await one.ask(idOf)
      const text = JSON.stringify(found) + JSON.stringify({ ...info })
      assert.notInclude(text, id)
      assert.notInclude(text, 'cart')
      assert.isTrue(found.every((own) => own.id.length > 30))
    })

    test(`a number and its text are one tag [${driver}]`, async ({ assert }) => {
      const user = 1_000_000 + ++users * 7919 + process.pid
      const one = await member(user)
      const other = await member(String(user))
      assert.sameMembers(await handlesOf(user), [await one.ask(handle), await other.ask(handle)])
      assert.equal(await app().Session.destroyTagged(String(user)), 2)
      assert.deepEqual(await one.ask(all), {})
    })

    test(`keep tag and handle under every id that they get later [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const one = await member(user)
      const before = await one.ask(handle)
      const id = await one.ask(idOf)
      await one.visit(({ session }) => session.regenerate())
      await one.visit(({ session }) => session.increment('n'))
      assert.notEqual(await one.ask(idOf), id)
      assert.deepEqual(await handlesOf(user), [before])
      assert.equal(await one.ask(handle), before)
    })

    test(`untag, invalidate and another tag take it away [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const next = newUser()
      const [untagged, ended, changed] = [
        await member(user),
        await member(user),
        await member(user),
      ]
      await untagged.visit(({ session }) => session.untag())
      await ended.visit(({ session }) => session.invalidate())
      await changed.visit(({ session }) => session.tag(next))

      assert.deepEqual(await handlesOf(user), [])
      assert.deepEqual(await handlesOf(next), [await changed.ask(handle)])
      assert.equal(await app().Session.destroyTagged(user), 0)
      assert.equal((await untagged.ask(all)).user, user)
    })

    test(`stats counts them and their sizes [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const before = await app().Session.stats()
      const one = await member(user)
      await member(user)
      await visitor().visit(({ session }) => session.put('large', 'x'.repeat(100_000)))
      const counted: number[] = []
      const stats = await app().Session.stats({ onProgress: (count) => counted.push(count) })

      assert.equal(stats.sessions, before.sessions + 3)
      assert.equal(stats.tagged, before.tagged + 2)
      assert.equal(stats.tags, before.tags + 1)
      const size = Buffer.byteLength(JSON.stringify(await one.ask(all)))
      const large = Buffer.byteLength(JSON.stringify({ large: 'x'.repeat(100_000) }))
      assert.equal(stats.bytes - before.bytes, 2 * size + large)
      assert.isAtLeast(stats.largestBytes, large)
      assert.isString(stats.largest)
      assert.isAtLeast(stats.newest!.getTime(), stats.oldest!.getTime())
      assert.equal(counted.length, stats.sessions)
    })

    test(`destroyTagged ends all of them, for requests under way, too [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const [one, other] = [await member(user), await member(user)]
      const stranger = await member(newUser())
      const late = one.clone()
      let count: number | null = 0
      await late.visit(async ({ session }) => {
        session.put('late', true)
        count = await app().Session.destroyTagged(user)
      })
      assert.equal(count, 2)
      assert.deepEqual(await one.ask(all), {})
      assert.deepEqual(await other.ask(all), {})
      assert.deepEqual(await late.ask(all), {})
      assert.deepEqual(await tagged(user), [])
      assert.property(await stranger.ask(all), 'user')
    })

    test(`only and except go by the handle, within the tag [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const [one, other, third] = [await member(user), await member(user), await member(user)]
      const foreign = await member(newUser())
      const { Session } = app()

      assert.equal(await Session.destroyTagged(user, { only: await foreign.ask(handle) }), 0)
      assert.property(await foreign.ask(all), 'user')
      assert.equal(await Session.destroyTagged(user, { only: await one.ask(handle) }), 1)
      assert.deepEqual(await one.ask(all), {})
      assert.property(await other.ask(all), 'user')

      const count = await other.ask(({ session }) =>
        Session.destroyTagged(user, { except: session })
      )
      assert.equal(count, 1)
      assert.deepEqual(await third.ask(all), {})
      assert.property(await other.ask(all), 'user')
    })

    test(`except spares a session that has had other ids, and bars none [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const [one, other] = [await member(user), await member(user)]
      await one.visit(({ session }) => session.regenerate())
      await one.visit(({ session }) => session.regenerate())
      const { Session } = app()
      const count = await one.ask(({ session }) => Session.destroyTagged(user, { except: session }))
      assert.equal(count, 1)
      assert.deepEqual(await other.ask(all), {})
      assert.deepEqual(await one.ask(all), { cart: 1, user })
      await one.visit(({ session }) => session.increment('n'))
      assert.equal(await Session.destroyTagged(user), 1)
      assert.deepEqual(await one.ask(all), {})
    })

    test(`the session of the request is known [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const one = await member(user)
      await member(user)
      const own = await one.ask(handle)
      const found = await one.ask(({ session }) =>
        app().Session.tagged(user, { current: session as any })
      )
      assert.deepEqual(
        found.map((info: any) => info.isCurrent),
        found.map((info: any) => info.handle === own)
      )
      assert.lengthOf(found, 2)
    })

    test(`a parallel login stores its tag, and what others put [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const one = await member(user)
      await Promise.all([
        one.clone().visit(({ session }) => session.put('a', 1)),
        one.clone().visit(({ session }) => session.tag(user)),
        one.clone().visit(({ session }) => session.put('b', 2)),
      ])
      assert.deepEqual(await handlesOf(user), [await one.ask(handle)])
      assert.deepEqual(await one.ask(all), { cart: 1, user, a: 1, b: 2 })
    })

    test(`what is put under a tag that is only read is no write [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const one = await member(user)
      const outcomes: string[] = []
      const note = ({ outcome }: any) => void outcomes.push(outcome)
      app().app.container.use('Adonis/Core/Event').on('session:committed', note)
      await one.visit(({ session }) => session.tag(user))
      app().app.container.use('Adonis/Core/Event').off('session:committed', note)
      assert.deepEqual(outcomes, ['untouched'])
    })

    test(`get and list describe each, and change nothing [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const one = await member(user)
      const plain = visitor()
      const plainId = await plain.ask(({ session }) => {
        session.put('a', 1)
        return session.sessionId
      })
      const { Session } = app()
      const info = await Session.get(await one.ask(idOf))
      assert.equal(info!.handle, await one.ask(handle))
      assert.equal((await Session.get(plainId))!.tag, null)
      assert.isNull(await Session.get('a'.repeat(40)))
      assert.isNull(await Session.get('../../etc/passwd'))

      const handles: string[] = []
      for await (const listed of Session.list()) {
        handles.push(listed.handle)
      }
      assert.include(handles, info!.handle)
      assert.include(handles, (await Session.get(plainId))!.handle.length ? info!.handle : '')
      assert.deepEqual(await plain.ask(all), { a: 1 })
    })

    test(`whoever listens is told which ended, without an id [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const [one, other] = [await member(user), await member(user)]
      const handles = [await one.ask(handle), await other.ask(handle)]
      const ids = [await one.ask(idOf), await other.ask(idOf)]
      const told: any[] = []
      const emitter = app().app.container.use('Adonis/Core/Event')
      const listener = (ended: any) => void told.push(ended)
      emitter.on('session:destroyed', listener)
      await app().Session.destroy(ids[0])
      await app().Session.destroyTagged(user)
      await app().Session.destroyTagged(user)
      emitter.off('session:destroyed', listener)
      assert.deepEqual(
        told,
        handles.map((own) => ({ handle: own, tag: user }))
      )
      ids.forEach((id) => assert.notInclude(JSON.stringify(told), id))
    })

    test(`get and destroy take the id of a list, too [${driver}]`, async ({ assert }) => {
      const user = newUser()
      const one = await member(user)
      const [{ id, handle: own }] = await tagged(user)
      assert.equal((await app().Session.get(id))!.handle, own)
      await app().Session.destroy(id)
      assert.deepEqual(await one.ask(all), {})
      assert.deepEqual(await tagged(user), [])
    })

    test(`tags that look alike are different tags [${driver}]`, async ({ assert }) => {
      const base = `${newUser()} é`
      const alike = [base, `${base} `, ` ${base}`, base.toUpperCase(), base.normalize('NFD')]
      const others = ['', '%', '_', '\\', '\u200b', '\n', '\t', '😀', "'", '?', ':id'].map(
        (end) => `x${base}${end}`
      )
      const tags = [...alike, ...others]
      for (const tag of tags) {
        await visitor().visit(logIn(tag))
      }
      for (const tag of tags) {
        assert.deepEqual(
          (await tagged(tag)).map((info) => info.tag),
          [tag],
          JSON.stringify(tag)
        )
      }
      for (const tag of tags) {
        assert.equal(await app().Session.destroyTagged(tag), 1, JSON.stringify(tag))
      }
    })

    test(`a tag is a number or a text [${driver}]`, async ({ assert }) => {
      const bad: any[] = [
        '',
        'a\0',
        'a\ud800',
        10n,
        Symbol('a'),
        NaN,
        Infinity,
        null,
        undefined,
        {},
        [],
        true,
        'x'.repeat(191),
      ]
      for (const tag of bad) {
        const code = await visitor().codeOf(({ session }) => session.tag(tag))
        assert.equal(code, 'E_SESSION_INVALID_TAG', String(tag))
      }
      await visitor().visit(({ session }) => {
        session.put('a', 1)
        session.tag('x'.repeat(190))
      })
    })
  })
}

for (const driver of ALL_DRIVERS.filter((name) => !LISTING.includes(name))) {
  test.group(`Sessions of a user: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    test(`are not listed: the error says so [${driver}]`, async ({ assert }) => {
      const code = 'E_SESSION_TAGGING_NOT_SUPPORTED'
      assert.equal(await visitor().codeOf(({ session }) => session.tag(1)), code)
      assert.isFalse(await visitor().ask(({ session }) => session.supportsTagging()))
      await assert.rejects(async () => void (await app().Session.tagged(1)), new RegExp(code))
      await assert.rejects(
        async () => void (await app().Session.destroyTagged(1)),
        new RegExp(code)
      )
      await visitor().visit(({ session }) => session.untag())
      assert.equal(can(driver, 'isOnServer') || driver === 'cookie', true)
    })
  })
}

for (const driver of LISTING.filter((name) => can(name, 'goesByOurClock'))) {
  test.group(`Sessions of a user, later: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      session: { touchEvery: '1m', rotateEvery: '3h', absoluteAge: '10d' },
    })
    const clock = stoppedClock(group)

    test(`are listed as long as they live, over touches and rotations [${driver}]`, async ({
      assert,
    }) => {
      const user = newUser()
      const one = visitor()
      await one.visit(logIn(user))
      const own = await one.ask(handle)
      const gone = visitor()
      await gone.visit(logIn(user))
      for (let hour = 0; hour < 30; hour++) {
        clock.pass('1h')
        assert.equal((await one.ask(all)).user, user)
        await app().Session.prune()
        const handles = (await app().Session.tagged(user)).map((info) => info.handle)
        assert.deepEqual(hour < 2 ? handles.includes(own) : handles, hour < 2 ? true : [own])
      }
      assert.equal(await app().Session.destroyTagged(user), 1)
      assert.deepEqual(await one.ask(all), {})
    })
  })
}
