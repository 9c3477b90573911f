import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

/** Each leads a browser to another site, or nowhere. */
const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'javascript:alert(1)',
  ' /account',
  'account',
  '',
]

for (const driver of ALL_DRIVERS) {
  test.group(`The URL that a visitor wanted: ${driver}`, (group) => {
    const { visitor, app } = sharedApp(group, driver, {
      session: { saveUninitialized: false },
      routes: (route) => {
        route.get('/account', ({ response }) => response.redirect().withIntendedUrl().toPath('/in'))
        route.post('/save', ({ response }) => response.redirect().withIntendedUrl().toPath('/in'))
        route.get('/in', () => 'log in').as('in')
      },
    })
    const goes = (handler: Handler) => async (one: ReturnType<typeof visitor>) =>
      (await one.visit(handler)).headers.location
    const toIntended = goes(({ response }) => response.redirect().toIntended())

    test(`is kept over a login, with its query, and used once [${driver}]`, async ({ assert }) => {
      const one = visitor()
      await one.browser.get('/account?tab=2&q=a%20b', { followRedirects: false })
      await one.visit(({ session }) => session.regenerate())
      assert.equal(await toIntended(one), '/account?tab=2&q=a%20b')
      assert.equal(await toIntended(one), '/')
    })

    test(`of a form it is the page that the form is on [${driver}]`, async ({ assert }) => {
      const one = visitor()
      const { url } = app()
      const post = (referer: string) =>
        one.browser.post('/save', {}, { headers: { referer }, followRedirects: false })
      await post(`${url}/form?step=1`)
      assert.equal(await toIntended(one), '/form?step=1')
      await post('https://evil.example/form')
      assert.equal(await toIntended(one), '/')
    })

    test(`falls back to a path or a route [${driver}]`, async ({ assert }) => {
      const one = visitor()
      assert.equal(
        await goes(({ response }) => response.redirect().toIntended('/home'))(one),
        '/home'
      )
      const toRoute = goes(({ response }) => response.redirect().toIntendedRoute('in'))
      assert.equal(await toRoute(one), '/in')
      await one.visit(({ session }) => session.setIntendedUrl('/wanted'))
      assert.equal(await toRoute(one), '/wanted')
    })

    test(`is read, pulled and cleared [${driver}]`, async ({ assert }) => {
      const seen = await visitor().ask(({ session }) => {
        const none = [session.getIntendedUrl(), session.getIntendedUrl('/')]
        session.setIntendedUrl('/a')
        const kept = [
          session.getIntendedUrl(),
          session.pullIntendedUrl(),
          session.pullIntendedUrl(),
        ]
        session.setIntendedUrl('/b')
        session.clearIntendedUrl()
        return [...none, ...kept, session.getIntendedUrl()]
      })
      assert.deepEqual(seen, [null, '/', '/a', '/a', null, null])
    })

    test(`is never one of another site [${driver}]`, async ({ assert }) => {
      for (const url of ELSEWHERE) {
        const seen = await visitor().ask(({ session }) => {
          session.setIntendedUrl(url)
          const given = session.getIntendedUrl()
          session.put('redirect.intendedUrl', url)
          return [given, session.getIntendedUrl()]
        })
        assert.deepEqual(seen, [null, null], JSON.stringify(url))
      }
    })

    test(`may be given with the host of this site [${driver}]`, async ({ assert }) => {
      const { url } = app()
      const seen = await visitor().ask(({ session }) => {
        session.setIntendedUrl(`${url}/a?b=1#c`)
        return session.getIntendedUrl()
      })
      assert.equal(seen, '/a?b=1#c')
    })
  })
}
