import { test } from '@japa/runner'
import { idCookieOf } from '../helpers/cookies'
import { driversThat } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const logIn =
  (user: number): Handler =>
  ({ session }) => {
    session.put('user', user)
    session.regenerate()
  }

for (const driver of driversThat('isOnServer')) {
  for (const retireFor of ['60s', 0]) {
    test.group(`P2 A login that a login and its end overtook: ${driver}`, (group) => {
      const { app, visitor } = sharedApp(group, driver, { session: { retireFor } })
      const name = `[${driver}, retireFor ${retireFor}]`

      async function overtakenBy(end: (first: ReturnType<typeof visitor>) => Promise<unknown>) {
        const one = visitor()
        await one.visit(({ session }) => session.put('cart', 1))
        const [first, second] = [one.clone(), one.clone()]
        const response = await second.visit(async (ctx) => {
          ctx.session.get('cart')
          await first.visit(logIn(7))
          await end(first)
          return logIn(8)(ctx)
        })
        return { response, second, first }
      }

      test(`is given up after a logout ${name}`, async ({ assert }) => {
        const { response, second, first } = await overtakenBy((one) =>
          one.visit(({ session }) => session.invalidate())
        )
        assert.isUndefined(idCookieOf(response))
        assert.deepEqual(await second.ask(all), {})
        assert.deepEqual(await first.ask(all), {})
      })

      test(`is given up after a revocation ${name}`, async ({ assert }) => {
        const { response, second } = await overtakenBy(async (one) =>
          app().Session.destroy(await one.ask(({ session }) => session.sessionId))
        )
        assert.isUndefined(idCookieOf(response))
        assert.deepEqual(await second.ask(all), {})
      })

      test(`stands when the session that overtook it lives ${name}`, async ({ assert }) => {
        const { response, second } = await overtakenBy(async () => {})
        assert.isDefined(idCookieOf(response))
        assert.equal((await second.ask(all)).user, 8)
      })

      test(`one that begins after the end is a login ${name}`, async ({ assert }) => {
        const one = visitor()
        await one.visit(({ session }) => session.put('cart', 1))
        const late = one.clone()
        await one.visit(logIn(7))
        await one.visit(({ session }) => session.invalidate())
        await late.visit(logIn(8))
        assert.deepEqual(await late.ask(all), { user: 8 })
      })
    })
  }
}
