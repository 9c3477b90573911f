import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { ExtendCallback, SessionInfo } from '@ioc:Adonis/Addons/Session'
import { CookieDriver } from '../../src/Drivers/Cookie'
import { DatabaseDriver } from '../../src/Drivers/Database'
import { DynamoDbDriver } from '../../src/Drivers/DynamoDb'
import { FileDriver } from '../../src/Drivers/File'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { AppOptions, TestApp } from '../helpers/app'
import { configName, FourMethodDriver, startAppOn } from '../helpers/drivers'
import { Gates, Point, Wishes } from './gates'

const METHODS = ['load', 'replace', 'touch', 'retire', 'read', 'write', 'destroy']

const DRIVERS: Record<string, ExtendCallback> = {
  memory: () => new MemoryDriver(),
  fourMethods: () => new FourMethodDriver(),
  dynamodb: (_, config) => new DynamoDbDriver(config),
  file: (_, config) => new FileDriver(config),
  cookie: (_, config, ctx) => new CookieDriver(config, ctx),
  redis: ({ app }, config) => new RedisDriver(config, app.container.use('Adonis/Addons/Redis')),
  database: ({ app }, config) =>
    new DatabaseDriver(config, app.container.use('Adonis/Lucid/Database')),
}

/** How often each driver method was called, since the count was last read. */
export type Calls = Record<string, number>

function wishesOf({ request }: HttpContextContract): Wishes {
  return { gate: request.header('x-gate'), fail: request.header('x-fail') }
}

/** The real driver, with a gate before and after each of its methods. */
function gated(driver: any, wishes: Wishes, gates: Gates, calls: Calls) {
  return new Proxy(driver, {
    get: (target, name: string) => {
      const member = target[name]
      if (typeof member !== 'function' || !METHODS.includes(name)) {
        return member
      }
      return async (...args: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1
        await gates.pass(wishes, `before ${name}` as Point)
        const answer = await member.apply(target, args)
        await gates.pass(wishes, `after ${name}` as Point)
        return answer
      }
    },
  })
}

/**
 * An app whose driver is held and failed at will, through the public `extend`. `POST /do` runs a script
 * of session verbs: `[['put', 'a', 1], ['regenerate']]`; `GET /session` shows the session.
 */
export async function startGatedApp(
  driver: string,
  gates: Gates,
  options: AppOptions = {}
): Promise<TestApp & { calls: Calls }> {
  const calls: Calls = {}
  const name = configName(driver)
  const app = await startAppOn(driver, {
    ...options,
    boot: (application) =>
      application.container.use('Adonis/Addons/Session').extend(name, (manager, config, ctx) => {
        return gated(DRIVERS[name](manager, config, ctx), wishesOf(ctx), gates, calls)
      }),
    routes: (route) => {
      route.get('/session', async (ctx) => {
        await gates.pass(wishesOf(ctx), 'handler')
        return show(ctx)
      })

      route.post('/do', async (ctx) => {
        const results = []
        for (const [verb, ...args] of ctx.request.input('script', [])) {
          results.push(await (ctx.session as any)[verb](...args))
        }
        await gates.pass(wishesOf(ctx), 'handler')
        return { results, ...show(ctx) }
      })

      route.post('/revoke', async ({ request }) => {
        await app.Session.destroy(request.input('id'))
        return { revoked: true }
      })

      route.post('/end', async ({ request }) => ({
        ended: await app.Session.destroyTagged(request.input('user')),
        left: await countOf(app.Session.list(), request.input('user')),
      }))

      route.get('/calls', async () => {
        const counted = { ...calls }
        Object.keys(calls).forEach((name) => delete calls[name])
        return counted
      })
    },
  })
  return { ...app, calls }
}

function show({ session }: HttpContextContract) {
  return {
    id: session.sessionId,
    fresh: session.fresh,
    values: session.all(),
    flash: session.flashMessages.all(),
  }
}

/** How many of all sessions have a tag. */
async function countOf(sessions: AsyncIterable<SessionInfo>, tag: string): Promise<number> {
  let count = 0
  for await (const session of sessions) {
    count += Number(session.tag === tag)
  }
  return count
}
