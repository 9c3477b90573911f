import { test } from '@japa/runner'
import { Socket } from 'net'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { DestroyTaggedOptions } from '@ioc:Adonis/Addons/Session'
import type { Session } from '../../src/Session'
import { settingsOf } from '../../src/Settings'
import { bootApp, SESSION_CONFIG } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { contextWith, Jar, keepCookies } from '../helpers/contexts'
import { databaseConfig, lucid } from '../helpers/databases'
import { CLASSES, redisConfig, SERVER_DRIVERS } from '../helpers/drivers'
import { OBSERVER, PROCESSES } from '../interleavings/processes'
import { Stage, STAGES } from '../interleavings/stages'
import { Actor, Choose, everyOrder } from './orders'

const TAG = 'the user'
const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))

const logIn = (session: Session) => {
  session.put('user', 7)
  session.tag(TAG)
}

/** What a request does while sessions of its user end. Before it, its session is one of these, or one of a guest. */
interface Does {
  isGuest?: true
  config?: Record<string, any>
  handler: (session: Session) => void
}
const DOES: Record<string, Does> = {
  'stores something': { handler: (session) => session.put('more', 1) },
  'regenerates its id': {
    handler: (session) => {
      session.put('more', 1)
      session.regenerate()
    },
  },
  'is due for another id': {
    config: { rotateEvery: '15m' },
    handler: (session) => session.put('more', 1),
  },
  'logs in': {
    isGuest: true,
    handler: (session) => {
      logIn(session)
      session.put('more', 1)
      session.regenerate()
    },
  },
}

/** Which sessions end, and what is to become of that of the request and of another one. */
interface Ends {
  options: (own: string | null, other: string) => DestroyTaggedOptions
  own: 'ends' | 'stays'
  other: 'ends' | 'stays'
}
const ENDS: Record<string, Ends> = {
  all: { options: () => ({}), own: 'ends', other: 'ends' },
  'only its own': { options: (own) => ({ only: own! }), own: 'ends', other: 'stays' },
  'all but its own': { options: (except) => ({ except }), own: 'stays', other: 'ends' },
  'only another one': { options: (_, only) => ({ only }), own: 'stays', other: 'ends' },
  'all but another one': { options: (_, except) => ({ except }), own: 'ends', other: 'stays' },
}

for (const driver of LISTING) {
  test.group(`Sessions with a tag end, in every order with a request: ${driver}`, (group) => {
    group.each.timeout(120_000)
    const clock = stoppedClock(group)
    let app: ApplicationContract
    let stage: Stage
    group.setup(async () => {
      app = await bootApp({
        providers: ['@adonisjs/redis', ...lucid()],
        config: { redis: redisConfig(), database: databaseConfig() },
      })
      stage = STAGES[driver](app)
      return () => app.shutdown()
    })

    /** A request with the cookies of a jar, and the driver that it has. */
    async function begin(
      jar: Jar,
      more = {},
      { process = OBSERVER, gated = (plain: any) => plain } = {}
    ) {
      const config: any = { ...SESSION_CONFIG, saveUninitialized: false, ...stage.config, ...more }
      const ctx: any = contextWith(app, jar)
      ctx.response.response.assignSocket(new Socket())
      const plain = stage.makeDriver(process, config, ctx, (marks) => marks)
      const session = new process.Session(ctx, config, gated(plain))
      await session.initiate(false)
      return { ctx, session, config }
    }

    async function visit(jar: Jar, handler: (session: Session) => void, more = {}) {
      const { ctx, session } = await begin(jar, more)
      handler(session)
      await session.commit()
      keepCookies(ctx, jar)
      return session
    }

    const valuesOf = async (jar: Jar) => (await begin(jar)).session.all()

    async function run(
      { does, ends, isNewFirst }: { does: Does; ends: Ends; isNewFirst: boolean },
      choose: Choose
    ) {
      await stage.clear()
      const [jar, otherJar]: Jar[] = [new Map(), new Map()]
      const first = await visit(
        jar,
        does.isGuest ? (own) => own.put('cart', 1) : logIn,
        does.config
      )
      const other = await visit(otherJar, logIn)
      const options = ends.options(first.handle, other.handle!)
      does.config && clock.pass('16m')

      const order = (ids: string[]) => {
        const isFirst = (id: string) => id === first.sessionId
        const rest = ids.filter((id) => !isFirst(id))
        const old = ids.filter(isFirst)
        return isNewFirst ? [...rest, ...old] : [...old, ...rest]
      }
      const [request, ending] = [new Actor(), new Actor()]
      const own = await begin(jar, does.config, {
        process: PROCESSES[0],
        gated: (plain) => request.gated(plain, order),
      })
      does.handler(own.session)
      const { makeDriver } = stage
      const plain = makeDriver(PROCESSES[1], own.config, contextWith(app), (marks) => marks)
      const registry = new PROCESSES[1].Registry(ending.gated(plain, order), settingsOf(own.config))

      let count: number | null = null
      await request.start(() => own.session.commit())
      await ending.start(async () => (count = await registry.destroyTagged(TAG, options)))
      const at = { begun: Infinity, ended: Infinity }
      while (!request.isDone || !ending.isDone) {
        const both = [request, ending]
        const actor = request.isDone ? ending : ending.isDone ? request : both[choose()]
        await actor.goOn()
        at.begun = Math.min(at.begun, ending.steps ? request.steps : Infinity)
        at.ended = Math.min(at.ended, ending.isDone ? request.steps : Infinity)
      }
      const sent = new Map(jar)
      keepCookies(own.ctx, sent)
      return {
        errors: [request.error, ending.error],
        count,
        before: await valuesOf(jar),
        after: await valuesOf(sent),
        other: await valuesOf(otherJar),
        at,
      }
    }

    // Stores that are not in memory take much longer.
    const switches = driver === 'memory' ? 3 : 2
    for (const [what, does] of Object.entries(DOES)) {
      for (const [which, ends] of Object.entries(ENDS)) {
        const { entered } = CLASSES[driver].prototype
        if (does.isGuest && which.endsWith('its own')) {
          continue
        }
        for (const isNewFirst of entered ? [false, true] : [false]) {
          const how = isNewFirst ? 'new ids are listed first' : 'old ids are listed first'
          test(`${which}, while it ${what} (${how}) [${driver}]`, async ({ assert }) => {
            const orders = await everyOrder(switches, async (choose) => {
              const taken: number[] = []
              const seen = await run({ does, ends, isNewFirst }, () => {
                taken.push(choose())
                return taken[taken.length - 1]
              })
              const replay = taken.join('')
              assert.deepEqual(seen.errors, [null, null], replay)
              assert.deepEqual(seen.other, ends.other === 'ends' ? {} : { user: 7 }, replay)
              if (does.isGuest) {
                const isAlive = seen.after.user === 7
                const mayLive = ends.own === 'stays' || seen.at.begun < 1
                const mustLive = ends.own === 'stays' || seen.at.ended < 1
                assert.isTrue(isAlive ? mayLive : !mustLive, replay)
                isAlive && assert.equal(seen.after.more, 1, replay)
                assert.notProperty(seen.before, 'user', replay)
                return
              }
              if (ends.own === 'ends') {
                assert.deepEqual([seen.before, seen.after], [{}, {}], replay)
              } else {
                assert.deepEqual(seen.after, { user: 7, more: 1 }, replay)
              }
              const expected = [ends.own, ends.other].filter((one) => one === 'ends').length
              assert.equal(seen.count, expected, replay)
            })
            assert.isAbove(orders, 3)
          })
        }
      }
    }
  })
}
