import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

for (const driver of ALL_DRIVERS) {
  test.group(`Nested keys on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`a dotted key writes into an object, and makes it [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('user.address.city', 'Delhi'))
      await visit(({ session }) => session.put('user.name', 'virk'))
      assert.deepEqual(await ask(all), { user: { address: { city: 'Delhi' }, name: 'virk' } })
      assert.equal(await ask(({ session }) => session.get('user.address.city')), 'Delhi')
    })

    test(`a dotted key replaces a parent that is no object [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('user', 'virk'))
      await visit(({ session }) => session.put('user.name', 'virk'))
      assert.deepEqual(await ask(all), { user: { name: 'virk' } })
    })

    test(`a dotted key is forgotten without its siblings [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('user', { name: 'virk', age: 30 }))
      await visit(({ session }) => session.forget('user.age'))
      assert.deepEqual(await ask(all), { user: { name: 'virk' } })
    })

    test(`an existing array is indexed, in both notations [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('items', [{ id: 1 }, { id: 2 }]))
      await visit(({ session }) => {
        session.put('items.0.id', 10)
        session.put('items[1].id', 20)
        session.put('items.2', { id: 30 })
      })
      assert.deepEqual(await ask(all), { items: [{ id: 10 }, { id: 20 }, { id: 30 }] })
      assert.equal(await ask(({ session }) => session.get('items[2].id')), 30)
    })

    test(`a number in a key makes an object, never an array [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart.1001', { quantity: 2 }))
      assert.deepEqual(await ask(all), { cart: { 1001: { quantity: 2 } } })
    })

    test(`a key that stands there with its dots is that key [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.replace({ 'user.name': 'literal' }))
      assert.equal(await ask(({ session }) => session.get('user.name')), 'literal')
      await visit(({ session }) => session.put('user.name', 'changed'))
      assert.deepEqual(await ask(all), { 'user.name': 'changed' })
      await visit(({ session }) => session.forget('user.name'))
      assert.deepEqual(await ask(all), {})
    })

    test(`a quoted segment with a dot is one segment for every verb [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const key = 'hosts["example.com"].port'

      await visit(({ session }) => session.put(key, 443))
      assert.deepEqual(await ask(all), { hosts: { 'example.com': { port: 443 } } })
      assert.equal(await ask(({ session }) => session.get(key)), 443)
      await visit(({ session }) => session.forget(key))
      assert.deepEqual(await ask(all), { hosts: { 'example.com': {} } })
    })

    test(`keys of other scripts and odd characters are kept [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      const values = { ключ: 'значение', 'a b;c=d"e\\': '🙂\u0000\n', '': 'empty' }

      await visit(({ session }) => session.put(values))
      assert.deepEqual(await ask(all), values)
      assert.equal(await ask(({ session }) => session.get('')), 'empty')
    })

    test(`what an object inherits is no value [${driver}]`, async ({ assert }) => {
      const inherited = await visitor().ask(({ session }) => [
        session.get('toString', 'nothing'),
        session.has('hasOwnProperty'),
        session.get('length', 'nothing'),
      ])
      assert.deepEqual(inherited, ['nothing', false, 'nothing'])
    })
  })

  test.group(`Values changed in place on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`an object from get is stored with its changes [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart', { items: [1], user: { name: 'virk' } }))
      await visit(({ session }) => {
        session.get('cart').items.push(2)
        session.get('cart.user').name = 'romain'
      })
      assert.deepEqual(await ask(all), { cart: { items: [1, 2], user: { name: 'romain' } } })
    })

    test(`what is set on the object of all is stored [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', 1))
      await visit(({ session }) => {
        session.all().b = 2
        delete session.all().a
      })
      assert.deepEqual(await ask(all), { b: 2 })
    })

    test(`an object that was put is stored as the handler leaves it [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        const cart = { items: [1] }
        session.put('cart', cart)
        cart.items.push(2)
      })
      assert.deepEqual(await ask(all), { cart: { items: [1, 2] } })
    })

    test(`changes in place and verbs on the same object add up [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart', { items: [1], total: 1 }))
      await visit(({ session }) => {
        const cart = session.get('cart')
        session.increment('cart.total', 2)
        session.push('cart.items', 2)
        cart.note = 'in place'
      })
      const cart = { items: [1, 2], total: 3, note: 'in place' }
      assert.deepEqual(await ask(all), { cart })
    })

    test(`an array from get is still the stored one after a push [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('items', [1]))
      await visit(({ session }) => {
        const items = session.get('items')
        session.push('items', 2)
        items.push(3)
      })
      assert.deepEqual(await ask(all), { items: [1, 2, 3] })
    })

    test(`an object with a length is no array, whatever the length is [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('size', { length: { toString: 1 } }))
      await visit(({ session }) => session.put('size.width', 2))
      assert.deepEqual(await ask(all), { size: { length: { toString: 1 }, width: 2 } })
    })

    test(`a default value that is changed is not stored [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.get('cart', { items: [] }).items.push(1))
      assert.deepEqual(await ask(all), {})
    })

    test(`what only and except return is a copy [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put({ a: 1, b: 2 }))
      await visit(({ session }) => {
        session.only(['a']).a = 9
        session.except(['a']).b = 9
      })
      assert.deepEqual(await ask(all), { a: 1, b: 2 })
    })
  })
}
