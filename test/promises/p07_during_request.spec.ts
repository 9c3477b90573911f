import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

const DOES: Record<string, Handler> = {
  reads: ({ session }) => session.get('user'),
  puts: ({ session }) => session.put('late', true),
  'logs in': ({ session }) => session.regenerate(),
}

for (const driver of ALL_DRIVERS) {
  test.group(`P7 The age comes while a request is under way: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { age: '20m', touchEvery: '1m' } })
    const clock = stoppedClock(group)

    for (const [does, handler] of Object.entries(DOES)) {
      test(`one that ${does} is use of the session, which goes on [${driver}]`, async ({
        assert,
      }) => {
        const one = visitor()
        const id = await one.ask(({ session }) => {
          session.put('user', 7)
          return session.sessionId
        })
        await one.visit(async (ctx) => {
          ctx.session.get('user')
          await clock.passFor(driver, id, 30 * 60_000)
          return handler(ctx)
        })
        clock.pass('2m')
        assert.equal(await one.ask(({ session }) => session.get('user')), 7)
      })
    }
  })

  test.group(`P7 The absolute age comes while a request is under way: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, { session: { age: '2h', absoluteAge: '2h' } })
    const clock = stoppedClock(group)

    for (const [does, handler] of Object.entries(DOES)) {
      test(`one that ${does} is answered, and the session is over [${driver}]`, async ({
        assert,
      }) => {
        const one = visitor()
        await one.visit(({ session }) => session.put('user', 7))
        clock.pass('119m')
        const response = await one.visit((ctx) => {
          ctx.session.get('user')
          clock.pass('2m')
          return handler(ctx)
        })
        assert.equal(response.status, 200)
        clock.pass('1s')
        assert.deepEqual(await one.ask(all), {})
      })
    }
  })
}
