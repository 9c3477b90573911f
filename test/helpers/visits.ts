import { Group } from '@japa/runner'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { AppOptions, TestApp } from './app'
import { Browser, BrowserResponse, RequestOptions } from './browser'
import { startAppOn } from './drivers'

/** A route handler. What it returns is the `answer` of the visit. */
export type Handler = (ctx: HttpContextContract) => any

export interface Visit extends BrowserResponse {
  /** What the handler returned, as JSON. */
  answer: any
}

export interface VisitOptions extends RequestOptions {
  /** The request is expected to fail: its response is the answer, and not an error of the test. */
  mayFail?: boolean
}

/** Handlers of requests under way, by the id in their path. Several apps share them. */
const handlers = new Map<string, Handler>()
let lastId = 0

/** A browser whose every request brings the handler that answers it. */
export class Visitor {
  constructor(public browser: Browser) {}

  /** Runs a handler in one HTTP request. A body makes it a POST. */
  public visit = async (handler: Handler, options: VisitOptions = {}): Promise<Visit> => {
    const id = String(++lastId)
    handlers.set(id, handler)
    try {
      const method = options.body === undefined ? 'GET' : 'POST'
      const response = await this.browser.request(`/visits/${id}`, { method, ...options })
      if (response.status >= 500 && !options.mayFail) {
        throw new Error(`${response.status}: ${response.text}`)
      }
      return { ...response, answer: response.json?.answer }
    } finally {
      handlers.delete(id)
    }
  }

  /** Runs a handler and returns what it returned, as JSON. */
  public ask = async (handler: Handler, options: VisitOptions = {}): Promise<any> =>
    (await this.visit(handler, options)).answer

  /** Runs a handler that is expected to fail and returns the code of the error. */
  public codeOf = async (handler: Handler, options: VisitOptions = {}): Promise<string> =>
    (await this.visit(handler, { ...options, mayFail: true })).json?.code

  /** Another tab: the same cookies, from here on kept apart. */
  public clone = (): Visitor => new Visitor(this.browser.clone())
}

export interface VisitedApp extends TestApp {
  visitor(): Visitor
}

/** Starts an app whose routes answer visits, besides those of the options. */
export async function startVisits(driver: string, options: AppOptions = {}): Promise<VisitedApp> {
  const app = await startAppOn(driver, {
    ...options,
    routes: (route, application) => {
      route.any('/visits/:id', async (ctx) => {
        const answer = await handlers.get(ctx.params.id)!(ctx)
        if (!ctx.response.hasLazyBody && !ctx.response.headersSent) {
          ctx.response.json({ answer })
        }
      })
      options.routes?.(route, application)
    },
  })
  return { ...app, visitor: () => new Visitor(app.browser()) }
}

/** One app for all tests of a group. Apps of one process share their HttpContext: start no other. */
export function sharedApp(group: Group, driver: string, options: AppOptions = {}) {
  let app: VisitedApp
  group.setup(async () => {
    app = await startVisits(driver, options)
    return () => app.stop()
  })
  return { app: () => app, visitor: () => app.visitor() }
}

/** A starter for tests that each need an app of their own: it is stopped before the next starts. */
export function apps(group: Group) {
  let running: VisitedApp | undefined
  const stop = async () => {
    await running?.stop()
    running = undefined
  }

  group.each.teardown(stop)
  return async (driver: string, options: AppOptions = {}): Promise<VisitedApp> => {
    await stop()
    return (running = await startVisits(driver, options))
  }
}
