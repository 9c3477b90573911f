import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { SERVER_DRIVERS, driversThat } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const messages: Handler = ({ session }) => session.flashMessages.all()

/** Logouts that only remove the user. */
const LOGOUTS: Record<string, Handler> = {
  forget: ({ session }) => session.forget(['user', 'roles']),
  clear: ({ session }) => session.clear(),
  'a put of null': ({ session }) => session.put({ user: null, roles: null }),
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P1 No lost update, in place: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test('what is changed without a verb joins what another request stored meanwhile', async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('user', { name: 'Ada', visits: 1 }))
      const tab = clone()

      await visit(async ({ session }) => {
        session.get('user').name = 'Grace'
        session.all().added = true
        await tab.visit(({ session: other }) => {
          other.increment('user.visits')
          other.put('other', 1)
        })
      })
      assert.deepEqual(await ask(all), {
        user: { name: 'Grace', visits: 2 },
        added: true,
        other: 1,
      })
    })

    test('an object that was got is stored as the handler leaves it, and only that', async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const user = { name: 'Ada', address: { city: 'London' }, roles: ['editor'] }
      await visit(({ session }) => session.put({ user, cart: [{ sku: 1 }] }))

      await visit(({ session }) => {
        session.get('user.address')
        session.get('user.address').city = 'Paris'
      })
      await visit(({ session }) => {
        session.get('user').roles.push('admin')
        session.get('user')
      })
      await visit(({ session }) => delete session.get('user').name)
      await visit(({ session }) => {
        session.get('user').name = 'Grace'
        session.get('user').name = 'Ada'
      })
      await visit(async ({ session }) => {
        const item = session.get('cart.0')
        await session.commit()
        item.sku = 2
        await session.commit()
        // As it was got, which is no longer what is stored.
        item.sku = 1
      })
      assert.deepEqual(await ask(all), {
        user: { address: { city: 'Paris' }, roles: ['editor', 'admin'], name: 'Ada' },
        cart: [{ sku: 1 }],
      })
    })

    test('an object that was got and holds now what cannot be stored is an error', async ({
      assert,
    }) => {
      const { visit, ask, codeOf } = visitor()
      await visit(({ session }) => session.put('user', { name: 'Ada' }))
      const code = await codeOf(({ session }) => void (session.get('user').greet = () => 'Hello'))
      assert.equal(code, 'E_SESSION_UNSERIALIZABLE')
      assert.deepEqual(await ask(all), { user: { name: 'Ada' } })
    })

    for (const [how, logOut] of Object.entries(LOGOUTS)) {
      test(`a user whom ${how} removes stays removed beside changes in place`, async ({
        assert,
      }) => {
        const { visit, ask, clone } = visitor()
        await visit(({ session }) =>
          session.put({ user: { id: 7, name: 'Ada' }, roles: ['admin'] })
        )
        const tab = clone()

        await visit(async ({ session }) => {
          session.get('user').lastSeen = 1
          session.get('roles').push('editor')
          session.all().added = true
          await tab.visit(logOut)
        })
        const { user = null, roles = null, ...rest } = await ask(all)
        assert.deepEqual({ user, roles, ...rest }, { user: null, roles: null, added: true })
      })
    }

    test('what is removed without a verb stays removed', async ({ assert }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put({ old: 1, kept: 1 }))
      const tab = clone()

      await visit(async ({ session }) => {
        delete session.all().old
        await tab.visit(({ session: other }) => other.put('other', 1))
      })
      assert.deepEqual(await ask(all), { kept: 1, other: 1 })
    })
  })
}

for (const driver of driversThat('isAtomic')) {
  test.group(`P1 No lost message, within a millisecond: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)
    stoppedClock(group)

    test('the same message flashed again at the same time is another one', async ({ assert }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.flash('note', 'Saved'))
      const tab = clone()

      await visit(async ({ session }) => {
        session.put('seen', true)
        await tab.visit(({ session: other }) => other.flash('note', 'Saved'))
      })
      assert.deepEqual(await ask(messages), { note: 'Saved' })
    })
  })
}
