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
