import { test } from '@japa/runner'
import { promises as fs } from 'fs'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { ALL_DRIVERS, temporaryDirectory } from '../helpers/drivers'
import { apps, sharedApp } from '../helpers/visits'

/** The controller of the page. Its request is that of the HTTP context. */
class UserController {
  public profile({ request: req }: HttpContextContract) {
    return req.session().all()
  }
}

for (const driver of ALL_DRIVERS) {
  test.group(`Interacting with the session on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      boot: (application) => {
        const name = 'App/Controllers/Http/UserController'
        application.container.bind(name, () => new UserController())
      },
      routes: (Route) => {
        Route.get('/profile', ({ request: req }) => [
          req.session().all(), // get all session object
          req.session().get('key'), // Retrieve a piece of data from the session.
        ])
        Route.get('/user', 'UserController.profile')
      },
    })

    test(`request.session(): is the session, via a route action [${driver}]`, async ({
      assert,
    }) => {
      const { browser, visit } = visitor()

      await visit(({ request: req }) => req.session().put('key', 'value'))
      assert.deepEqual((await browser.get('/profile')).json, [{ key: 'value' }, 'value'])
    })

    test(`request.session(): is the session, via a controller method [${driver}]`, async ({
      assert,
    }) => {
      const { browser, visit } = visitor()

      await visit(({ request: req }) => req.session().put('key', 'value'))
      assert.deepEqual((await browser.get('/user')).json, { key: 'value' })
    })

    test(`a session stores information across multiple requests [${driver}]`, async ({
      assert,
    }) => {
      const [one, other] = [visitor(), visitor()]

      await one.visit(({ request: req }) => req.session().put('user', 1))
      await other.visit(({ request: req }) => req.session().put('user', 2))
      assert.equal(await one.ask(({ request: req }) => req.session().get('user')), 1)
      assert.equal(await one.ask(({ request: req }) => req.session().get('user')), 1)
      assert.equal(await other.ask(({ request: req }) => req.session().get('user')), 2)
    })

    test(`put: stores data [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ request: req }) => req.session().put('key', 'value'))
      assert.deepEqual(await ask(({ request: req }) => req.session().all()), { key: 'value' })
    })

    test(`has: is true if the item is present and is not null [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ request: req }) => {
        req.session().put('key', 'value')
        req.session().put('nothing', null)
      })
      const has = await ask(({ request: req }) =>
        ['key', 'nothing', 'absent'].map((key) => req.session().has(key))
      )
      assert.deepEqual(has, [true, false, false])
    })

    test(`exists: is true if the item is present, even if it is null [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()

      await visit(({ request: req }) => {
        req.session().put('key', 'value')
        req.session().put('nothing', null)
      })
      const exists = await ask(({ request: req }) =>
        ['key', 'nothing', 'absent'].map((key) => req.session().exists(key))
      )
      assert.deepEqual(exists, [true, true, false])
    })

    test(`forget: removes pieces of data [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ request: req }) => req.session().put({ key1: 1, key2: 2, key3: 3 }))
      await visit(({ request: req }) => req.session().forget(['key1', 'key2']))
      assert.deepEqual(await ask(({ request: req }) => req.session().all()), { key3: 3 })
    })

    test(`flush: removes all data [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ request: req }) => req.session().put({ key1: 1, key2: 2 }))
      await visit(({ request: req }) => req.session().flush())
      assert.deepEqual(await ask(({ request: req }) => req.session().all()), {})
    })

    test(`request.session(): is the same object as ctx.session [${driver}]`, async ({ assert }) => {
      const isSame = await visitor().ask(
        ({ request, session }) => request.session() === session && session === request.session()
      )
      assert.isTrue(isSame)
    })
  })
}

test.group('The configuration of the session', (group) => {
  const start = apps(group)

  test('session files are stored under the configured folder', async ({ assert }) => {
    const location = temporaryDirectory()
    const { ask } = (await start('file', { session: { file: { location } } })).visitor()

    const id = await ask(({ request: req }) => {
      req.session().put('key', 'value')
      return req.session().sessionId
    })
    assert.deepEqual(await fs.readdir(location), [`${id}.txt`])
  })
})
