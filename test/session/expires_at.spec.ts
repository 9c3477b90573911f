import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { stoppedClock } from '../helpers/clock'
import { Handler, sharedApp } from '../helpers/visits'

const HOUR_IN_MS = 3_600_000

/** Milliseconds that are left; `null`: it does not tell. */
const left: Handler = ({ session }) => session.expiresAt && session.expiresAt.getTime() - Date.now()

for (const driver of ALL_DRIVERS) {
  test.group(`expiresAt: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver, {
      session: { age: '2h', touchEvery: '10m', absoluteAge: '10h', saveUninitialized: false },
    })
    const clock = stoppedClock(group)

    test(`is null while nothing is stored, and with the first value the age [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      assert.isNull(await one.ask(left))
      const timeLeft = await one.ask((ctx) => {
        ctx.session.put('a', 1)
        return left(ctx)
      })
      assert.equal(timeLeft, 2 * HOUR_IN_MS)
    })

    test(`is what this request leaves, to touchEvery or passive [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session }) => session.put('a', 1))
      const id = await one.ask(({ session }) => session.sessionId)
      const passive: Handler = (ctx) => {
        ctx.session.passive()
        return left(ctx)
      }
      await clock.passFor(driver, id, 5 * 60_000)
      assert.approximately(await one.ask(left), 115 * 60_000, 2000)
      await clock.passFor(driver, id, 25 * 60_000)
      const seen = await one.ask(passive)
      if (driver !== 'fourMethods') {
        assert.approximately(seen, 90 * 60_000, 2000)
      } else {
        assert.isNull(seen)
      }
      assert.approximately(await one.ask(left), 120 * 60_000, 2000)
      assert.approximately(await one.ask(passive), 120 * 60_000, 2000)
    })

    test(`follows setAge, and ends with absoluteAge and invalidate [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session }) => session.put('a', 1))
      const long = await one.ask((ctx) => {
        ctx.session.setAge('30 days')
        return left(ctx)
      })
      assert.approximately(long, 10 * HOUR_IN_MS, 2000)
      const ended = await one.ask((ctx) => {
        ctx.session.invalidate()
        return left(ctx)
      })
      assert.isNull(ended)
    })
  })
}
