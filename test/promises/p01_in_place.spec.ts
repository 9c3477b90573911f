import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { SERVER_DRIVERS, driversThat } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const messages: Handler = ({ session }) => session.flashMessages.all()

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
