import { test } from '@japa/runner'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { stoppedClock } from '../helpers/clock'
import { Handler, sharedApp } from '../helpers/visits'

const put: Handler = ({ session }) => session.put('a', 1)
const read: Handler = ({ session }) => session.get('a')
const ignore: Handler = () => 'a page for everybody'
const saying =
  (header: string, handler: Handler): Handler =>
  (ctx) => {
    ctx.response.header('cache-control', header)
    return handler(ctx)
  }

for (const driver of ALL_DRIVERS) {
  test.group(`P11 Nobody else's page: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      session: { saveUninitialized: false, touchEvery: '1m' },
    })
    const clock = stoppedClock(group)

    async function member() {
      const one = visitor()
      await one.visit(put)
      return one
    }
    const cacheControl = async (one: ReturnType<typeof visitor>, handler: Handler) => {
      const response = await one.visit(handler)
      return { cookie: idCookieOf(response), header: response.headers['cache-control'] }
    }

    test(`a response that sets a cookie is private [${driver}]`, async ({ assert }) => {
      const { cookie, header } = await cacheControl(visitor(), put)
      assert.isDefined(cookie)
      assert.equal(header, 'private')
    })

    test(`so is one whose handler read the session, by code or template [${driver}]`, async ({
      assert,
    }) => {
      const ways: Handler[] = [
        read,
        ({ session }) => session.has('a'),
        ({ session }) => session.isEmpty,
        ({ session }) => session.expiresAt,
        (ctx) => ctx.request.session().all(),
      ]
      for (const way of ways) {
        for (const one of [await member(), visitor()]) {
          const { cookie, header } = await cacheControl(one, way)
          assert.isUndefined(cookie)
          assert.equal(header, 'private')
        }
      }
    })

    test(`one that shows a message is, too [${driver}]`, async ({ assert }) => {
      const one = await member()
      await one.visit(({ session }) => session.flash('note', 'hi'))
      const { header } = await cacheControl(one, ({ session }) => session.flashMessages.get('note'))
      assert.equal(header, 'private')
    })

    test(`one that has nothing to do with it may be cached [${driver}]`, async ({ assert }) => {
      for (const one of [await member(), visitor()]) {
        const { cookie, header } = await cacheControl(one, ignore)
        assert.isUndefined(cookie)
        assert.isUndefined(header)
      }
    })

    test(`what the app says stands, as long as no cookie contradicts it [${driver}]`, async ({
      assert,
    }) => {
      const cases: [says: string, handler: Handler, gets: string][] = [
        ['no-store', put, 'no-store'],
        ['private, max-age=60', put, 'private, max-age=60'],
        ['max-age=60', put, 'max-age=60, private'],
        ['no-cache', put, 'no-cache, private'],
        ['public, max-age=60', put, 'max-age=60, private'],
        ['Public, s-maxage=60', put, 'private'],
        ['max-age=60', read, 'max-age=60, private'],
        ['public, max-age=60', read, 'public, max-age=60'],
        ['s-maxage=60', read, 's-maxage=60'],
        ['public, max-age=60', ignore, 'public, max-age=60'],
      ]
      for (const [says, handler, gets] of cases) {
        const { header } = await cacheControl(visitor(), saying(says, handler))
        assert.equal(header, gets, `${says} became ${header}`)
      }
    })

    test(`a public response sends no cookie for a mere touch [${driver}]`, async ({ assert }) => {
      const one = await member()
      await clock.passFor(driver, await one.ask(({ session }) => session.sessionId), 5 * 60_000)
      const shared = await one.visit(saying('public, max-age=60', read))
      assert.deepEqual(cookiesOf(shared), [])
      assert.equal(shared.headers['cache-control'], 'public, max-age=60')
      const own = await one.visit(read)
      assert.isDefined(idCookieOf(own))
      assert.equal(own.headers['cache-control'], 'private')
    })
  })

  test.group(`P11 Nobody else's page, documented config: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`a public response sends a stranger no cookie [${driver}]`, async ({ assert }) => {
      const response = await visitor().visit(saying('public', ignore))
      assert.deepEqual(cookiesOf(response), [])
      assert.equal(response.headers['cache-control'], 'public')
    })

    test(`of a commit in mid-request it is private in the end [${driver}]`, async ({ assert }) => {
      const response = await visitor().visit(async ({ session, response: answer }) => {
        session.put('a', 1)
        await session.commit()
        answer.header('cache-control', 'public, max-age=60')
      })
      assert.isDefined(idCookieOf(response))
      assert.equal(response.headers['cache-control'], 'max-age=60, private')
    })
  })
}
