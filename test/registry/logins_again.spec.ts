import { test } from '@japa/runner'
import { randomBytes } from 'crypto'
import { ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { removeStored } from '../helpers/stored'
import { apps, Handler, Visitor } from '../helpers/visits'

const newUser = () => `user ${randomBytes(6).toString('hex')}`
const all: Handler = ({ session }) => session.all()
const userOf: Handler = ({ session }) => session.get('auth_web')
const logOut: Handler = ({ session }) => session.forget('auth_web')
const logIn =
  (user: string): Handler =>
  ({ session }) =>
    session.put('auth_web', user)

/** Ways in which a request logs out and in again, as the same user. */
const AGAIN: Record<string, (user: string) => Handler> = {
  'invalidate and put':
    (user) =>
    ({ session }) => {
      session.invalidate()
      session.put('auth_web', user)
    },
  'invalidate and replace':
    (user) =>
    ({ session }) => {
      session.invalidate()
      session.replace({ auth_web: user })
    },
  'invalidate, a commit, and put':
    (user) =>
    async ({ session }) => {
      session.invalidate()
      await session.commit()
      session.put('auth_web', user)
    },
  'invalidate, put and regenerate':
    (user) =>
    ({ session }) => {
      session.invalidate()
      session.put('auth_web', user)
      session.regenerate()
    },
  'forget, put and regenerate':
    (user) =>
    ({ session }) => {
      session.forget('auth_web')
      session.put('auth_web', user)
      session.regenerate()
    },
}

const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))
const registry = { tagUsers: true }
const SETUPS = [
  ...LISTING.map((driver) => ({ driver, session: { registry } })),
  ...ALL_DRIVERS.filter((driver) => driver === 'cookie').map((driver) => ({
    driver,
    session: { registry, revocation: { driver: 'memory' } },
  })),
]

for (const { driver, session } of SETUPS) {
  test.group(`A user who logs in again: ${driver}`, (group) => {
    const start = apps(group)

    for (const [how, again] of Object.entries(AGAIN)) {
      test(`the session is tagged: ${how} [${driver}]`, async ({ assert }) => {
        const app = await start(driver, { session })
        const user = newUser()
        const one = app.visitor()
        await one.visit(logIn(user))
        await one.visit(again(user))
        assert.equal(await one.ask(userOf), user)
        await app.Session.destroyTagged(user)
        assert.deepEqual(await one.ask(all), {})
      })
    }
  })
}

for (const driver of LISTING) {
  test.group(`A user who logs in again, while others change the session: ${driver}`, (group) => {
    const start = apps(group)

    /** What happens to a session while a request under way logs its user in again. */
    const MEANWHILE: Record<string, (other: Visitor, remove: () => Promise<unknown>) => any> = {
      'a logout': (other) => other.visit(logOut),
      'a logout with another id': (other) =>
        other.visit((ctx) => {
          logOut(ctx)
          ctx.session.regenerate()
        }),
      'a loss of the session': (_, remove) => remove(),
    }
    for (const [what, happens] of Object.entries(MEANWHILE)) {
      for (const regenerates of [false, true]) {
        const how = regenerates ? 'with another id' : 'with the same id'
        test(`it has the login and its tag, or neither: ${what}, ${how} [${driver}]`, async ({
          assert,
        }) => {
          const app = await start(driver, { session: { registry } })
          const user = newUser()
          const one = app.visitor()
          await one.visit(logIn(user))
          await one.visit(async ({ session }) => {
            session.put('auth_web', user)
            regenerates && session.regenerate()
            const id = await one.clone().ask(({ session: own }) => own.sessionId)
            await happens(one.clone(), () => removeStored(driver, app, id))
          })
          const isLoggedIn = (await one.ask(userOf)) === user
          assert.lengthOf(await app.Session.tagged(user), isLoggedIn ? 1 : 0)
          regenerates && assert.isTrue(isLoggedIn)
          await app.Session.destroyTagged(user)
          assert.notEqual(await one.ask(userOf), user)
        })
      }
    }

    test(`a tag of the handler goes with the next login, and not without one [${driver}]`, async ({
      assert,
    }) => {
      const app = await start(driver, { session: { registry } })
      const [user, team] = [newUser(), newUser()]
      const one = app.visitor()
      await one.visit(({ session }) => {
        session.put('cart', 1)
        session.tag(team)
      })
      for (const handler of [
        logOut,
        (({ session }) => session.put('auth_web', null)) as Handler,
        (({ session }) => session.replace({ cart: 2 })) as Handler,
      ]) {
        await one.visit(handler)
        assert.lengthOf(await app.Session.tagged(team), 1)
      }
      await one.visit(logIn(user))
      const tagged = [await app.Session.tagged(user), await app.Session.tagged(team)]
      assert.deepEqual(
        tagged.map(({ length }) => length),
        [1, 0]
      )
    })

    for (const whenFull of ['evict', 'refuse'] as const) {
      test(`no more than maxPerTag remain (${whenFull}) [${driver}]`, async ({ assert }) => {
        const limited = { tagUsers: true, maxPerTag: 1, whenFull }
        const app = await start(driver, { session: { registry: limited } })
        const user = newUser()
        const devices = [app.visitor(), app.visitor(), app.visitor()]
        for (const one of devices) {
          await one.visit(logIn(user), { mayFail: true })
          await one.visit(AGAIN['invalidate and put'](user), { mayFail: true })
        }
        const seen = await Promise.all(devices.map((one) => one.ask(userOf)))
        assert.lengthOf(seen.filter(Boolean), 1)
        assert.equal(seen[whenFull === 'evict' ? 2 : 0], user)
        assert.lengthOf(await app.Session.tagged(user), 1)
      })
    }
  })
}
