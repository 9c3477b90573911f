import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const messages: Handler = ({ session }) => session.flashMessages.all()

for (const driver of SERVER_DRIVERS) {
  test.group(
    `P1 A message is shown once, whoever flashes another one meanwhile: ${driver}`,
    (group) => {
      const { visitor } = sharedApp(group, driver)

      test('by a request from before the page that shows it', async ({ assert }) => {
        const { visit, ask, clone } = visitor()
        await visit(({ session }) => session.flash('note', 'Saved'))
        const tab = clone()
        await visit(async ({ session }) => {
          session.put('page', 1)
          await tab.visit(({ session: other }) => other.flash('later', 'Sent'))
        })
        assert.deepEqual(await ask(messages), { later: 'Sent' })
        assert.deepEqual(await ask(messages), {})
      })
    }
  )

  test.group(`P1 No lost update, after a commit in mid-request: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test('what is changed in place after a commit that was merged is stored', async ({
      assert,
    }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put({ user: { name: 'Ada' }, list: [1] }))
      const tab = clone()
      await visit(async ({ session }) => {
        const user = session.get('user')
        session.put('mine', 1)
        await tab.visit(({ session: other }) => other.put('theirs', 1))
        await session.commit()
        user.name = 'Grace'
        session.get('list').push(2)
      })
      const expected = { user: { name: 'Grace' }, list: [1, 2], mine: 1, theirs: 1 }
      assert.deepEqual(await ask(all), expected)
    })

    test('and what another request stores between two commits stays', async ({ assert }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('n', 0))
      const tab = clone()
      await visit(async ({ session }) => {
        session.increment('n')
        await session.commit()
        await tab.visit(({ session: other }) => other.increment('n'))
        session.increment('n')
      })
      assert.deepEqual(await ask(all), { n: 3 })
    })

    test('a text that another request put is not replaced by a number', async ({ assert }) => {
      const { visit, ask, clone } = visitor()
      await visit(({ session }) => session.put('n', 1))
      const tab = clone()
      await visit(async ({ session }) => {
        session.increment('n')
        session.put('other', 1)
        await tab.visit(({ session: other }) => other.put('n', 'text'))
      })
      assert.deepEqual(await ask(all), { n: 'text', other: 1 })
    })
  })
}
