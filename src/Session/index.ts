import type { EmitterContract, EventsList } from '@ioc:Adonis/Core/Event'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  CommitOptions,
  SessionConfig,
  SessionContract,
  SessionDriverContract,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { canTag } from '../AtomicBridge/capabilities'
import { measured } from '../Diagnostics'
import { Flash } from '../Flash'
import { isId, newId, readIds } from '../IdCookie'
import { Repository } from '../Repository'
import { rebasedValues } from '../Repository/rebase'
import { Change, Saved, Snapshot } from '../Repository/states'
import { settingsOf } from '../Settings'
import { Store } from '../Store'
import { split } from '../Values/messages'
import { isEmpty, Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { announce, SessionEvent } from './events'
import { limitSessions } from './limit'
import { notesOf } from './notes'
import { sendCookie, tellCaches, tellWhenToRetry } from './response'
import {
  hasEnded,
  isNothing,
  isOneSession,
  newestOf,
  newSnapshot,
  reasonOfRejection,
} from './snapshots'
import { shareWithView } from './view'
import { SessionVerbs } from './SessionVerbs'

/**
 * The session of one HTTP request: it is initiated before the handler and committed after it. In
 * between everything happens in memory.
 */
export class Session extends SessionVerbs implements SessionContract {
  /** The id that came with the request; `null`: none that can be read. */
  private cookieId: string | null

  /** Those that came: more than one where the browser has cookies of the name from several domains or paths. */
  private ids: string[]

  /** Of these, the ones that this request doesn't go on from: refused, or of another session. */
  private idsLeft: string[] = []

  private repository: Repository
  private unreadable: string | undefined
  private rejected: SessionTombstone['reason'] | undefined
  private isSkipped = false
  private canTag: boolean
  private lastCommit: Promise<void> | undefined

  constructor(
    ctx: HttpContextContract,
    config: SessionConfig,
    private driver: SessionDriverContract,
    private emitter?: EmitterContract
  ) {
    const settings = settingsOf(config)
    const { ids, isUnreadable } = readIds(ctx, settings)
    super(ctx, settings, ids[0] ?? null)
    this.repository = new Repository(driver, settings)
    this.canTag = canTag(driver)
    this.cookieId = ids[0] ?? null
    this.ids = ids
    this.unreadable = isUnreadable ? 'The session cookie is not signed by this app' : undefined
  }

  public supportsTagging(): boolean {
    return this.canTag
  }

  public async initiate(readonly: boolean): Promise<void> {
    if (this.initiated) {
      return
    }
    this.readonly = readonly
    shareWithView(this.ctx, this)
    this.isSkipped = this.settings.skips(this.ctx)
    if (this.isSkipped) {
      this.begin(newSnapshot(newId(), 'new'))
      this.initiated = true
      return
    }

    const timing = this.profile('session:initiate')
    try {
      await measured(
        'load',
        this.settings.driver,
        () => this.load(),
        () => ({ state: this.snapshot.found.state })
      )
    } catch (error) {
      tellWhenToRetry(this.ctx, this.settings, error)
      throw error
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
    if (this.rejected) {
      this.announce('session:rejected', { reason: this.rejected })
    }
  }

  public async reload(): Promise<void> {
    this.readable
    await this.lastCommit
    // What was put since a logout is of a session that nobody else knows yet.
    const isNew = this.snapshot.found.state === 'new' || this.idChange === 'invalidated'
    if (this.isSkipped || isNew) {
      return
    }
    try {
      this.resume(await this.repository.load(this.snapshot.id))
    } catch (error) {
      tellWhenToRetry(this.ctx, this.settings, error)
      throw error
    }
  }

  public commit({ flushHeaders = false }: CommitOptions = {}): Promise<void> {
    const commit = this.lastCommit ? this.lastCommit.then(() => this.save()) : this.save()
    this.lastCommit = commit.catch(() => {})
    const { response } = this.ctx
    return flushHeaders
      ? commit.then(() => void (response.headersSent || response.flushHeaders()))
      : commit
  }

  private async load() {
    const isGiven = this.sessionId !== this.snapshot.id
    if (isGiven) {
      this.takeGivenId()
    }
    if (this.snapshot.found.state === 'new') {
      this.begin(this.snapshot)
      return
    }
    const [, ...otherIds] = this.ids
    // After a commit, the first one may have been replaced.
    this.ids = [this.snapshot.id, ...otherIds]
    const snapshot = await newestOf(this.repository, this.ids)
    if (otherIds.includes(snapshot.cameAs)) {
      this.cookieId = snapshot.cameAs
    }
    if (snapshot.found.state === 'unreadable') {
      this.unreadable = snapshot.found.reason
    }
    this.rejected = reasonOfRejection(snapshot)
    const isRefused = snapshot.isRefused || (isGiven && isNothing(snapshot))
    this.begin({ ...snapshot, isRefused })
  }

  /** The app has set the id, as for a client without cookies. Nobody has signed it: it has to have a session. */
  private takeGivenId() {
    this.ids = [this.sessionId].filter(isId)
    this.fresh = this.ids.length === 0
    this.sessionId = this.ids[0] ?? newId()
    this.snapshot = newSnapshot(this.sessionId, this.fresh ? 'new' : 'absent')
  }

  /** Goes on from what is stored. A readonly session leaves the flash messages to the next request. */
  private begin(loaded: Snapshot) {
    const snapshot = loaded.isRefused ? newSnapshot(newId(), 'new') : loaded
    const { id, found } = snapshot
    const record = found.state === 'stored' ? found.record : null
    const { values, messages } = split(record?.values ?? JSON.parse(snapshot.base))
    this.snapshot = snapshot
    this.idsLeft = this.ids.filter((came) => came !== snapshot.cameAs)
    this.own = null
    this.store = new Store(values)
    if (this.idChange === null) {
      this.sessionId = hasEnded(snapshot) ? newId() : id
      this.fresh ||= this.sessionId !== loaded.cameAs
    }
    const received = this.flashLedger.begin(messages, record?.meta.flashed ?? {})
    if (!isEmpty(received) || !this.flashMessages.isEmpty) {
      // The same object: who asked for it before has the messages as well.
      this.flashMessages.clear()
      this.flashMessages.update(received)
    }
  }

  /**
   * Goes on from what others have stored since, with the changes of this request on top. A session that has
   * ended takes them along.
   */
  private resume(loaded: Snapshot) {
    const { cameAs, isSent } = this.snapshot
    const snapshot = { ...loaded, cameAs, isSent }
    if (!isOneSession(this.snapshot, snapshot)) {
      this.idChange = null
      this.begin(loaded)
      return
    }
    const change = this.change({})
    const values = rebasedValues(this.snapshot, change, snapshot.base)
    this.store = Store.resumed(JSON.parse(values), change.operations)
    this.snapshot = snapshot
    this.sessionId = this.idChange || hasEnded(snapshot) ? this.sessionId : snapshot.id
  }

  private async save() {
    if (!this.initiated || this.isSkipped) {
      return
    }
    if (!this.readonly) {
      await this.saveChange().catch((error) => this.saveWithoutInput(error))
    }
    tellCaches(this.ctx, this.settings, this.isUsed)
  }

  /** A form that does not fit is shown again with its errors, and without what was filled in. */
  private async saveWithoutInput(error: Error & { code?: string }) {
    const messages = this.responseFlashMessages
    const hasInput = messages instanceof Flash && messages.hasInput
    if (error.code !== 'E_SESSION_COOKIE_TOO_LARGE' || !hasInput) {
      throw error
    }
    this.ctx.logger.warn('session: the flashed input is dropped. %s', error.message)
    messages.setInput({})
    await this.saveChange()
  }

  private async saveChange() {
    const { ctx, settings, cookieId } = this
    this.changeIdWhereItCanBeSent()
    const messages = this.ownMessages()
    const change = this.change(messages)
    const timing = this.profile('session:commit')
    try {
      const saved = await measured(
        'commit',
        settings.driver,
        () => this.repository.save(this.snapshot, change),
        ({ outcome }) => ({ outcome })
      )
      await limitSessions(this.driver, settings, this.snapshot, saved, (ended) =>
        announce(this.emitter, ctx.logger, 'session:destroyed', ended)
      )
      if (change.idChange === 'invalidated') {
        await this.endIdsLeft()
      }
      sendCookie(ctx, settings, saved, { cookieId, prolongs: change.prolongs })
      this.settle(saved, change, messages)
    } catch (error) {
      tellWhenToRetry(this.ctx, this.settings, error)
      throw error
    } finally {
      timing.end()
    }
  }

  /** A logout is one for each id that the browser has sent: the next request would go on with another one. */
  private async endIdsLeft() {
    for (const id of this.idsLeft) {
      await this.repository.revoke(id, true)
    }
    this.idsLeft = []
  }

  private change(messages: Values): Change {
    const { sessionId: id, store, own, idChange, snapshot } = this
    return {
      id,
      idChange,
      values: store.isPristine ? snapshot.base : toJson(store.live),
      operations: store.operations,
      flash: this.flashChange(messages),
      own,
      notes: notesOf(this.ctx, this.settings, store, snapshot),
      prolongs: this.prolongs,
    }
  }

  /**
   * A second commit of this request goes on from what this one has stored. What was called while it was
   * under way is still to be saved.
   */
  private settle({ outcome, snapshot }: Saved, change: Change, messages: Values) {
    const fromSessionId = this.snapshot.id
    this.snapshot = snapshot
    this.own = this.own === change.own ? null : this.own
    if (this.sessionId === change.id) {
      this.idChange = null
      this.sessionId = hasEnded(snapshot) ? change.id : snapshot.id
    }
    if (outcome !== 'gone') {
      const { found } = snapshot
      const tokens = found.state === 'stored' ? found.record.meta.flashed : undefined
      this.store.settle(change.operations)
      this.settleFlash(messages, change.flash, tokens ?? {})
    }

    if (snapshot.id !== fromSessionId) {
      this.announce('session:migrated', { fromSessionId, toSessionId: snapshot.id })
    }
    this.announce('session:committed', { outcome })
  }

  private profile(action: string) {
    return this.ctx.profiler.profile(action, { driver: this.settings.driver })
  }

  private announce<Event extends SessionEvent>(
    event: Event,
    data: Omit<EventsList[Event], 'ctx' | 'session'>
  ) {
    const all = { ctx: this.ctx, session: this, ...data } as unknown as EventsList[Event]
    announce(this.emitter, this.ctx.logger, event, all)
  }
}
