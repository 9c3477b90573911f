import { test } from '@japa/runner'
import { cookiesOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { apps, Handler, sharedApp } from '../helpers/visits'

const big: Handler = ({ session }) => session.put('a', 'x'.repeat(5000))

for (const driver of ALL_DRIVERS) {
  test.group(`Cookie attributes of each response: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      session: {
        saveUninitialized: false,
        cookie: ({ request }: any) => ({
          path: request.header('x-path') ?? '/',
          domain: request.header('x-tenant'),
          httpOnly: true,
        }),
      },
    })
    const headers = { 'x-tenant': 'one.example', 'x-path': '/shop' }

    test(`come from the function, for each cookie [${driver}]`, async ({ assert }) => {
      const response = await visitor().visit(big, { headers })
      const cookies = cookiesOf(response)
      assert.lengthOf(cookies, driver === 'cookie' ? 3 : 1)
      for (const { attributes } of cookies) {
        assert.containsSubset(attributes, { domain: 'one.example', path: '/shop', httponly: true })
      }
      const other = await visitor().visit(big)
      assert.isTrue(cookiesOf(other).every(({ attributes }) => !attributes.domain))
    })

    test(`hold for cookies that are dropped [${driver}]`, async ({ assert }) => {
      const one = visitor()
      await one.visit(big, { headers })
      const ended = await one.visit(({ session }) => session.invalidate(), { headers })
      const cookies = cookiesOf(ended)
      assert.isAbove(cookies.length, 0)
      for (const { attributes } of cookies) {
        assert.containsSubset(attributes, { domain: 'one.example', path: '/shop' })
      }
    })
  })
}

test.group('Cookie attributes of a function', (group) => {
  const start = apps(group)

  test('are validated when the cookie is set', async ({ assert }) => {
    const cookie: any = () => ({ domain: 'https://example.com' })
    const app = await start('memory', { session: { cookie } })
    const response = await app.visitor().visit(big, { mayFail: true })
    assert.equal(response.json.code, 'E_SESSION_INVALID_CONFIG')
    assert.match(response.json.message, /"cookie.domain" is "https:\/\/example.com"/)
  })

  const WRONG: Record<string, [attributes: any, says: RegExp]> = {
    'a text for a boolean': [{ secure: 'false' }, /"cookie.secure" is "false", a string/],
    'a number for a domain': [{ domain: 7 }, /"cookie.domain" is 7, a number/],
    'a big integer': [{ sameSite: 10n }, /"cookie.sameSite" is 10n/],
    'a promise': [
      Promise.resolve({ httpOnly: true }),
      /"cookie" is .+, a Promise, and .+ no promise/,
    ],
    'a list': [[], /"cookie" is \[\], an Array, and the function must return an object/],
    'a text': ['lax', /"cookie" is "lax", a string, and the function must return an object/],
  }
  for (const [name, [attributes, says]] of Object.entries(WRONG)) {
    test(`cannot be ${name}, as in the config`, async ({ assert }) => {
      const app = await start('memory', { session: { cookie: (() => attributes) as any } })
      const { json, setCookies } = await app.visitor().visit(big, { mayFail: true })
      assert.equal(json.code, 'E_SESSION_INVALID_CONFIG')
      assert.match(json.message, says)
      assert.deepEqual(setCookies, [])
    })
  }

  test('may be none: those of config/app apply', async ({ assert }) => {
    for (const attributes of [undefined, null, {}]) {
      const app = await start('memory', { session: { cookie: (() => attributes) as any } })
      assert.lengthOf((await app.visitor().visit(big)).setCookies, 1)
    }
  })

  test('are asked for once a request', async ({ assert }) => {
    let times = 0
    const cookie: any = () => ({ path: '/', times: ++times && undefined })
    const app = await start('cookie', { session: { cookie } })
    await app.visitor().visit(big)
    assert.equal(times, 1)
  })

  test('cannot be anything else', async ({ assert }) => {
    const cookie: any = 'lax'
    await assert.rejects(
      async () => void (await start('memory', { session: { cookie } })),
      /"cookie" is "lax", a string, and must be an object or a function/
    )
  })
})
