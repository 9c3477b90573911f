import { IncomingMessage, ServerResponse } from 'http'
import { Socket } from 'net'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type {
  Changed,
  SessionConfig,
  SessionDriverContract,
  SessionRecord,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import type { Session } from '../../src/Session'
import { settingsOf } from '../../src/Settings'
import { Jar, keepCookies } from '../helpers/contexts'
import { SESSION_CONFIG } from '../helpers/app'
import { OBSERVER, Process, PROCESSES } from './processes'
import { Stage } from './stages'

/** How a call of the driver ends: as it should, with an error before it, or with one after it took effect. */
export type Ending = 'ok' | 'error before' | 'error after'

/** A call of the driver that waits for the scheduler. */
interface Gate {
  call: string
  open: (ending: Ending) => void
}

/** What a request makes of its session, and what it saw. */
export type Handler = (session: Session, request: Request, world: World) => unknown

/** One request, and how far it is. */
export class Request {
  public gate: Gate | null = null

  /** The last call that came to a gate: two calls at once are let through one after the other. */
  public lastCall: Promise<unknown> = Promise.resolve()
  public state: 'to come' | 'under way' | 'answered' | 'delivered' | 'dead' = 'to come'
  public outcome = ''
  public error: Error | null = null
  public ctx: any

  /** The step at which it had loaded its session, and the one at which it was answered. */
  public loadedAt = -1
  public answeredAt = -1

  /** The step at which it had ended a session for good: its answer, unless the driver tells. */
  public retiredAt = Infinity

  /** The step at which its session became one of the user, if it is a login. */
  public taggedAt = Infinity

  /** The step at which it began. */
  public begunAt = Infinity

  /** The step at which it last asked for a session, or stored one. */
  public askedAt = Infinity

  /** Did the deadline pass while it waited for the driver? */
  public isLate = false

  /** The values and messages that it saw. */
  public values: Record<string, any> = {}
  public flash: Record<string, any> = {}

  constructor(
    public name: string,
    public does: string
  ) {}

  public get endedAt(): number {
    return Math.min(this.retiredAt, this.answeredAt)
  }

  public get setsCookie(): string | null {
    const lines = [this.ctx?.response.getHeader('set-cookie') ?? []].flat().map(String)
    return lines.find((line) => line.startsWith('adonis-session=')) ?? null
  }
}

/** Is it a mark of a tag, and no session? */
function isOfTag(id: unknown): boolean {
  return String(id).startsWith('_tag-')
}

const CALLS = ['load', 'replace', 'touch', 'retire', 'destroy', 'read', 'write', 'endTagged']

/**
 * One store, one browser and some requests of it. Nothing goes on unless the scheduler says so: each call
 * of the driver is a gate.
 */
export class World {
  public jar: Jar = new Map()
  public step = 0

  /** The cookies that the browser has had. */
  public jars: Jar[] = []

  /** The step at which each id was retired for good. */
  private ended = new Map<string, number>()

  private config: SessionConfig

  constructor(
    private app: ApplicationContract,
    public stage: Stage,
    session: Partial<SessionConfig>
  ) {
    this.config = { ...SESSION_CONFIG, ...session, ...stage.config }
  }

  /** Begins a request with the cookies that the browser has now. */
  public begin(request: Request, handler: Handler, processNumber: number) {
    const process = PROCESSES[processNumber]
    const ctx = this.context(this.jar)
    request.ctx = ctx
    request.state = 'under way'

    const run = async () => {
      const emitter = {
        hasListeners: (event: string) => event === 'session:committed',
        emit: async (_: string, { outcome }: any) => void (request.outcome = outcome),
      }
      const driver = this.driverOf(request, process)
      const session = new process.Session(ctx, this.config, driver, emitter as any)
      await session.initiate(false)
      request.loadedAt = this.step
      request.values = JSON.parse(JSON.stringify(session.all()))
      request.flash = JSON.parse(JSON.stringify(session.flashMessages.all()))
      await handler(session, request, this)
      await session.commit()
    }
    this.finish(request, run())
  }

  /** The handler waits, until the scheduler goes on with it. */
  public async pause(request: Request): Promise<void> {
    await this.gate(request, 'handler')
  }

  /** Ends a session from outside, as an administrator does. */
  public revoke(request: Request, id: string, processNumber: number) {
    const process = PROCESSES[processNumber]
    request.ctx = this.context(new Map())
    request.state = 'under way'
    request.loadedAt = this.step
    const driver = this.driverOf(request, process)
    this.finish(request, new process.Repository(driver, settingsOf(this.config)).revoke(id, true))
  }

  /** Ends the sessions of a user from outside. */
  public endAll(request: Request, tag: string, processNumber: number) {
    const process = PROCESSES[processNumber]
    request.ctx = this.context(new Map())
    request.state = 'under way'
    request.loadedAt = this.step
    request.begunAt = this.step
    const driver = this.driverOf(request, process)
    const registry = new process.Registry(driver, settingsOf(this.config))
    this.finish(request, registry.destroyTagged(tag, {}))
  }

  private finish(request: Request, work: Promise<unknown>) {
    const answered = () => {
      request.state = request.state === 'dead' ? 'dead' : 'answered'
      request.answeredAt = this.step
    }
    work.then(answered, (error) => {
      request.error = error
      request.ctx.response.removeHeader('set-cookie')
      answered()
    })
  }

  /** The browser gets an answer. */
  public deliver(request: Request) {
    request.state = 'delivered'
    keepCookies(request.ctx, this.jar)
    this.jars.push(new Map(this.jar))
  }

  /** All cookies that were ever sent, those of answers included that have not arrived. */
  public jarsOf(requests: Request[]): Jar[] {
    const sent = requests.map(({ ctx }) => {
      const jar = new Map(this.jar)
      ctx && keepCookies(ctx, jar)
      return jar
    })
    const different = new Map([...this.jars, ...sent].map((jar) => [[...jar].join(), jar]))
    return [...different.values()]
  }

  /** What a browser with these cookies finds, without changing anything. */
  public async look(jar: Jar) {
    const request = new Request('look', 'reads')
    const ctx = this.context(jar)
    const session = this.observed(ctx)
    await session.initiate(true)
    request.values = session.all()
    request.flash = session.flashMessages.all()
    return request
  }

  /** A request from beginning to end, with nothing beside it. */
  public async visit(handler: Handler) {
    const request = new Request('visit', 'visits')
    const ctx = (request.ctx = this.context(this.jar))
    const session = this.observed(ctx)
    await session.initiate(false)
    request.values = JSON.parse(JSON.stringify(session.all()))
    request.flash = JSON.parse(JSON.stringify(session.flashMessages.all()))
    await handler(session, request, this)
    await session.commit()
    keepCookies(ctx, this.jar)
    this.jars.push(new Map(this.jar))
    return { ...request, id: session.sessionId }
  }

  private observed(ctx: any) {
    const process = this.stage.oneProcess ? PROCESSES[0] : OBSERVER
    const driver = this.stage.makeDriver(process, this.config, ctx, (marks) => marks)
    return new process.Session(ctx, this.config, driver)
  }

  private driverOf(request: Request, process: Process): SessionDriverContract {
    let hasGates = false
    const gated = <T extends SessionDriverContract>(driver: T): T => {
      hasGates = true
      return this.gated(request, driver) as T
    }
    const driver = this.stage.makeDriver(process, this.config, request.ctx, gated)
    return hasGates ? driver : gated(driver)
  }

  private context(jar: Jar) {
    const request = new IncomingMessage(new Socket())
    request.headers.cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const response = new ServerResponse(request)
    response.assignSocket(new Socket())
    return this.app.container.use('Adonis/Core/HttpContext').create('/', {}, request, response)
  }

  /** A session that had ended already ended when it did. */
  private noteEnd(request: Request, id: string, { done }: Changed) {
    if (done) {
      this.ended.set(id, this.step)
    }
    request.retiredAt = Math.min(request.retiredAt, this.ended.get(id) ?? Infinity)
  }

  /** With the record; a session in cookies takes the epoch that its tag has at that moment. */
  private noteTag(request: Request, call: string, args: unknown[]) {
    if (call === 'replace' && (args[1] as SessionRecord).meta.tag) {
      request.taggedAt = Math.min(request.taggedAt, this.step)
    } else if (call === 'load' && isOfTag(args[0])) {
      request.taggedAt = this.step
    }
  }

  private gate(request: Request, call: string): Promise<Ending> {
    const come = () => new Promise<Ending>((open) => (request.gate = { call, open }))
    const ending = request.lastCall.then(come)
    request.lastCall = ending
    return ending
  }

  /** A list is one call: what it finds is found then. */
  private async *listed(request: Request, list: () => AsyncIterable<any>) {
    const ending = await this.gate(request, 'list')
    if (ending === 'error before') {
      throw new Error('injected before list')
    }
    const found = []
    for await (const one of list()) {
      found.push(one)
    }
    if (ending === 'error after') {
      throw new Error('injected after list')
    }
    yield* found
  }

  private gated(request: Request, driver: SessionDriverContract): SessionDriverContract {
    return new Proxy(driver, {
      get: (target: any, name: string) => {
        const member = target[name]
        if (name === 'tagged' && member) {
          return (tag: string) => this.listed(request, () => member.call(target, tag))
        }
        if (typeof member !== 'function' || !CALLS.includes(name)) {
          return member
        }
        return async (...args: unknown[]) => {
          const ending = await this.gate(request, name)
          if (ending === 'error before') {
            throw new Error(`injected before ${name}`)
          }
          this.noteTag(request, name, args)
          if (name !== 'retire' && !isOfTag(args[0])) {
            request.askedAt = this.step
          }
          const answer = await member.apply(target, args)
          if (name === 'retire' && !(args[1] as SessionTombstone).successor) {
            this.noteEnd(request, args[0] as string, answer)
          }
          if (ending === 'error after') {
            throw new Error(`injected after ${name}`)
          }
          return answer
        }
      },
    })
  }
}
