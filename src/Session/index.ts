import type { EmitterContract } from '@ioc:Adonis/Core/Event'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  SessionConfig,
  SessionContract,
  SessionDriverContract,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { dropId, newId, readIds, withdrawId, writeId } from '../IdCookie'
import { Repository } from '../Repository'
import { isRotationDue } from '../Repository/lifetime'
import { isFinal } from '../Repository/rules'
import { Change, IdChange, Saved, Snapshot } from '../Repository/states'
import { isAge, Settings, settingsOf, toMilliseconds } from '../Settings'
import { Store } from '../Store'
import { split } from '../Values/messages'
import { Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { FlashLedger } from './FlashLedger'
import { shareWithView } from './view'
import { Verbs } from './Verbs'

/**
 * The session of one HTTP request: it is initiated before the handler and committed after it. In
 * between everything happens in memory.
 */
export class Session extends Verbs implements SessionContract {
  public fresh: boolean

  public sessionId: string

  /** The id that came with the request; `null`: none that can be read. */
  private cookieId: string | null

  /** Ids of further cookies of the same name, which the browser has from another domain or path. */
  private otherIds: string[]

  private settings: Settings
  private repository: Repository
  private snapshot: Snapshot
  private unreadable: string | undefined
  private age: Change['age'] = null
  private idChange: IdChange = null

  private flashLedger = new FlashLedger()
  private lastCommit: Promise<void> | undefined

  constructor(
    ctx: HttpContextContract,
    config: SessionConfig,
    driver: SessionDriverContract,
    private emitter?: EmitterContract
  ) {
    super(ctx)
    this.settings = settingsOf(config)
    this.repository = new Repository(driver, this.settings)

    const { ids, isUnreadable } = readIds(ctx, this.settings)
    this.cookieId = ids[0] ?? null
    this.otherIds = ids.slice(1)
    this.fresh = this.cookieId === null
    this.sessionId = this.cookieId ?? newId()
    this.snapshot = newSnapshot(this.sessionId, this.fresh ? 'new' : 'absent')
    this.unreadable = isUnreadable ? 'The session cookie is not signed by this app' : undefined
  }

  public get hasBeenModified(): boolean {
    const { isPristine, live } = this.readable
    return !isPristine && toJson(live) !== this.snapshot.base
  }

  public hasRegeneratedSession = false

  public async initiate(readonly: boolean): Promise<void> {
    if (this.initiated) {
      return
    }
    this.readonly = readonly
    shareWithView(this.ctx, this)

    const timing = this.profile('session:initiate')
    try {
      await this.load()
    } catch (error) {
      throw this.toldWhenToRetry(error)
    } finally {
      timing.end()
    }

    this.initiated = true
    this.announce('session:initiated', {})
    if (this.unreadable) {
      this.ctx.logger.warn('session: starting with an empty session. %s', this.unreadable)
      this.announce('session:unreadable', { reason: this.unreadable })
      this.unreadable = undefined
    }
  }

  public regenerate(): void {
    this.writable
    this.changeId('regenerated')
  }

  public invalidate(): void {
    this.writable.clear()
    this.age = null
    this.changeId('invalidated')
  }

  public setAge(age: string | number): void {
    this.writable
    const ageInMs = toMilliseconds(age)
    if (!isAge(ageInMs)) {
      throw SessionException.invalidAge(age)
    }
    this.age = { inMs: ageInMs }
  }

  public commit(): Promise<void> {
    const commit = this.lastCommit ? this.lastCommit.then(() => this.save()) : this.save()
    this.lastCommit = commit.catch(() => {})
    return commit
  }

  private async load() {
    if (this.snapshot.found.state === 'new') {
      this.begin(this.snapshot)
      return
    }

    const snapshot = await this.find(this.snapshot.id)
    if (snapshot.found.state === 'unreadable') {
      this.unreadable = snapshot.found.reason
    }
    this.begin(snapshot.isRefused ? newSnapshot(newId(), 'new') : snapshot)
  }

  /** The session of the cookie, or of the first other one of its name that is alive. */
  private async find(id: string): Promise<Snapshot> {
    const first = await this.repository.load(id)
    for (const other of isAlive(first) ? [] : this.otherIds) {
      const snapshot = await this.repository.load(other)
      if (isAlive(snapshot)) {
        this.cookieId = other
        return snapshot
      }
    }
    return first
  }

  /** Goes on from what is stored. A readonly session leaves the flash messages to the next request. */
  private begin(snapshot: Snapshot) {
    const { id, found } = snapshot
    const record = found.state === 'stored' ? found.record : null
    const { values, messages } = split(record?.values ?? JSON.parse(snapshot.base))
    this.snapshot = snapshot
    this.age = null
    this.store = new Store(values)
    if (this.idChange === null) {
      this.sessionId = hasEnded(snapshot) ? newId() : id
      this.fresh = this.fresh || this.sessionId !== this.cookieId
    }
    this.flashLedger.begin(messages, record?.meta.flashed ?? {})
    // The same object: who asked for it before has the messages as well.
    this.flashMessages.clear()
    this.flashMessages.update(JSON.parse(JSON.stringify(messages)))
  }

  private async save() {
    if (!this.initiated || this.readonly) {
      return
    }
    this.changeIdWhereItCanBeSent()
    const own = this.ownMessages()
    const change = this.change(own)
    const timing = this.profile('session:commit')
    try {
      const saved = await this.repository.save(this.snapshot, change)
      this.sendCookie(saved)
      this.settle(saved, change, own)
    } catch (error) {
      throw this.toldWhenToRetry(error)
    } finally {
      timing.end()
    }
  }

  /** No id is changed where the browser could not learn the new one: it would be logged out. */
  private changeIdWhereItCanBeSent() {
    const { snapshot, settings, ctx, idChange } = this
    const { headersSent, response } = ctx.response
    const { found } = snapshot
    if (idChange === 'regenerated' && headersSent && found.state === 'stored') {
      ctx.logger.warn('session: the id stays, as the response has left before the commit')
      this.idChange = null
      this.sessionId = snapshot.id
    }
    const isDue = found.state === 'stored' && isRotationDue(found.record, settings)
    if (isDue && idChange === null && !headersSent && response.socket) {
      this.idChange = 'rotated'
      this.sessionId = newId()
    }
  }

  /** The messages that this request leaves, as they are stored. */
  private ownMessages(): Values {
    const messages = this.responseFlashMessages
    return messages.isEmpty ? {} : JSON.parse(toJson(messages.all()))
  }

  private change(own: Values): Change {
    const { sessionId: id, store, age, idChange, snapshot } = this
    return {
      id,
      idChange,
      values: store.isPristine ? snapshot.base : toJson(store.live),
      operations: store.operations,
      flash: this.flashLedger.change(own),
      age,
    }
  }

  /**
   * A second commit of this request goes on from what this one has stored. What was called while it was
   * under way is still to be saved.
   */
  private settle({ outcome, snapshot }: Saved, change: Change, own: Values) {
    const fromSessionId = this.snapshot.id
    this.snapshot = snapshot
    this.age = this.age === change.age ? null : this.age
    if (this.sessionId === change.id) {
      this.idChange = null
      this.sessionId = hasEnded(snapshot) ? change.id : snapshot.id
    }
    if (outcome !== 'gone') {
      const { found } = snapshot
      const tokens = found.state === 'stored' ? found.record.meta.flashed : undefined
      this.store.settle(change.operations)
      this.flashLedger.settle(own, change.flash, tokens ?? {})
    }

    if (snapshot.id !== fromSessionId) {
      this.announce('session:migrated', { fromSessionId, toSessionId: snapshot.id })
    }
    this.announce('session:committed', { outcome })
  }

  /** The cookie of an outcome: the id, nothing, or the request to forget it. */
  private sendCookie({ outcome, snapshot, ttlInMs }: Saved) {
    const { ctx, settings } = this
    if (outcome === 'gone') {
      ctx.response.headersSent || withdrawId(ctx, settings)
      return
    }
    if (ctx.response.headersSent) {
      ctx.logger.warn('session: the response has left before the session cookie could be set')
      return
    }

    const isStored = snapshot.found.state === 'stored'
    const isNews = outcome !== 'untouched' || snapshot.id !== this.cookieId
    if (isStored ? isNews : settings.saveUninitialized) {
      writeId(ctx, settings, snapshot.id, ttlInMs)
    } else if (!isStored && (outcome !== 'untouched' || this.cookieId === null)) {
      dropId(ctx, settings)
    }
  }

  /** By then a store that is down has been tried again (RFC 9110, section 10.2.3). */
  private toldWhenToRetry(error: Error & { status?: number }) {
    const { response } = this.ctx
    if (error.status === 503 && !response.headersSent) {
      response.header('Retry-After', Math.ceil(this.settings.storeTimeoutInMs / 1000))
    }
    return error
  }

  private changeId(how: 'regenerated' | 'invalidated') {
    this.idChange = this.idChange === 'invalidated' ? 'invalidated' : how
    this.hasRegeneratedSession = true
    this.fresh = true
    this.sessionId = newId()
  }

  private profile(action: string) {
    return this.ctx.profiler.profile(action, { driver: this.settings.driver })
  }

  private announce(event: string, data: object) {
    if (this.emitter?.hasListeners(event)) {
      this.emitter
        .emit(event, { ctx: this.ctx, session: this, ...data })
        .catch((error) => this.ctx.logger.error(error, `A listener of "${event}" failed`))
    }
  }
}

/** Is there a session behind the id, or something to be read of one? */
function isAlive({ found, base }: Snapshot): boolean {
  return found.state === 'stored' || base !== '{}'
}

/** Had the session ended for good when the request began? What is put then gets a new id. */
function hasEnded({ found }: Snapshot): boolean {
  return found.state === 'retired' && isFinal(found.tombstone)
}

/** A session that no driver was asked about yet. */
function newSnapshot(id: string, state: 'new' | 'absent'): Snapshot {
  return {
    id,
    cameAs: id,
    isSent: false,
    found: { state },
    base: '{}',
    loadedAt: Date.now(),
    isRefused: false,
  }
}
