import { Change } from '../Repository/types'
import { isEmpty, omitPaths, Values } from '../Values/paths'

/**
 * The flash messages of one request, over all of its commits: each is shown once. Three kinds go into a
 * commit: those of the previous request, which it takes away; those of other requests that a commit of
 * this one has found; and its own.
 */
export class MessageLedger {
  private seen: Values = {}
  private others: Values = {}

  /** Its own messages that a commit has stored, as JSON. */
  private kept: string | undefined

  /** The request begins with messages that wait for it. */
  public begin(waiting: Values) {
    this.seen = waiting
    this.others = {}
  }

  /** What a commit makes of the messages, and of those that the request leaves itself. */
  public leave(own: Values): Change['messages'] {
    const areNew = !isEmpty(own) && JSON.stringify(own) !== this.kept
    const next = isEmpty(this.others) ? own : { ...this.others, ...own }
    return { seen: this.seen, next, areNew }
  }

  /** A commit has stored its own messages; these wait now. */
  public settle(waiting: Values, own: Values) {
    this.seen = waiting
    this.others = isEmpty(waiting) ? {} : omitPaths(waiting, Object.keys(own))
    this.kept = JSON.stringify(own)
  }
}
