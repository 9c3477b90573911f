import { test } from '@japa/runner'
import { idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

for (const driver of ALL_DRIVERS) {
  test.group(`A session cookie is for one browser: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })
    const cacheControl = async (handler: Handler) => {
      const response = await visitor().visit(handler)
      return { cookie: idCookieOf(response), header: response.headers['cache-control'] }
    }

    test('a response that sets it is kept from shared caches', async ({ assert }) => {
      const { cookie, header } = await cacheControl(({ session }) => session.put('a', 1))
      assert.isDefined(cookie)
      assert.equal(header, 'private')
    })

    test('what the app says about caches stands', async ({ assert }) => {
      const { header } = await cacheControl(({ session, response }) => {
        session.put('a', 1)
        response.header('cache-control', 'no-store')
      })
      assert.equal(header, 'no-store')
    })

    test('a response without it may be cached', async ({ assert }) => {
      const { cookie, header } = await cacheControl(() => 'a page for everybody')
      assert.isUndefined(cookie)
      assert.isUndefined(header)
    })
  })
}
