import { test } from '@japa/runner'
import { databases } from '../helpers/databases'
import { sharedApp } from '../helpers/visits'

for (const driver of databases()) {
  test.group(`Database driver: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test('first', async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('a', 1))
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1 })
      await visit(({ session }) => session.regenerate())
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1 })
    })
  })
}
