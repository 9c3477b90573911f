import { test } from '@japa/runner'
import { FourMethodDriver, ALL_DRIVERS, SERVER_DRIVERS } from '../helpers/drivers'
import { stoppedClock } from '../helpers/clock'
import { apps, Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const CONFIGS = { documented: {}, template: { touchEvery: '1m', saveUninitialized: false } }

for (const driver of ALL_DRIVERS) {
  test.group(`A request that is skipped: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      providers: ['@adonisjs/view'],
      session: { skip: ({ request }) => request.header('x-health') !== undefined },
    })
    const headers = { 'x-health': '1' }

    test(`has an empty session, and leaves that of the browser alone [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session }) => {
        session.put('a', 1)
        session.flash('note', 'saved')
      })
      const skipped = await one.visit(
        ({ session }) => {
          const found = { ...session.all(), note: session.flashMessages.get('note', null) }
          session.put('b', 2)
          session.flash('other', 2)
          session.regenerate()
          return found
        },
        { headers }
      )
      assert.deepEqual(skipped.answer, { note: null })
      assert.deepEqual(skipped.setCookies, [])
      assert.isUndefined(skipped.headers['cache-control'])
      const shown: Handler = ({ session }) => [session.all(), session.flashMessages.all()]
      assert.deepEqual(await one.ask(shown), [{ a: 1 }, { note: 'saved' }])
    })

    test(`gives a stranger no cookie [${driver}]`, async ({ assert }) => {
      const skipped = await visitor().visit(({ session }) => session.put('a', 1), { headers })
      assert.deepEqual(skipped.setCookies, [])
    })

    test(`renders templates that use the session [${driver}]`, async ({ assert }) => {
      const render: Handler = ({ view }: any) =>
        view.renderRaw("[{{ session.get('a', 'none') }}{{ flashMessages.get('note', '') }}]")
      assert.equal(await visitor().ask(render, { headers }), '[none]')
    })
  })

  for (const [config, session] of Object.entries(CONFIGS)) {
    test.group(`A passive request: ${driver}, ${config} config`, (group) => {
      const { visitor } = sharedApp(group, driver, { session: { age: '2h', ...session } })
      const clock = stoppedClock(group)

      test(`sees the session and prolongs nothing [${driver}, ${config}]`, async ({ assert }) => {
        const one = visitor()
        await one.visit(({ session }) => session.put('a', 1))
        const id = await one.ask(({ session }) => session.sessionId)
        for (const time of ['50m', '50m'] as const) {
          await clock.passFor(driver, id, time === '50m' ? 3_000_000 : 0)
          const polled = await one.visit(({ session }) => {
            session.passive()
            return session.all()
          })
          assert.deepEqual(polled.answer, { a: 1 })
          assert.deepEqual(polled.setCookies, [])
        }
        await clock.passFor(driver, id, 30 * 60_000)
        assert.deepEqual(await one.ask(all), {})
      })

      test(`stores what it changes, as any other [${driver}, ${config}]`, async ({ assert }) => {
        const one = visitor()
        await one.visit(({ session }) => {
          session.passive()
          session.put('a', 1)
        })
        assert.deepEqual(await one.ask(all), { a: 1 })
      })

      test(`gives a stranger no cookie [${driver}, ${config}]`, async ({ assert }) => {
        const polled = await visitor().visit(({ session }) => session.passive())
        assert.deepEqual(polled.setCookies, [])
      })
    })
  }
}

for (const driver of SERVER_DRIVERS) {
  test.group(`A passive request of a session whose id is due: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      session: { touchEvery: '1m', rotateEvery: '15m' },
    })
    const clock = stoppedClock(group)

    test(`gets no other id [${driver}]`, async ({ assert }) => {
      const one = visitor()
      await one.visit(({ session }) => session.put('a', 1))
      const id = await one.ask(({ session }) => session.sessionId)
      clock.pass('16m')
      const polled = await one.visit(({ session }) => {
        session.passive()
        return session.sessionId
      })
      assert.equal(polled.answer, id)
      assert.deepEqual(polled.setCookies, [])
      assert.lengthOf((await one.visit(all)).setCookies, 1)
    })
  })
}

test.group('A request that is skipped', (group) => {
  const start = apps(group)

  test('asks the driver nothing', async ({ assert }) => {
    const app = await start('fourMethods', { session: { skip: () => true } })
    const { read, write } = FourMethodDriver.prototype
    const asked: string[] = []
    FourMethodDriver.prototype.read = async () => (asked.push('read'), null)
    FourMethodDriver.prototype.write = async () => void asked.push('write')
    try {
      await app.visitor().visit(({ session }) => session.put('a', 1))
    } finally {
      Object.assign(FourMethodDriver.prototype, { read, write })
    }
    assert.deepEqual(asked, [])
  })

  test('is an error where the answer is a promise, which would skip all', async ({ assert }) => {
    const skip: any = async () => false
    const app = await start('memory', { session: { skip } })
    const response = await app.visitor().visit(all, { mayFail: true })
    assert.equal(response.status, 500)
    assert.match(response.json.message, /"skip" must return true or false, and no promise/)
  })
})
