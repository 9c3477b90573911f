import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { asksForPage, showsPage } from '../Flash/page'
import { markOfTab, waitingForOtherTab } from '../Flash/tabs'
import { Settings } from '../Settings'
import { FlashChange } from '../Values/messages'
import {
  byValue,
  inPlace,
  NO_MESSAGES,
  pickMessages,
  placesOf,
  plus,
  Tokens,
  Tree,
  treeOf,
  valuesOf,
  without,
} from '../Values/messageTree'
import { Values } from '../Values/paths'

/**
 * The flash messages of one request, over all of its commits: each commit takes away what is to go and
 * puts what is new.
 */
export class FlashLedger {
  /** What waits in the session, and what of it this request has received. */
  private waiting = NO_MESSAGES
  private received = NO_MESSAGES

  /** What it has received, also after a commit has taken it away. */
  private given = NO_MESSAGES

  /** The messages of this request that a commit has stored. */
  private own = NO_MESSAGES

  /** Did the handler ask for the messages, whatever its response is? */
  private isTaken = false

  constructor(
    private ctx: HttpContextContract,
    private settings: Settings
  ) {}

  /** The request begins with messages that wait. Returns a copy of those that it gets. */
  public begin(waiting: Values, tokens: Tokens): Values {
    this.waiting = treeOf(waiting, tokens)
    this.own = NO_MESSAGES
    this.isTaken = false
    this.received = this.settings.flashesToPage ? this.forPage() : this.waiting
    this.given = this.received
    return this.earlier
  }

  /** A copy of the messages that the request got from those before it. */
  public get earlier(): Values {
    return copyOf(this.given)
  }

  /** The request gets all messages that wait, and each commit takes them away. Returns a copy of them. */
  public take(): Values {
    this.isTaken = true
    this.received = this.waiting
    this.given = plus(this.given, this.waiting)
    return this.earlier
  }

  /**
   * What a commit does to the messages, if these are the ones that the request leaves now; those under the keys
   * of `whole` in place of any other.
   */
  public change(own: Values, whole: string[]): FlashChange {
    const messages = treeOf(own)
    const before = without(this.own, messages, byValue)
    const put = without(messages, without(this.own, placesOf(whole), inPlace), byValue)
    const seen = this.received.size && this.isShown ? plus(this.received, before) : before
    const mark = this.settings.flashesToPage && put.size ? markOfTab(this.ctx) : undefined
    return { seen, put: valuesOf(put), whole, mark }
  }

  /** A commit has stored the messages. They stay, unless the request changes or removes them yet. */
  public settle(own: Values, { seen }: FlashChange, tokens: Tokens) {
    const added = without(treeOf(own, tokens), this.own, byValue)
    const gone = plus(seen, added)
    this.waiting = without(this.waiting, gone, inPlace)
    this.received = without(this.received, gone, inPlace)
    this.own = plus(without(this.own, seen, inPlace), added)
  }

  private forPage(): Tree {
    if (!this.waiting.size || !asksForPage(this.ctx)) {
      return NO_MESSAGES
    }
    const waitsForOther = waitingForOtherTab(this.ctx)
    return pickMessages(this.waiting, ({ token }) => !waitsForOther(token))
  }

  /** Does the response show what the request has received? */
  private get isShown(): boolean {
    return !this.settings.flashesToPage || this.isTaken || showsPage(this.ctx)
  }
}

/** For the handler, which may change it. */
function copyOf(messages: Tree): Values {
  return messages.size ? JSON.parse(JSON.stringify(valuesOf(messages))) : {}
}
