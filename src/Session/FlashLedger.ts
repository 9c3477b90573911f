import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { asksForPage, showsPage } from '../Flash/page'
import { markOfTab, waitsForOtherTab } from '../Flash/tabs'
import { Settings } from '../Settings'
import { FlashChange, Tokens } from '../Values/messages'
import { isEmpty, owns, Values } from '../Values/paths'

/**
 * The flash messages of one request, over all of its commits: each commit takes away what is to go and
 * puts what is new.
 */
export class FlashLedger {
  /** What waits in the session, and what of it this request has received. */
  private waiting: Values = {}
  private received: Values = {}

  /** The messages of this request that a commit has stored: themselves, and as JSON. */
  private own: Values = {}
  private stored: Record<string, string> = {}

  private tokens: Tokens = {}

  /** Did the handler ask for the messages, whatever its response is? */
  private isTaken = false

  constructor(
    private ctx: HttpContextContract,
    private settings: Settings
  ) {}

  /** The request begins with messages that wait. Returns a copy of those that it gets. */
  public begin(waiting: Values, tokens: Tokens): Values {
    this.waiting = waiting
    this.tokens = tokens
    this.own = {}
    this.stored = {}
    this.isTaken = false
    this.received = this.settings.flashesToPage ? this.forPage() : waiting
    return JSON.parse(JSON.stringify(this.received))
  }

  /** The request gets all messages that wait, and each commit takes them away. Returns a copy of them. */
  public take(): Values {
    this.isTaken = true
    this.received = this.waiting
    return JSON.parse(JSON.stringify(this.received))
  }

  /** What a commit does to the messages, if these are the ones that the request leaves now. */
  public change(own: Values): FlashChange {
    const { tokens } = this
    const isStored = (key: string) => this.stored[key] === JSON.stringify(own[key])
    const before = pick(this.own, (key) => !isStored(key))
    const put = isEmpty(this.stored) ? own : pick(own, (key) => !isStored(key))
    const mark = this.settings.flashesToPage && !isEmpty(put) ? markOfTab(this.ctx) : undefined
    return { seen: { ...(this.isShown && this.received), ...before }, tokens, put, mark }
  }

  /** A commit has stored the messages. They stay, unless the request changes or removes them yet. */
  public settle(own: Values, { put, seen }: FlashChange, tokens: Tokens) {
    const isGone = (key: string) => owns(seen, key) || owns(put, key)
    const kept = pick(this.tokens, (key) => !isGone(key))
    const added = pick(tokens, (key) => owns(put, key))
    this.tokens = { ...kept, ...added }
    this.waiting = pick(this.waiting, (key) => !isGone(key))
    this.received = pick(this.received, (key) => !isGone(key))
    this.own = own
    this.stored = {}
    Object.keys(own).forEach((key) => (this.stored[key] = JSON.stringify(own[key])))
  }

  private forPage(): Values {
    const { ctx, tokens } = this
    return isEmpty(this.waiting) || !asksForPage(ctx)
      ? {}
      : pick(this.waiting, (key) => !waitsForOtherTab(tokens[key], ctx))
  }

  /** Does the response show what the request has received? */
  private get isShown(): boolean {
    return !this.settings.flashesToPage || this.isTaken || showsPage(this.ctx)
  }
}

function pick<Value>(from: Record<string, Value>, isWanted: (key: string) => boolean) {
  const keys = Object.keys(from).filter(isWanted)
  return Object.fromEntries(keys.map((key) => [key, from[key]]))
}
