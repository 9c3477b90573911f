import { test } from '@japa/runner'
import { randomBytes } from 'crypto'
import type { DestroyTaggedOptions, SessionContract } from '@ioc:Adonis/Addons/Session'
import { stoppedClock } from '../helpers/clock'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))

/** Their lists tell the handle of a session that has expired. */
const KNOWS_HANDLES = LISTING.filter((name) => !['file', 'redis'].includes(name))

type Options = (own: SessionContract, handle: string) => DestroyTaggedOptions

const ENDS: Record<string, Options> = {
  'all of them': () => ({}),
  'all but another one': () => ({ except: 'f'.repeat(32) }),
}
const ENDS_BY_HANDLE: Record<string, Options> = { 'only this one': (_, only) => ({ only }) }
const SPARES: Record<string, Options> = { 'all but this one': (except) => ({ except }) }
const SPARES_BY_HANDLE: Record<string, Options> = {
  'only another one': () => ({ only: 'f'.repeat(32) }),
  'all but this handle': (_, except) => ({ except }),
}

for (const driver of LISTING) {
  test.group(`A session that expires during a request, while others end: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })
    const clock = stoppedClock(group)
    const knowsHandles = KNOWS_HANDLES.includes(driver)

    /** What is left of a session that has expired when those with its tag end, and that its request stores again. */
    async function left(options: Options, looks: boolean, change: Handler) {
      const tag = `user ${randomBytes(6).toString('hex')}`
      const one = visitor()
      await one.visit(({ session }) => {
        session.put('user', 7)
        session.tag(tag)
        session.setAge('1m')
      })
      await one.visit(async (ctx) => {
        const { session } = ctx
        const handle = session.handle!
        await clock.passFor(driver, session.sessionId, 61_000)
        looks && (await one.clone().visit(all))
        await app().Session.destroyTagged(tag, options(session, handle))
        change(ctx)
      })
      return one.ask(all)
    }
    const CHANGES: Record<string, Handler> = {
      stores: ({ session }) => session.put('more', 1),
      'sets its age': ({ session }) => {
        session.put('more', 1)
        session.setAge('2h')
      },
      regenerates: ({ session }) => {
        session.put('more', 1)
        session.regenerate()
      },
    }

    for (const [what, change] of Object.entries(CHANGES)) {
      for (const looks of [false, true]) {
        const how = looks ? ', and another one finds nothing' : ''
        const ending = knowsHandles ? { ...ENDS, ...ENDS_BY_HANDLE } : ENDS
        for (const [which, options] of Object.entries(ending)) {
          test(`${which}: it has ended, though its request ${what}${how} [${driver}]`, async ({
            assert,
          }) => {
            assert.deepEqual(await left(options, looks, change), {})
          })
        }

        const sparing = knowsHandles ? { ...SPARES, ...SPARES_BY_HANDLE } : SPARES
        for (const [which, options] of Object.entries(sparing)) {
          test(`${which}: it lives on if its request ${what}${how} [${driver}]`, async ({
            assert,
          }) => {
            assert.deepEqual(await left(options, looks, change), { user: 7, more: 1 })
          })
        }
      }
    }
  })
}
