import { test } from '@japa/runner'
import { cookiesOf, idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, Visit } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

/** Do the session cookies of a response outlive the browser? They all do, or none. */
function outlives(response: Visit): boolean | string {
  const ages = cookiesOf(response)
    .map(({ attributes }) => attributes['max-age'])
    .filter((maxAge) => maxAge !== '-1')
    .map((maxAge) => maxAge !== undefined)
  return ages.every((isKept) => isKept === ages[0]) ? ages[0] : `mixed: ${ages.join()}`
}

for (const driver of ALL_DRIVERS) {
  for (const clearWithBrowser of [true, false]) {
    test.group(`persist: ${driver}, clearWithBrowser ${clearWithBrowser}`, (group) => {
      const { visitor } = sharedApp(group, driver, { session: { clearWithBrowser } })
      const name = `[${driver}, ${clearWithBrowser}]`

      test(`says for one session whether its cookie outlives the browser ${name}`, async ({
        assert,
      }) => {
        const one = visitor()
        const first = await one.visit(({ session }) => {
          session.put('a', 1)
          session.persist(clearWithBrowser)
        })
        assert.equal(outlives(first), clearWithBrowser)
        assert.equal(outlives(await one.visit(all)), clearWithBrowser)
        const login = await one.visit(({ session }) => session.regenerate())
        assert.equal(outlives(login), clearWithBrowser)
        assert.equal(outlives(await one.visit(all)), clearWithBrowser)

        const back = await one.visit(({ session }) => session.persist(!clearWithBrowser))
        assert.equal(outlives(back), !clearWithBrowser)

        const other = await visitor().visit(({ session }) => session.put('a', 1))
        assert.equal(outlives(other), !clearWithBrowser)
      })

      test(`ends with the session ${name}`, async ({ assert }) => {
        const one = visitor()
        await one.visit(({ session }) => {
          session.put('a', 1)
          session.persist(clearWithBrowser)
        })
        const next = await one.visit(({ session }) => {
          session.invalidate()
          session.put('b', 2)
        })
        assert.equal(outlives(next), !clearWithBrowser)
        assert.deepEqual(await one.ask(all), { b: 2 })
      })

      test(`goes along with setAge ${name}`, async ({ assert }) => {
        const login = await visitor().visit(({ session }) => {
          session.put('a', 1)
          session.setAge('30 days')
          session.persist(true)
        })
        assert.equal(idCookieOf(login)!.attributes['max-age'], String(30 * 86_400))
      })
    })
  }
}
