import { test } from '@japa/runner'
import { driversThat } from '../helpers/drivers'
import { stoppedClock } from '../helpers/clock'
import { storeAs64 } from '../helpers/stored'
import { Handler, sharedApp } from '../helpers/visits'

const HOUR_IN_MS = 3_600_000

const userOf: Handler = ({ session }) => session.get('user') ?? null

const begin: Handler = ({ session }) => {
  session.put('user', 1)
  return session.sessionId
}

/** A record as 6.4.0 writes it: it does not say when the session began. */

for (const driver of driversThat('isShared')) {
  test.group(`P7 Expiry is enforced on the server: ${driver}, a session of 6.4.0`, (group) => {
    const clock = stoppedClock(group)
    const { visitor, app } = sharedApp(group, driver, {
      session: { age: '2h', absoluteAge: '5h' },
    })

    test('absoluteAge counts from its first request on, even if it is only read', async ({
      assert,
    }) => {
      const { ask } = visitor()
      const id = await ask(begin)
      await storeAs64(driver, app(), id, { user: 7 })

      for (let hour = 0; hour < 5; hour++) {
        assert.equal(await ask(userOf), 7)
        clock.pass(HOUR_IN_MS)
      }
      assert.isNull(await ask(userOf))
    })
  })
}
