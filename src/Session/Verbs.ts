import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { AllowedSessionValues, StoreContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Settings } from '../Settings'
import { Flash } from '../Flash'
import { messagesOf, SECRET_FIELDS } from '../Flash/errors'
import { Store } from '../Store'
import { mergeInto } from '../Values/merge'
import { Values } from '../Values/paths'
import { omitFields, omitPaths, pickPaths } from '../Values/selection'
import { FlashChange } from '../Values/messages'
import { Tokens } from '../Values/messageTree'
import { storable, toJson, wholeOf } from '../Values/storable'
import { FlashLedger } from './FlashLedger'
import { INTENDED_URL, localUrl } from './intendedUrl'

/**
 * What a handler says to its session: values and flash messages, in memory. The accessors `readable`
 * and `writable` guard every verb, so that none can forget to. What is read is `any` here: only an app
 * knows what it stores, and declares it for `SessionContract`.
 */
export abstract class Verbs {
  /** Set by `initiate`. Writable, since packages initiate a session once more in one request. */
  public initiated = false

  public readonly = false

  public flashMessages: StoreContract = new Flash({})

  public responseFlashMessages: StoreContract = new Flash({})

  /** Has the handler, or a package, looked into the session or written to it? */
  protected isUsed = false

  /** What `initiate` has found. */
  protected store!: Store

  protected flashLedger: FlashLedger

  constructor(
    protected ctx: HttpContextContract,
    protected settings: Settings
  ) {
    this.flashLedger = new FlashLedger(ctx, settings)
  }

  /** @throws E_RUNTIME_EXCEPTION before `initiate` */
  protected get readable(): Store {
    if (!this.initiated) {
      throw SessionException.notInitiated()
    }
    this.isUsed = true
    return this.store
  }

  /** @throws E_RUNTIME_EXCEPTION before `initiate`, and on a readonly session */
  protected get writable(): Store {
    const store = this.readable
    if (this.readonly) {
      throw SessionException.readonly()
    }
    return store
  }

  public get isEmpty(): boolean {
    return this.readable.isEmpty
  }

  public has(key: string): boolean {
    return this.readable.has(key)
  }

  public exists(key: string): boolean {
    return this.readable.exists(key)
  }

  public missing(key: string): boolean {
    return !this.exists(key)
  }

  public get(key: string, defaultValue?: any): any {
    return this.readable.get(key, defaultValue)
  }

  public all(): any {
    return this.readable.all()
  }

  public only(keys: string[]): any {
    return pickPaths(this.all(), keys)
  }

  public except(keys: string[]): any {
    return omitPaths(this.all(), keys)
  }

  public put(key: string | Record<string, AllowedSessionValues>, value?: AllowedSessionValues) {
    const store = this.writable
    if (typeof key !== 'object') {
      store.set(key, value as AllowedSessionValues)
      return
    }
    // All of it before the first: a value that cannot be stored leaves none of the others.
    const { live } = wholeOf(key)
    Object.entries(live).forEach(([name, item]) => store.set(name, item))
  }

  public forget(key: string | string[]) {
    const store = this.writable
    ;[key].flat().forEach((name) => store.unset(name))
  }

  public pull(key: string, defaultValue?: any): any {
    return this.writable.pull(key, defaultValue)
  }

  public push(key: string, ...items: AllowedSessionValues[]) {
    this.writable.push(key, ...items)
  }

  public async remember<T extends AllowedSessionValues>(
    key: string,
    callback: () => T | Promise<T>
  ): Promise<any> {
    const known = this.get(key)
    if (known !== undefined) {
      return known
    }
    this.writable
    const value = await callback()
    // Asked for again: the callback may have reloaded the session.
    this.writable.set(key, value)
    return value
  }

  public increment(key: string, steps: number = 1): number {
    this.writable.increment(key, steps)
    return this.get(key)
  }

  public decrement(key: string, steps: number = 1): number {
    this.writable.decrement(key, steps)
    return this.get(key)
  }

  public replace(values: Values) {
    this.writable.update(values)
  }

  public clear() {
    this.writable.clear()
  }

  public flush() {
    this.clear()
  }

  public setIntendedUrl(url: string) {
    const local = localUrl(url, this.ctx.request)
    if (local === null) {
      this.ctx.logger.warn('session: an intended URL of another site was not kept')
    } else {
      this.put(INTENDED_URL, local)
    }
  }

  public getIntendedUrl(fallback: string | null = null): any {
    return localUrl(this.get(INTENDED_URL), this.ctx.request) ?? fallback
  }

  public pullIntendedUrl(fallback: string | null = null): any {
    const url = this.getIntendedUrl(fallback)
    this.clearIntendedUrl()
    return url
  }

  public clearIntendedUrl() {
    this.forget(INTENDED_URL)
  }

  public flash(key: string | Record<string, AllowedSessionValues>, value?: AllowedSessionValues) {
    this.addMessages(this.responseFlashMessages, key, value)
  }

  public flashNow(
    key: string | Record<string, AllowedSessionValues>,
    value?: AllowedSessionValues
  ) {
    this.addMessages(this.flashMessages, key, value)
  }

  public flashAll() {
    this.flashInput(this.flashable())
  }

  public flashOnly(keys: string[]) {
    this.flashInput(pickPaths(this.ctx.request.original(), keys))
  }

  public flashExcept(keys: string[]) {
    this.flashInput(omitPaths(this.flashable(), keys))
  }

  public flashErrors(errors: Record<string, AllowedSessionValues>) {
    this.flash({ errorsBag: errors })
  }

  public flashValidationErrors(error: { code?: string; messages: any }, withInput: boolean = true) {
    const messages = messagesOf(error)
    if (withInput) {
      this.flashInput(this.flashable(SECRET_FIELDS))
    }
    this.flash({ ...messages })
  }

  public takeFlash() {
    if (this.readable && this.settings.flashesToPage) {
      const now = this.flashMessages.all()
      this.flashMessages.update(mergeInto(this.flashLedger.take(), now))
    }
  }

  public reflash() {
    this.flash(this.flashLedger.earlier)
  }

  public reflashOnly(keys: string[]) {
    this.flash(pickPaths(this.flashLedger.earlier, keys))
  }

  public reflashExcept(keys: string[]) {
    this.flash(omitPaths(this.flashLedger.earlier, keys))
  }

  /** The messages that this request leaves, as they are stored. */
  protected ownMessages(): Values {
    const messages = this.responseFlashMessages
    return messages.isEmpty ? {} : JSON.parse(toJson(messages.all()))
  }

  /** What a commit does to the messages that wait, if these are left. */
  protected flashChange(left: Values): FlashChange {
    const messages = this.responseFlashMessages
    return this.flashLedger.change(left, messages instanceof Flash ? messages.wholeNames : [])
  }

  /** A commit has stored what was left. */
  protected settleFlash(left: Values, change: FlashChange, tokens: Tokens) {
    const messages = this.responseFlashMessages
    this.flashLedger.settle(left, change, tokens)
    messages instanceof Flash && messages.settleWhole(change.whole ?? [])
  }

  /** The request body without what `dontFlash` and the caller name. */
  private flashable(secrets: string[] = []): Values {
    const names = [...this.settings.dontFlash, ...secrets]
    const fields = this.ctx.request.original()
    return names.length ? omitFields(storable(fields ?? {}, 'input'), names) : fields
  }

  /** The validator flashes errors, also in an app without sessions: its form is sent back, and has none. */
  private canFlash(): boolean {
    if (!this.settings.isEnabled && !this.initiated) {
      this.ctx.logger.warn(
        'session: nothing is flashed, as sessions are disabled in "config/session"'
      )
      return false
    }
    return Boolean(this.writable)
  }

  private addMessages(
    messages: StoreContract,
    key: string | Record<string, AllowedSessionValues>,
    value?: AllowedSessionValues
  ) {
    if (!this.canFlash()) {
      return
    }
    if (typeof key !== 'string') {
      messages.merge(key ?? {})
    } else if (value !== undefined) {
      messages.set(key, value)
    }
  }

  private flashInput(fields: Values) {
    if (!this.canFlash()) {
      return
    }
    if (!(this.responseFlashMessages instanceof Flash)) {
      this.responseFlashMessages = new Flash(this.responseFlashMessages.all())
    }
    ;(this.responseFlashMessages as Flash).setInput(fields ?? {})
  }
}
