import type { EmitterContract } from '@ioc:Adonis/Core/Event'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  SessionConfig,
  SessionContract,
  SessionDriverContract,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Flash } from '../Flash'
import { dropId, newId, readId, writeId } from '../IdCookie'
import { Repository } from '../Repository'
import { isRotationDue } from '../Repository/lifetime'
import { valuesOf } from '../Repository/rebasing'
import { Change, Ended, Saved, Snapshot } from '../Repository/types'
import { isAge, Settings, settingsOf, toMilliseconds } from '../Settings'
import { Store } from '../Store'
import { split } from '../Values/messages'
import { isEmpty, Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { MessageLedger } from './MessageLedger'
import { shareWithView } from './view'
import { Verbs } from './Verbs'

/**
 * The session of one HTTP request: it is initiated before the handler and committed after it. In
 * between everything happens in memory.
 */
export class Session extends Verbs implements SessionContract {
  /** Was the session id generated during this request, first or by `regenerate`? */
  public fresh: boolean

  /** The session id, which after `regenerate` is the new one. */
  public sessionId: string

  /** The id that came with the request; `null`: none that can be read. */
  private cookieId: string | null

  private settings: Settings
  private repository: Repository
  private snapshot: Snapshot
  private unreadable: string | undefined
  private age: Change['age'] = null
  private ended: Ended = null

  private messages = new MessageLedger()
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

    const cookie = readId(ctx, this.settings)
    this.cookieId = cookie === null || cookie === 'unreadable' ? null : cookie.id
    this.fresh = this.cookieId === null
    this.sessionId = this.cookieId ?? newId()
    this.snapshot = this.fresh
      ? { state: 'new', id: this.sessionId }
      : { state: 'absent', id: this.sessionId, revoked: false }
    this.unreadable =
      cookie === 'unreadable' ? 'The session cookie is not signed by this app' : undefined
  }

  /** Do the values differ from what was read? */
  public get hasBeenModified(): boolean {
    const { isPristine, live } = this.readable
    const was = () => JSON.stringify(split(valuesOf(this.snapshot)).values)
    return !isPristine && toJson(live) !== was()
  }

  /** Has `regenerate` or `invalidate` been called? */
  public hasRegeneratedSession = false

  /**
   * Loads the session. A second call does nothing.
   *
   * @throws E_SESSION_STORE_UNAVAILABLE
   */
  public async initiate(readonly: boolean): Promise<void> {
    if (this.initiated) {
      return
    }
    this.readonly = readonly

    const timing = this.profile('session:initiate')
    try {
      await this.load()
    } finally {
      timing.end()
    }

    this.initiated = true
    shareWithView(this.ctx, this)
    this.announce('session:initiated', {})
    if (this.unreadable) {
      this.ctx.logger.warn('session: starting with an empty session. %s', this.unreadable)
      this.announce('session:unreadable', { reason: this.unreadable })
      this.unreadable = undefined
    }
  }

  /**
   * Gives the session a new id at commit, against session fixation. The old record is removed once the
   * new one is stored; for `retireFor`, requests on their way may still read under the old id what both
   * hold.
   *
   * @throws E_RUNTIME_EXCEPTION before `initiate`, and on a readonly session
   */
  public regenerate(): void {
    this.writable
    this.end('regenerated')
  }

  /** Drops all values and gives the session a new id at commit; the old id is worth nothing then. */
  public invalidate(): void {
    this.writable.clear()
    this.age = null
    this.end('invalidated')
  }

  /**
   * The age of this session alone, from now on: milliseconds, or a string such as `'30 days'`.
   *
   * @throws E_SESSION_INVALID_AGE when it is no duration of one second or more
   */
  public setAge(age: string | number): void {
    this.writable
    const ageInMs = toMilliseconds(age)
    if (!isAge(ageInMs)) {
      throw SessionException.invalidAge(age)
    }
    this.age = { inMs: ageInMs }
  }

  /**
   * Stores the session, and then sets its cookie. May be called more than once; a session that was not
   * initiated, or readonly, has nothing to commit.
   *
   * @throws E_SESSION_UNSERIALIZABLE, E_SESSION_COOKIE_TOO_LARGE, E_SESSION_STORE_UNAVAILABLE;
   * the stored session is then as it was, and no cookie is set
   */
  public commit(): Promise<void> {
    const commit = this.lastCommit ? this.lastCommit.then(() => this.save()) : this.save()
    this.lastCommit = commit.catch(() => {})
    return commit
  }

  private async load() {
    if (this.snapshot.state === 'new') {
      this.adopt(this.snapshot)
      return
    }

    const snapshot = await this.repository.load(this.snapshot.id)
    if (snapshot.state === 'absent') {
      this.unreadable = snapshot.unreadable
    }
    this.adopt(this.isUsable(snapshot) ? snapshot : this.beginAnew())
  }

  /** An id without a session is kept only where every visitor has one, and never after its end. */
  private isUsable(snapshot: Snapshot): boolean {
    return snapshot.state !== 'absent' || (this.settings.saveUninitialized && !snapshot.revoked)
  }

  private beginAnew(): Snapshot {
    this.fresh = true
    this.sessionId = newId()
    return { state: 'new', id: this.sessionId }
  }

  /** Goes on from what is stored. A readonly session leaves the flash messages to the next request. */
  private adopt(snapshot: Snapshot) {
    const { values, messages } = split(storedValues(snapshot))
    this.snapshot = snapshot
    this.sessionId = this.ended ? this.sessionId : snapshot.id
    this.store = new Store(values)
    this.age = null
    this.messages.begin(messages)
    this.flashMessages = new Flash(isEmpty(messages) ? {} : JSON.parse(JSON.stringify(messages)))
  }

  private async save() {
    if (!this.initiated || this.readonly) {
      return
    }
    this.rotateWhenDue()
    const own = this.ownMessages()
    const change = this.change(own)
    const timing = this.profile('session:commit')
    try {
      const saved = await this.repository.save(this.snapshot, change)
      this.sendCookie(saved)
      this.settle(saved, change, own)
    } finally {
      timing.end()
    }
  }

  /** Not when the answer has left: the browser could not learn the new id. */
  private rotateWhenDue() {
    const { snapshot, settings, ctx } = this
    const isDue = snapshot.state === 'stored' && isRotationDue(snapshot.record, settings)
    if (isDue && this.ended === null && !ctx.response.headersSent) {
      this.ended = 'rotated'
      this.sessionId = newId()
    }
  }

  /** The messages that this request leaves, as they are stored. */
  private ownMessages(): Values {
    const messages = this.responseFlashMessages
    return messages.isEmpty ? {} : JSON.parse(toJson(messages.all()))
  }

  private change(own: Values): Change {
    const { sessionId: id, store, age, ended } = this
    const messages = this.messages.leave(own)
    const areNoMessages = isEmpty(messages.seen) && isEmpty(messages.next)
    return {
      id,
      values: store.live,
      operations: [...store.operations],
      isPristine: store.isPristine && areNoMessages && age === null && ended === null,
      messages,
      age,
      ended,
    }
  }

  /**
   * Where a second commit of this request goes on. What others have stored is ours now, too; what was
   * called while the commit was under way is still to be saved.
   */
  private settle({ outcome, snapshot }: Saved, change: Change, own: Values) {
    const fromSessionId = this.snapshot.id
    const isOurs = outcome === 'committed' || outcome === 'destroyed'
    const isOthers = outcome === 'merged' || outcome === 'migrated'
    const stored = isOurs ? null : split(storedValues(snapshot))

    this.snapshot = snapshot
    this.messages.settle(stored ? stored.messages : change.messages.next, own)
    this.age = this.age === change.age ? null : this.age
    if (this.sessionId === change.id) {
      this.ended = null
      this.sessionId = snapshot.id
    }
    if (outcome !== 'gone') {
      this.store.settle(change.operations.length, isOthers ? stored!.values : undefined)
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
      return
    }
    if (ctx.response.headersSent) {
      ctx.logger.warn('session: the response has left before the session cookie could be set')
      return
    }

    const isStored = snapshot.state === 'stored'
    const isNews = outcome !== 'untouched' || snapshot.id !== this.cookieId
    if (isStored ? isNews : settings.saveUninitialized) {
      writeId(ctx, settings, snapshot.id, ttlInMs)
    } else if (!isStored && (outcome !== 'untouched' || this.cookieId === null)) {
      dropId(ctx, settings)
    }
  }

  private end(how: 'regenerated' | 'invalidated') {
    this.ended = this.ended === 'invalidated' ? 'invalidated' : how
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

function storedValues(snapshot: Snapshot): Values {
  switch (snapshot.state) {
    case 'stored':
      return snapshot.record.values
    case 'retired':
      return JSON.parse(JSON.stringify(snapshot.tombstone.values))
    default:
      return {}
  }
}
