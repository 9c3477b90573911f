import { test } from '@japa/runner'
import { stoppedClock } from '../helpers/clock'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp, Visitor } from '../helpers/visits'
import { all, handle, logIn, newName, revocable } from './helpers'

const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))

/** Somebody with a copy of the cookies of a user begins a session of his own with them, after they were replaced. */
async function thiefOf(one: Visitor): Promise<Visitor> {
  const thief = one.clone()
  await one.visit(({ session }) => session.regenerate())
  await thief.visit(({ session }) => {
    session.put('thief', 1)
    session.regenerate()
  })
  return thief
}

/** The same on the cookie driver with revocation, and on those that keep lists. */
for (const driver of ['cookie with revocation', ...LISTING]) {
  test.group(`A tag that changes: ${driver}`, (group) => {
    const isListing = LISTING.includes(driver)
    const options = isListing
      ? { session: { touchEvery: '1m' } }
      : revocable('memory', { touchEvery: '1m' })
    const { app, visitor } = sharedApp(group, isListing ? driver : 'cookie', options)
    stoppedClock(group)

    test(`a browser of user A can log in as user B, whose sessions were ended once [${driver}]`, async ({
      assert,
    }) => {
      const [a, b] = [newName('A'), newName('B')]
      const bOld = visitor()
      await bOld.visit(logIn(b))
      await app().Session.destroyTagged(b) // a password change of B, long ago

      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(logIn(b)) // switches the account
      assert.equal((await one.ask(all)).user, b)
    })

    test(`a browser of user A becomes one of user B without a new id [${driver}]`, async ({
      assert,
    }) => {
      const [a, b] = [newName('A'), newName('B')]
      await app().Session.destroyTagged(b)
      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(({ session }) => {
        session.put('user', b)
        session.tag(b)
      })
      assert.equal((await one.ask(all)).user, b)
    })

    test(`"only" with a handle of another tag has no effect [${driver}]`, async ({ assert }) => {
      const [a, b] = [newName('A'), newName('B')]
      const one = visitor()
      await one.visit(logIn(a))
      await app().Session.destroyTagged(b, { only: await one.ask(handle) })
      await one.visit(({ session }) => session.untag())
      await one.visit(logIn(b))
      assert.equal((await one.ask(all)).user, b)
    })

    test(`a request under way that removes the tag writes nothing after destroyTagged [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const late = one.clone()
      await late.visit(async ({ session }) => {
        session.put('late', 1)
        session.untag()
        await app().Session.destroyTagged(a)
      })
      assert.isUndefined((await late.ask(all)).user)
    })

    test(`a request under way that sets another tag writes nothing after destroyTagged [${driver}]`, async ({
      assert,
    }) => {
      const [a, b] = [newName('A'), newName('B')]
      const one = visitor()
      await one.visit(logIn(a))
      const late = one.clone()
      await late.visit(async ({ session }) => {
        session.tag(b)
        session.put('late', 1)
        await app().Session.destroyTagged(a)
      })
      assert.isUndefined((await late.ask(all)).user)
    })

    test(`a request under way that logs in as somebody else after destroyTagged gets no session [${driver}]`, async ({
      assert,
    }) => {
      const [a, b] = [newName('A'), newName('B')]
      const one = visitor()
      await one.visit(({ session }) => session.put('private', 'of A'))
      await one.visit(logIn(a))
      const late = one.clone()
      await late.visit(async (ctx) => {
        await app().Session.destroyTagged(a)
        logIn(b)(ctx)
      })
      assert.isUndefined((await late.ask(all)).private)
    })

    test(`a session that was tagged in this request ends with the others [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      await app().Session.destroyTagged(a)
      const one = visitor()
      await one.visit(async (ctx) => {
        logIn(a)(ctx)
        await ctx.session.commit()
        await app().Session.destroyTagged(a)
        ctx.session.put('late', 1)
      })
      assert.deepEqual(await one.ask(all), {})
    })

    test(`a session that begins under an id of before ends with the others [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const late = one.clone()
      await one.visit(({ session }) => session.regenerate())
      await late.visit(async ({ session }) => {
        session.put('late', 1)
        session.regenerate()
        await app().Session.destroyTagged(a)
      })
      assert.notProperty(await late.ask(all), 'user')
    })

    test(`"except" does not spare what a thief has begun under an id of before [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const thief = await thiefOf(one)
      assert.equal((await thief.ask(all)).user, a)
      await one.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
      assert.deepEqual(await thief.ask(all), {})
      assert.equal((await one.ask(all)).user, a)
    })

    test(`"only" ends what a thief has begun under an id of before, and nothing else [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const thief = await thiefOf(one)
      await app().Session.destroyTagged(a, { only: await thief.ask(handle) })
      assert.deepEqual(await thief.ask(all), {})
      assert.equal((await one.ask(all)).user, a)
    })

    // In the browser, the first session is out of reach for what begins under its old id.
    if (isListing) {
      test(`Session.destroy ends what a thief has begun under an id of before, too [${driver}]`, async ({
        assert,
      }) => {
        const a = newName('A')
        const one = visitor()
        await one.visit(logIn(a))
        const thief = await thiefOf(one)
        await app().Session.destroy(await one.ask(({ session }) => session.sessionId))
        assert.deepEqual(await one.ask(all), {})
        assert.deepEqual(await thief.ask(all), {})
      })
    }

    test(`another user, and the first one again [${driver}]`, async ({ assert }) => {
      const [a, b] = [newName('A'), newName('B')]
      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
      assert.equal((await one.ask(all)).user, a)
      await one.visit(logIn(b))
      assert.equal((await one.ask(all)).user, b)
      await one.visit(logIn(a))
      assert.equal((await one.ask(all)).user, a)
    })

    test(`another user, who ends the other sessions in the same request [${driver}]`, async ({
      assert,
    }) => {
      const [a, b] = [newName('A'), newName('B')]
      await app().Session.destroyTagged(b)
      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(async (ctx) => {
        logIn(b)(ctx)
        await ctx.session.commit()
        await app().Session.destroyTagged(b, { except: ctx.session })
      })
      assert.equal((await one.ask(all)).user, b)
    })

    test(`a tag that was removed can be set again [${driver}]`, async ({ assert }) => {
      const a = newName('A')
      await app().Session.destroyTagged(a)
      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(({ session }) => session.untag())
      await app().Session.destroyTagged(a)
      assert.equal((await one.ask(all)).user, a)
      await one.visit(({ session }) => session.tag(a))
      assert.equal((await one.ask(all)).user, a)
    })

    test(`a session with a tag can be reloaded after a commit [${driver}]`, async ({ assert }) => {
      const a = newName('A')
      await app().Session.destroyTagged(a)
      const one = visitor()
      await one.visit(async (ctx) => {
        logIn(a)(ctx)
        await ctx.session.commit()
        await ctx.session.reload()
        ctx.session.put('more', 1)
      })
      assert.deepEqual(await one.ask(all), { user: a, more: 1 })
      await one.visit(async (ctx) => {
        ctx.session.put('more', 2)
        await ctx.session.commit()
        await ctx.session.reload()
        ctx.session.regenerate()
        await ctx.session.commit()
        ctx.session.put('more', 3)
      })
      assert.deepEqual(await one.ask(all), { user: a, more: 3 })
    })

    test(`odd tags and handles have no effect [${driver}]`, async ({ assert }) => {
      for (const odd of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        const tag = newName(odd)
        for (const t of [odd, tag]) {
          const one = visitor()
          await one.visit(logIn(t))
          await app().Session.destroyTagged(t, { only: odd })
          assert.equal((await one.ask(all)).user, t)
          await app().Session.destroyTagged(t, { except: odd })
          assert.isUndefined((await one.ask(all)).user)
        }
      }
    })
    test(`under an id that was regenerated lately, nothing is read after destroyTagged (tagged before) [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const thief = one.clone()
      await one.visit(({ session }) => session.regenerate())
      await app().Session.destroyTagged(a)
      assert.deepEqual(await one.clone().ask(all), {})
      assert.deepEqual(await thief.ask(all), {})
    })

    test(`under an id that was regenerated lately, nothing is read after destroyTagged (tagged at that login) [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(({ session }) => session.put('cart', 1))
      const late = one.clone()
      await one.visit(logIn(a))
      await app().Session.destroyTagged(a)
      assert.deepEqual(await one.clone().ask(all), {})
      assert.deepEqual(await late.ask(all), {})
    })

    test(`"except" spares a session that was untagged and tagged again [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      await app().Session.destroyTagged(a)
      const one = visitor()
      await one.visit(logIn(a))
      await one.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
      await one.visit(async ({ session }) => {
        session.untag()
        await session.commit()
        session.tag(a)
      })
      await one.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
      assert.equal((await one.ask(all)).user, a)
    })

    test(`"except" spares its session for requests under way, too [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      await Promise.all(
        Array.from({ length: 6 }, (_, i) => {
          const tab = one.clone()
          tab.browser.jar = one.browser.jar
          return tab.visit(async ({ session }) => {
            session.put(`n${i}`, i)
            if (i % 2) await app().Session.destroyTagged(a, { except: session })
          })
        })
      )
      assert.equal((await one.ask(all)).user, a)
    })

    test(`a late request under the id of before, such as the second click, spares its session, too [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const one = visitor()
      await one.visit(logIn(a))
      const second = one.clone()
      const changePassword: Handler = async ({ session }) => {
        await app().Session.destroyTagged(session.get('user'), { except: session })
        session.regenerate()
      }
      await one.visit(changePassword)
      assert.equal((await one.clone().ask(all)).user, a)
      assert.equal((await second.clone().ask(all)).user, a, 'readable for retireFor')
      await second.visit(changePassword)
      assert.equal((await one.ask(all)).user, a)
    })

    test(`a login while another device changes the password goes on [${driver}]`, async ({
      assert,
    }) => {
      const a = newName('A')
      const [one, two] = [visitor(), visitor()]
      await one.visit(logIn(a))
      await two.visit(async (ctx) => {
        await one.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
        logIn(a)(ctx)
      })
      assert.equal((await two.ask(all)).user, a)
      assert.equal((await one.ask(all)).user, a)
    })

    test(`the second click on login goes on [${driver}]`, async ({ assert }) => {
      const a = newName('A')
      await app().Session.destroyTagged(a)
      const one = visitor()
      await one.visit(logIn(a))
      const second = one.clone()
      const third = one.clone()
      await one.visit(logIn(a))
      await second.visit(({ session }) => {
        session.regenerate()
        session.put('user', a)
        session.put('second', 1)
        session.tag(a)
      })
      assert.equal((await second.ask(all)).user, a)
      await third.visit(({ session }) => app().Session.destroyTagged(a, { except: session }))
    })
  })
}
