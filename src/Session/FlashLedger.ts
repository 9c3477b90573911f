import { FlashChange, Tokens } from '../Values/messages'
import { isEmpty, owns, Values } from '../Values/paths'

/**
 * The flash messages of one request, over all of its commits: each commit takes away what is to go and
 * puts what is new.
 */
export class FlashLedger {
  /** What the next commit takes away, with its tokens. */
  private seen: Values = {}
  private tokens: Tokens = {}

  /** The messages of this request that a commit has stored, as JSON. */
  private stored: Record<string, string> = {}

  /** The request begins with messages that wait for it. */
  public begin(waiting: Values, tokens: Tokens) {
    this.seen = waiting
    this.tokens = tokens
    this.stored = {}
  }

  /** What a commit does to the messages, if these are the ones that the request leaves now. */
  public change(own: Values): FlashChange {
    const { seen, tokens } = this
    if (isEmpty(this.stored)) {
      return { seen, tokens, put: own }
    }
    const isStored = (key: string) => this.stored[key] === JSON.stringify(own[key])
    const put = pick(own, (key) => !isStored(key))
    return { seen: pick(seen, (key) => !isStored(key)), tokens, put }
  }

  /** A commit has stored the messages. They stay, unless the request changes or removes them yet. */
  public settle(own: Values, { put, seen }: FlashChange, tokens: Tokens) {
    const taken = Object.keys(seen).concat(Object.keys(put))
    const kept = pick(this.tokens, (key) => !taken.includes(key))
    const added = pick(tokens, (key) => owns(put, key))
    this.tokens = { ...kept, ...added }
    this.seen = own
    this.stored = {}
    Object.keys(own).forEach((key) => (this.stored[key] = JSON.stringify(own[key])))
  }
}

function pick<Value>(from: Record<string, Value>, isWanted: (key: string) => boolean) {
  const keys = Object.keys(from).filter(isWanted)
  return Object.fromEntries(keys.map((key) => [key, from[key]]))
}
