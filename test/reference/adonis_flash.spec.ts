import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const messages: Handler = ({ session }) => session.flashMessages.all()

const FORM = { title: 'Hello', description: 'World', _csrf: 'token', submit: 'Save' }

for (const driver of ALL_DRIVERS) {
  test.group(`Session flash messages on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, {
      routes: (Route) => {
        Route.get('/', async ({ session, response }) => {
          session.flash('message', 'Hello world')
          response.redirect('/see-message')
        })
        Route.get('/see-message', async ({ session }) => {
          return session.flashMessages.get('message')
        })
      },
    })

    test(`a message is there after the redirect of the example [${driver}]`, async ({ assert }) => {
      const browser = app().browser()

      const page = await browser.get('/', { followRedirects: true })
      assert.equal(page.text, 'Hello world')
    })

    test(`messages are available for the next request only [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello world'))
      assert.deepEqual(await ask(messages), { message: 'Hello world' })
      assert.deepEqual(await ask(messages), {})
    })

    test(`messages are not available in the request that flashes them [${driver}]`, async ({
      assert,
    }) => {
      const seen = await visitor().ask(({ session }) => {
        session.flash('message', 'Hello world')
        return session.flashMessages.all()
      })
      assert.deepEqual(seen, {})
    })

    test(`messages are not among the values of the session [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash('message', 'Hello world'))
      assert.deepEqual(await ask(({ session }) => session.all()), {})
    })

    test(`flash: adds a key-value pair [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      const errors = {
        title: 'Post title is required',
        description: 'Post description is required',
      }

      await visit(({ session }) => session.flash('errors', errors))
      assert.deepEqual(await ask(messages), { errors })
    })

    test(`flash: takes an object [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      const errors = {
        title: 'Post title is required',
        description: 'Post description is required',
      }

      await visit(({ session }) => session.flash({ errors }))
      assert.deepEqual(await ask(messages), { errors })
    })

    test(`flash: adds to what was flashed before [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.flash('success', 'Saved')
        session.flash({ info: 'A mail was sent' })
      })
      assert.deepEqual(await ask(messages), { success: 'Saved', info: 'A mail was sent' })
    })

    test(`flashAll: adds the request body [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flashAll(), { body: FORM })
      assert.deepEqual(await ask(messages), FORM)
    })

    test(`flashAll: gives the form data back after a redirect [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      const response = await visit(
        (ctx) => {
          ctx.session.flashAll()
          ctx.response.redirect('back')
        },
        { body: FORM }
      )
      assert.equal(response.status, 302)
      assert.equal(await ask(({ session }) => session.flashMessages.get('title')), 'Hello')
    })

    test(`flashOnly: picks fields of the request body [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flashOnly(['title', 'description']), { body: FORM })
      assert.deepEqual(await ask(messages), { title: 'Hello', description: 'World' })
    })

    test(`flashExcept: ignores fields of the request body [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flashExcept(['_csrf', 'submit']), { body: FORM })
      assert.deepEqual(await ask(messages), { title: 'Hello', description: 'World' })
    })

    test(`reflash: flashes the data of the previous request [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash({ success: 'Saved', errors: { title: 'No' } }))
      await visit(({ session }) => session.reflash())
      assert.deepEqual(await ask(messages), { success: 'Saved', errors: { title: 'No' } })
      assert.deepEqual(await ask(messages), {})
    })

    test(`reflashOnly: flashes only the selected keys again [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.flash({ success: 'Saved', errors: { title: 'No' } }))
      await visit(({ session }) => session.reflashOnly(['errors']))
      assert.deepEqual(await ask(messages), { errors: { title: 'No' } })
    })

    test(`reflashExcept: flashes all but the mentioned keys again [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const flashed = { success: 'Saved', username: 'virk', password: 'secret', info: 'kept' }

      await visit(({ session }) => session.flash(flashed))
      await visit(({ session }) => session.reflashExcept(['success', 'username', 'password']))
      assert.deepEqual(await ask(messages), { info: 'kept' })
    })
  })

  test.group(`Accessing flash messages on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    const flashed = async () => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.flash({ errors: { title: 'Required' } }))
      return ask
    }

    test(`get: reads the value of a key, nested or not [${driver}]`, async ({ assert }) => {
      const ask = await flashed()

      const values = await ask(({ session }) => [
        session.flashMessages.get('errors.title'),
        session.flashMessages.get('errors'),
      ])
      assert.deepEqual(values, ['Required', { title: 'Required' }])
    })

    test(`get: takes a default value [${driver}]`, async ({ assert }) => {
      const ask = await flashed()
      assert.equal(await ask(({ session }) => session.flashMessages.get('title', '')), '')
    })

    test(`has: tells whether a key exists [${driver}]`, async ({ assert }) => {
      const ask = await flashed()

      const answers = await ask(({ session }) => [
        session.flashMessages.has('errors.title'),
        session.flashMessages.has('errors.description'),
      ])
      assert.deepEqual(answers, [true, false])
    })

    test(`all: is everything [${driver}]`, async ({ assert }) => {
      const ask = await flashed()
      assert.deepEqual(await ask(messages), { errors: { title: 'Required' } })
    })

    test(`isEmpty: tells whether there is anything [${driver}]`, async ({ assert }) => {
      const ask = await flashed()

      assert.isFalse(await ask(({ session }) => session.flashMessages.isEmpty))
      assert.isTrue(await ask(({ session }) => session.flashMessages.isEmpty))
    })
  })
}
