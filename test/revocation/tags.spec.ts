import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { sharedApp, Visitor } from '../helpers/visits'
import { all, handle, logIn, newName, revocable, STORES } from './helpers'

for (const store of STORES) {
  test.group(`Cookie sessions of a user, endings in ${store}`, (group) => {
    const { app, visitor } = sharedApp(group, 'cookie', revocable(store, { touchEvery: '1m' }))
    const clock = stoppedClock(group)

    async function member(user: string): Promise<Visitor> {
      const one = visitor()
      await one.visit(({ session }) => session.put('cart', 1))
      await one.visit(logIn(user))
      return one
    }
    const isIn = async (one: Visitor) => (await one.ask(all)).user !== undefined

    test(`destroyTagged ends all of them, copies of their cookies and requests under way [${store}]`, async ({
      assert,
    }) => {
      const user = newName()
      const [one, other, stranger] = [
        await member(user),
        await member(user),
        await member(newName()),
      ]
      const [thief, late] = [other.clone(), one.clone()]
      const { setCookies } = await late.visit(async ({ session }) => {
        session.put('late', true)
        assert.isNull(await app().Session.destroyTagged(user))
      })
      assert.deepEqual(setCookies, [])
      for (const ended of [one, other, thief, late]) {
        assert.isFalse(await isIn(ended))
      }
      assert.isTrue(await isIn(stranger))

      const again = await member(user)
      assert.isTrue(await isIn(again))
      assert.isFalse(await isIn(thief))
    })

    test(`"except" spares one, whatever was ended before [${store}]`, async ({ assert }) => {
      const user = newName()
      const [dead, one, other] = [await member(user), await member(user), await member(user)]
      const deadHandle = await dead.ask(handle)
      await app().Session.destroyTagged(user, { only: deadHandle })
      assert.isFalse(await isIn(dead.clone()))
      const thief = dead.clone()

      await one.visit(({ session }) => app().Session.destroyTagged(user, { except: session }))
      assert.isTrue(await isIn(one))
      assert.isFalse(await isIn(other))
      await app().Session.destroyTagged(user, { except: await one.ask(handle) })
      assert.isTrue(await isIn(one))
      await app().Session.destroyTagged(user, { except: deadHandle })
      assert.isFalse(await isIn(thief))
      assert.isFalse(await isIn(one))
    })

    test(`one that ended with all others isn't brought back by "except" [${store}]`, async ({
      assert,
    }) => {
      const user = newName()
      const [one, other] = [await member(user), await member(user)]
      const [first, second] = [await one.ask(handle), await other.ask(handle)]
      await app().Session.destroyTagged(user, { except: second })
      await app().Session.destroyTagged(user, { except: first })
      assert.isFalse(await isIn(one))
      assert.isFalse(await isIn(other))
    })

    test(`one that is spared goes on through writes, new ids and further endings [${store}]`, async ({
      assert,
    }) => {
      const user = newName()
      const one = await member(user)
      const spare = () =>
        one.visit(({ session }) => app().Session.destroyTagged(user, { except: session }))
      await spare()
      await one.visit(({ session }) => session.put('n', 1))
      await spare()
      await one.visit(({ session }) => session.regenerate())
      await spare()
      clock.pass('2m')
      await one.visit(all)
      await spare()
      assert.deepEqual(await one.ask(all), { cart: 1, user, n: 1 })
      await app().Session.destroyTagged(user)
      assert.isFalse(await isIn(one))
    })

    test(`a login in the request that ended all of them goes on [${store}]`, async ({ assert }) => {
      const user = newName()
      const one = await member(user)
      const thief = one.clone()
      await one.visit(async ({ session }) => {
        await app().Session.destroyTagged(user)
        session.invalidate()
        session.put('user', user)
        session.tag(user)
      })
      assert.isTrue(await isIn(one))
      assert.isFalse(await isIn(thief))
    })

    test(`what is committed twice in a request ends with the others [${store}]`, async ({
      assert,
    }) => {
      const user = newName()
      await app().Session.destroyTagged(user)
      const one = visitor()
      await one.visit(async ({ session }) => {
        session.put('user', user)
        session.tag(user)
        await session.commit()
        session.put('more', 1)
      })
      assert.isTrue(await isIn(one))
      const late = one.clone()
      await late.visit(async ({ session }) => {
        session.put('more', 2)
        await session.commit()
        await app().Session.destroyTagged(user)
        session.put('more', 3)
      })
      assert.isFalse(await isIn(late))
    })

    test(`two at once end all that either would have ended [${store}]`, async ({ assert }) => {
      const user = newName()
      const [one, other] = [await member(user), await member(user)]
      const handles = [await one.ask(handle), await other.ask(handle)]
      await Promise.all(handles.map((only) => app().Session.destroyTagged(user, { only })))
      assert.isFalse(await isIn(one))
      assert.isFalse(await isIn(other))
    })

    test(`tags can't be listed, and say so [${store}]`, async ({ assert }) => {
      assert.isTrue(await visitor().ask(({ session }) => session.supportsTagging()))
      const error = await app()
        .Session.tagged('user')
        .catch((raised) => raised)
      assert.equal(error.code, 'E_SESSION_TAGGING_NOT_SUPPORTED')
    })
  })
}
