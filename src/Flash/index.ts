import type { AllowedSessionValues } from '@ioc:Adonis/Addons/Session'
import { Store } from '../Store'
import { isPlainObject, owns, rootOf, Values } from '../Values/paths'

/**
 * Messages from one request to the next. Fields of the request body (`flashAll` and its kin) are
 * messages of their own rank: a message of the same name wins, and each call replaces the fields of
 * the call before.
 */
export class Flash extends Store {
  /** The names of the messages that are fields; absent in most requests. */
  private fields?: Set<string>

  /** The names under which an object was flashed as one message: it is merged with none of another request. */
  private whole = new Set<string>()

  public get wholeNames(): string[] {
    return [...this.whole]
  }

  /** A commit has stored them: what is flashed below them from now on is merged. */
  public settleWhole(names: Iterable<string>) {
    for (const name of names) {
      this.whole.delete(name)
    }
  }

  /** Remembers fields of the request body. @throws E_SESSION_UNSERIALIZABLE */
  public setInput(input: Values) {
    this.dropFields(this.fields ?? [])
    const names = Object.keys(input).filter((name) => !owns(this.live, name))
    super.merge(Object.fromEntries(names.map((name) => [name, input[name]])))
    this.fields = new Set(names)
    names.forEach((name) => this.noteWhole(name, input[name]))
  }

  public get hasInput(): boolean {
    return Boolean(this.fields?.size)
  }

  public set(key: string, value: AllowedSessionValues) {
    // A message below a field replaces all of the field.
    this.dropFields([key, rootOf(key)])
    super.set(key, value)
    owns(this.live, key) && this.noteWhole(key, value)
  }

  public merge(values: Values) {
    this.dropFields(Object.keys(values))
    super.merge(values)
  }

  public update(values: Values) {
    this.fields = undefined
    this.whole.clear()
    super.update(values)
  }

  public unset(key: string) {
    this.fields?.delete(key)
    this.whole.delete(key)
    super.unset(key)
  }

  private noteWhole(name: string, value: unknown) {
    isPlainObject(value) && this.whole.add(name)
  }

  private dropFields(names: Iterable<string>) {
    for (const name of names) {
      this.fields?.has(name) && this.unset(name)
    }
  }
}
