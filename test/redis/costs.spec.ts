import { test } from '@japa/runner'
import { Handler, startVisits, VisitedApp, Visitor } from '../helpers/visits'
import { CONFIGS } from '../promises/helpers'
import { appOn, commandsDuring, redisOf } from './helpers'
import { Wire } from './wire'

const READ = ['evalsha']
const UPDATE = [...READ, 'evalsha']

interface Cost {
  handler: Handler
  commands: string[]
  roundTrips: number
}

const change: Handler = ({ session }) => session.put('n', Math.random())
const look: Handler = ({ session }) => session.all()

/** What a request with a session costs, by what it does. */
const COSTS: Record<string, Cost> = {
  'a put': { handler: change, commands: UPDATE, roundTrips: 2 },
  'a request that does much': {
    handler: ({ session }) => {
      session.put({ a: Math.random(), b: [1, 2, 3] })
      session.push('list', 'item')
      session.increment('count')
      session.forget('a')
      session.flash('note', 'Saved')
    },
    commands: UPDATE,
    roundTrips: 2,
  },
  'a login': {
    handler: (ctx) => {
      change(ctx)
      ctx.session.regenerate()
    },
    commands: [...UPDATE, 'evalsha'],
    roundTrips: 3,
  },
  'a logout': {
    handler: ({ session }) => session.invalidate(),
    commands: [...READ, 'evalsha'],
    roundTrips: 2,
  },
}

/** What a request costs that changes nothing. */
const PAGES: Record<string, Cost> = {
  documented: { handler: look, commands: UPDATE, roundTrips: 2 },
  template: { handler: look, commands: READ, roundTrips: 1 },
}

for (const [config, session] of Object.entries(CONFIGS)) {
  test.group(`Redis: what a request costs, ${config} config`, (group) => {
    const redis = redisOf(group)
    let wire: Wire
    let app: VisitedApp

    group.setup(async () => {
      wire = await Wire.to(redis.server)
      app = await startVisits('redis', appOn(wire, session))
      const visitor = await visitorWithSession()
      await visitor.visit(look)
      await visitor.visit(({ session: known }) => known.regenerate())
      return async () => {
        await app.stop()
        await wire.stop()
      }
    })

    async function visitorWithSession(): Promise<Visitor> {
      const visitor = app.visitor()
      await visitor.visit(change)
      return visitor
    }

    async function costOf(work: () => Promise<unknown>) {
      const before = wire.roundTrips
      const commands = await commandsDuring(redis.server, work)
      return { commands: commands.map(([name]) => name), roundTrips: wire.roundTrips - before }
    }

    for (const [doing, cost] of Object.entries({ 'a page': PAGES[config], ...COSTS })) {
      const { handler, commands, roundTrips } = cost
      const trips = roundTrips === 1 ? 'one round trip' : `${roundTrips} round trips`

      test(`${doing} costs ${trips}`, async ({ assert }) => {
        const visitor = await visitorWithSession()
        const actual = await costOf(() => visitor.visit(handler))
        assert.deepEqual(actual, { commands, roundTrips })
      })
    }

    test('a stranger costs nothing until something is stored, and one command then', async ({
      assert,
    }) => {
      const nothing = { commands: [], roundTrips: 0 }
      assert.deepEqual(await costOf(() => app.visitor().visit(look)), nothing)
      assert.deepEqual(await costOf(() => app.browser().get('/nowhere')), nothing)
      const first = { commands: ['evalsha'], roundTrips: 1 }
      assert.deepEqual(await costOf(() => app.visitor().visit(change)), first)
    })

    test('parallel requests of one session cost no command more each', async ({ assert }) => {
      const visitor = await visitorWithSession()
      const { commands } = await costOf(() =>
        Promise.all(Array.from({ length: 20 }, () => visitor.clone().visit(look)))
      )
      assert.equal(commands.length, 20 * PAGES[config].commands.length)
    })
  })
}
