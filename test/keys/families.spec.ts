import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { driversThat, SERVER_DRIVERS } from '../helpers/drivers'
import { cookiesWithId } from '../helpers/signed'
import { Handler, VisitedApp, Visitor } from '../helpers/visits'
import { A, B, deployments, goesOn } from './helpers'

const all: Handler = ({ session }) => session.all()
const cart: Handler = ({ session }) => {
  session.put('cart', [1])
  return session.sessionId
}
const login: Handler = ({ session }) => {
  session.regenerate()
  session.put('user', 7)
  return session.sessionId
}
const logout: Handler = ({ session }) => session.invalidate()

/** What ends a session on a server that can't decrypt it. */
const ENDINGS: Record<string, (app: VisitedApp, id: string) => Promise<unknown>> = {
  'a logout': (app, id) => app.visitor().visit(logout, cookiesWithId(app, id)),
  'Session.destroy': (app, id) => app.Session.destroy(id),
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Sessions of one family, on servers without their key: ${driver}`, (group) => {
    const start = deployments(group, driver)
    const deploy = (key: string) => start(key, { encrypt: true, saveUninitialized: false })
    stoppedClock(group)

    /** A session, and one that was logged in from its retired id. */
    async function family() {
      const one = (await deploy(A)).visitor()
      const first = await one.ask(cart)
      const late = one.clone()
      const id = await one.ask(login)
      await late.visit(login)
      return { one, late, first, id }
    }

    const left = async (...visitors: Visitor[]) => {
      const app = await deploy(A)
      return Promise.all(visitors.map((one) => goesOn(one, app).ask(all)))
    }

    for (const [what, end] of Object.entries(ENDINGS)) {
      test(`${what} ends all of them [${driver}]`, async ({ assert }) => {
        const { one, late, id } = await family()
        await end(await deploy(B), id)
        assert.deepEqual(await left(one, late), [{}, {}])
      })

      test(`${what} under the retired id ends all of them [${driver}]`, async ({ assert }) => {
        const { one, late, first } = await family()
        await end(await deploy(B), first)
        assert.deepEqual(await left(one, late), [{}, {}])
      })
    }

    /** Another login from the id that a login has retired, where the session can't be decrypted. */
    async function fork(first: string, app: VisitedApp) {
      const visitor = app.visitor()
      const value = cookiesWithId(app, first).cookies['adonis-session']
      visitor.browser.jar.set('adonis-session', { value, attributes: {}, expiresAt: null })
      await visitor.visit(login)
      assertLoggedIn(await visitor.ask(all))
      return visitor
    }
    const assertLoggedIn = (values: any) => {
      if (values.user !== 7 || 'cart' in values) {
        throw new Error(`not logged in, or with what isn't known here: ${JSON.stringify(values)}`)
      }
    }

    test(`a session that was logged in there ends with the first one, which stays readable [${driver}]`, async ({
      assert,
    }) => {
      const one = (await deploy(A)).visitor()
      const first = await one.ask(cart)
      await one.visit(login)
      const late = await fork(first, await deploy(B))
      const again = goesOn(one, await deploy(A))
      assert.deepEqual(await again.ask(all), { cart: [1], user: 7 })
      await again.visit(logout)
      assert.deepEqual(await goesOn(late, await deploy(B)).ask(all), {})
    })

    test(`a session that was logged in there joins the family that the first one has [${driver}]`, async ({
      assert,
    }) => {
      const { one, late, first } = await family()
      const other = await fork(first, await deploy(B))
      await goesOn(late, await deploy(A)).visit(logout)
      assert.deepEqual(await left(one), [{}])
      assert.deepEqual(await goesOn(other, await deploy(B)).ask(all), {})
    })

    test(`a logout of the session that was logged in there ends the first one [${driver}]`, async ({
      assert,
    }) => {
      const { one, late, first } = await family()
      const app = await deploy(B)
      await (await fork(first, app)).visit(logout)
      assert.deepEqual(await left(one, late), [{}, {}])
    })
  })
}

for (const driver of driversThat('isOnServer')) {
  test.group(`What is told of a session that ends without its key: ${driver}`, (group) => {
    const start = deployments(group, driver)

    for (const of of ['its id', 'an id that it has had'] as const) {
      test(`session:destroyed, by ${of} [${driver}]`, async ({ assert }) => {
        const one = (await start(A, { encrypt: true })).visitor()
        const first = await one.ask(cart)
        const id = await one.ask(login)
        const { app, Session } = await start(B, { encrypt: true })
        const told: any[] = []
        app.container.use('Adonis/Core/Event').on('session:destroyed', (ended: any) => {
          told.push(ended)
        })
        await Session.destroy(of === 'its id' ? id : first)
        await Session.destroy(id)
        assert.lengthOf(told, 1)
        assert.equal(told[0].tag, null)
        assert.match(told[0].handle, /^[0-9a-f]{32}$/)
      })
    }
  })
}
