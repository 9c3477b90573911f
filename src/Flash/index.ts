import { Store } from '../Store'
import { Values } from '../Values/paths'

/**
 * Messages from one request to the next. Fields of the request body (`flashAll` and its kin) are
 * messages of their own rank: a message of the same name wins, and each call replaces the fields of
 * the call before.
 */
export class Flash extends Store {
  private input: Values = {}

  /** Remembers fields of the request body. @throws E_SESSION_UNSERIALIZABLE */
  public setInput(fields: Values) {
    const store = new Store({})
    store.update(fields)
    this.input = store.all()
  }

  public get hasInput(): boolean {
    return Object.keys(this.input).length > 0
  }

  public get isEmpty(): boolean {
    return super.isEmpty && !this.hasInput
  }

  public clear() {
    super.clear()
    this.input = {}
  }

  public all(): any {
    return { ...this.input, ...super.all() }
  }
}
