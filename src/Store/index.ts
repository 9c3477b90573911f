import type { AllowedSessionValues, StoreContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { apply, Operation, replaceAll } from '../Values/operations'
import { getPath, isPlainObject, Values } from '../Values/paths'
import { storable } from '../Values/storable'

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/**
 * Values under dotted keys, in memory. What is put stays the live value until the store is saved; what
 * was done is noted as operations, in the form in which it is stored.
 */
export class Store implements StoreContract {
  private values: Values
  private done: Operation[] = []

  /** Has somebody else got an object of the values, and may change it in place? */
  private isHandedOut = false

  constructor(values: Values | null) {
    this.values = isPlainObject(values) ? values : {}
  }

  public get isEmpty(): boolean {
    return Object.keys(this.values).length === 0
  }

  /** Are the values as they were for sure? If not, somebody must compare them. */
  public get isPristine(): boolean {
    return !this.isHandedOut && this.done.length === 0
  }

  /** What was done to the values since the store was made, in order. */
  public get operations(): Operation[] {
    return this.done
  }

  /** All values, for whoever saves them and changes nothing. */
  public get live(): Values {
    return this.values
  }

  public set(key: string, value: AllowedSessionValues): void {
    const stored = storable(value, key)
    this.isHandedOut ||= isObject(value)
    apply(this.values, { verb: 'put', key, value })
    this.done.push({ verb: 'put', key, value: stored })
  }

  public get(key: string, defaultValue?: any): any {
    const value = getPath(this.values, key)
    this.isHandedOut ||= isObject(value)
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
    const stored = storable(items, key)
    this.isHandedOut = true
    apply(this.values, { verb: 'push', key, items })
    this.done.push({ verb: 'push', key, items: stored })
  }

  public update(values: Values): void {
    const stored = storable(values ?? {}, '')
    this.isHandedOut = true
    replaceAll(this.values, { ...values })
    this.done.push({ verb: 'replace', values: stored })
  }

  public merge(values: Values): void {
    const stored = storable(values, '')
    apply(this.values, { verb: 'merge', values: JSON.parse(JSON.stringify(stored)) })
    this.done.push({ verb: 'merge', values: stored })
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

  /** Forgets the first `saved` operations. */
  public settle(saved: number) {
    this.done = this.done.slice(saved)
  }

  private add(verb: 'increment' | 'decrement', key: string, by: number) {
    if (typeof this.get(key, 0) !== 'number' || typeof by !== 'number') {
      throw SessionException.notANumber(verb, key)
    }
    this.do({ verb: 'increment', key, by: storable(by, key) })
  }

  /** For operations without objects: their live and stored forms are the same. */
  private do(operation: Operation) {
    apply(this.values, operation)
    this.done.push(operation)
  }
}
