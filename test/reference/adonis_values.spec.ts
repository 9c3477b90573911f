import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { sharedApp } from '../helpers/visits'

for (const driver of ALL_DRIVERS) {
  test.group(`Read/write session values on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      routes: (Route) => {
        Route.get('/', async ({ session }) => {
          // Read value
          const cartTotal = session.get('cart_total')
          // Write value
          session.put('cart_total', cartTotal + 10)
        })
      },
    })

    test(`ctx.session reads and writes in the example of the page [${driver}]`, async ({
      assert,
    }) => {
      const { browser, visit, ask } = visitor()

      await visit(({ session }) => session.put('cart_total', 1900))
      await browser.get('/')
      assert.equal(await ask(({ session }) => session.get('cart_total')), 1910)
    })

    test(`get: reads the value of a key [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart_total', 1900))
      assert.equal(await ask(({ session }) => session.get('cart_total')), 1900)
      assert.equal(await ask(({ session }) => session.get('cart_total', 0)), 1900)
    })

    test(`get: the default stands in for undefined [${driver}]`, async ({ assert }) => {
      const { ask } = visitor()

      assert.isTrue(await ask(({ session }) => session.get('cart_total') === undefined))
      assert.equal(await ask(({ session }) => session.get('cart_total', 0)), 0)
    })

    test(`get: the default stands in for null [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart_total', null))
      assert.equal(await ask(({ session }) => session.get('cart_total', 10)), 10)
    })

    test(`put: writes a key-value pair [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart_total', 1900))
      assert.deepEqual(await ask(({ session }) => session.all()), { cart_total: 1900 })
    })

    test(`put: takes each data type that a cookie does [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.put('string', 'a')
        session.put('number', 1.5)
        session.put('boolean', false)
        session.put('bigint', BigInt('9007199254740993'))
        session.put('date', new Date(0))
        session.put('object', { nested: { value: 1 } })
        session.put('array', [1, 'two', { three: 3 }])
      })
      assert.deepEqual(await ask(({ session }) => session.all()), {
        string: 'a',
        number: 1.5,
        boolean: false,
        bigint: '9007199254740993',
        date: '1970-01-01T00:00:00.000Z',
        object: { nested: { value: 1 } },
        array: [1, 'two', { three: 3 }],
      })
    })

    test(`put: overwrites what was there [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('cart_total', { a: 1 }))
      await visit(({ session }) => session.put('cart_total', 2000))
      assert.equal(await ask(({ session }) => session.get('cart_total')), 2000)
    })

    test(`all: reads everything [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.put('a', 1)
        session.put('b', [2])
      })
      assert.deepEqual(await ask(({ session }) => session.all()), { a: 1, b: [2] })
    })

    test(`all: is an object even when there is nothing [${driver}]`, async ({ assert }) => {
      assert.deepEqual(await visitor().ask(({ session }) => session.all()), {})
    })

    test(`forget: removes the value of a key [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.put('cart_total', 1900)
        session.put('kept', true)
      })

      const removed = await ask(({ session }) => {
        session.forget('cart_total')
        return session.get('cart_total') === undefined // undefined
      })
      assert.isTrue(removed)
      assert.deepEqual(await ask(({ session }) => session.all()), { kept: true })
    })

    test(`increment: adds one to a number [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('page_views', 41))
      await visit(({ session }) => session.increment('page_views'))
      assert.equal(await ask(({ session }) => session.get('page_views')), 42)
    })

    test(`increment: a non-numeric value is an exception [${driver}]`, async ({ assert }) => {
      const { visit, ask, codeOf } = visitor()

      await visit(({ session }) => session.put('page_views', 'many'))
      const code = await codeOf(({ session }) => session.increment('page_views'))
      assert.equal(code, 'E_SESSION_NOT_A_NUMBER')
      assert.equal(await ask(({ session }) => session.get('page_views')), 'many')
    })

    test(`decrement: takes one from a number [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('score', 1))
      await visit(({ session }) => session.decrement('score'))
      assert.equal(await ask(({ session }) => session.get('score')), 0)
    })

    test(`decrement: a non-numeric value is an exception [${driver}]`, async ({ assert }) => {
      const { visit, ask, codeOf } = visitor()

      await visit(({ session }) => session.put('score', [1]))
      const code = await codeOf(({ session }) => session.decrement('score'))
      assert.equal(code, 'E_SESSION_NOT_A_NUMBER')
      assert.deepEqual(await ask(({ session }) => session.get('score')), [1])
    })

    test(`clear: leaves the store empty [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('cart_total', 1900))

      const all = await ask(({ session }) => {
        session.clear()
        return session.all()
      })
      assert.deepEqual(all, {})
      assert.deepEqual(await ask(({ session }) => session.all()), {})
    })
  })
}
