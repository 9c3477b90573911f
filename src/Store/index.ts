import type { AllowedSessionValues, StoreContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { apply, Operation, safe } from '../Values/operations'
import { getPath, isPlainObject, Own, Values } from '../Values/paths'
import { isJson, storable, wholeOf } from '../Values/storable'
import { OperationLog } from './OperationLog'

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/**
 * Values under dotted keys, in memory. What is put stays the live value until the store is saved; what
 * was done is noted as operations, in the form in which it is stored.
 */
export class Store implements StoreContract {
  private values: Values
  private log = new OperationLog()

  /** Has somebody else got all of the values, or one that is not JSON yet, and may change it in place? */
  private isHandedOut = false

  /** Objects of the values that somebody else has got, and the JSON that they had then. */
  private lent = new Map<object, string>()

  /**
   * Objects of the app, with all that is in them. The app may change them in place; a verb that writes into
   * one writes into a copy, as it would be stored.
   */
  private passedIn = new WeakSet<object>()

  constructor(values: Values | null) {
    this.values = isPlainObject(values) ? values : {}
  }

  /** A store to which operations were applied that are not saved yet. */
  public static resumed(values: Values, operations: Operation[]): Store {
    const store = new this(values)
    store.isHandedOut = true
    operations.forEach((operation) => store.log.add(operation))
    return store
  }

  public get isEmpty(): boolean {
    return Object.keys(this.values).length === 0
  }

  /** Are the values as they were for sure? If not, somebody must compare them. */
  public get isPristine(): boolean {
    return !this.isHandedOut && this.log.isEmpty && this.isAsLent()
  }

  /** What was done to the values since they were last saved, in order. */
  public get operations(): Operation[] {
    return this.log.operations
  }

  /** All values, for whoever saves them and changes nothing. */
  public get live(): Values {
    return this.values
  }

  public set(key: string, value: AllowedSessionValues): void {
    const stored = storable(value, key, this.passedIn)
    this.isHandedOut ||= isObject(value)
    apply(this.values, { verb: 'put', key, value }, this.own)
    this.log.add({ verb: 'put', key, value: stored })
  }

  public get(key: string, defaultValue?: any): any {
    const value = getPath(this.values, key)
    if (isObject(value)) {
      this.lend(value)
    }
    return value ?? defaultValue
  }

  public unset(key: string): void {
    this.do({ verb: 'forget', key: String(key) })
  }

  public clear(): void {
    this.update({})
  }

  public pull(key: string, defaultValue?: any): any {
    const value = this.get(key, defaultValue)
    this.unset(key)
    return value
  }

  public increment(key: string, steps: number = 1): void {
    this.add('increment', key, steps)
  }

  public decrement(key: string, steps: number = 1): void {
    this.add('decrement', key, typeof steps === 'number' ? -steps : steps)
  }

  public push(key: string, ...items: AllowedSessionValues[]): void {
    if (!Array.isArray(this.get(key, []))) {
      throw SessionException.notAnArray(key)
    }
    const stored = storable(items, key, this.passedIn)
    this.isHandedOut ||= items.some(isObject)
    apply(this.values, { verb: 'push', key, items }, this.own)
    this.log.add({ verb: 'push', key, items: stored })
  }

  public update(values: Values): void {
    const { live, stored } = wholeOf(values, this.passedIn)
    this.isHandedOut = true
    // Another object: whoever has got the values of before keeps them.
    this.values = safe(live)
    this.log.add({ verb: 'replace', values: stored })
  }

  public merge(values: Values): void {
    const { stored } = wholeOf(values)
    apply(this.values, { verb: 'merge', values: JSON.parse(JSON.stringify(stored)) }, this.own)
    this.log.add({ verb: 'merge', values: stored })
  }

  public has(key: string, checkForArraysLength: boolean = true): boolean {
    const value = getPath(this.values, key) ?? undefined
    return Array.isArray(value) && checkForArraysLength ? value.length > 0 : value !== undefined
  }

  public exists(key: string): boolean {
    return getPath(this.values, key) !== undefined
  }

  /** All values, live. */
  public all(): any {
    this.isHandedOut = true
    return this.values
  }

  public toObject(): any {
    return this.all()
  }

  public toJSON(): any {
    return this.all()
  }

  public toString(): string {
    return JSON.stringify(this.all())
  }

  /** Forgets operations that were saved. */
  public settle(saved: Operation[]) {
    this.log.forget(saved)
    this.isHandedOut ||= this.lent.size > 0
  }

  private lend(value: object) {
    if (this.isHandedOut || this.lent.has(value)) {
      return
    }
    if (isJson(value)) {
      this.lent.set(value, JSON.stringify(value))
    } else {
      this.isHandedOut = true
    }
  }

  /** What became of the objects, compared alone: the rest of the values may be large. */
  private isAsLent(): boolean {
    for (const [value, json] of this.lent) {
      if (!isJson(value) || JSON.stringify(value) !== json) {
        return false
      }
    }
    return true
  }

  private add(verb: 'increment' | 'decrement', key: string, by: number) {
    if (typeof this.get(key, 0) !== 'number' || typeof by !== 'number') {
      throw SessionException.notANumber(verb, key)
    }
    this.do({ verb: 'increment', key, by: storable(by, key) })
  }

  /** For operations without objects: their live and stored forms are the same. */
  private do(operation: Operation) {
    apply(this.values, operation, this.own)
    this.log.add(operation)
  }

  private own: Own = (node) =>
    this.passedIn.has(node) || !Object.isExtensible(node) ? storable(node, '') : node
}
