import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { isForSharedCaches } from '../Cookies/caches'
import { SessionException } from '../Exceptions'
import { newId } from '../IdCookie'
import { isRotationDue } from '../Repository/lifetime'
import { Change, IdChange, Snapshot } from '../Repository/states'
import { isAge, Settings, toMilliseconds } from '../Settings'
import { tagOf } from '../Settings/registry'
import { worded } from '../Settings/words'
import { toJson } from '../Values/storable'
import { expiryOf } from './expiry'
import { handleIn, newSnapshot } from './snapshots'
import { Verbs } from './Verbs'

/** What a handler says to its session about the session itself: its id, its age, its cookie. */
export abstract class SessionVerbs extends Verbs {
  public fresh: boolean

  public sessionId: string

  protected snapshot: Snapshot
  protected own: Change['own'] = null
  protected idChange: IdChange = null

  private isPassive = false

  public hasRegeneratedSession = false

  /** The session of an id that came with the request, or a new one. */
  constructor(ctx: HttpContextContract, settings: Settings, cameAs: string | null) {
    super(ctx, settings)
    this.fresh = cameAs === null
    this.sessionId = cameAs ?? newId()
    this.snapshot = newSnapshot(this.sessionId, this.fresh ? 'new' : 'absent')
  }

  public get hasBeenModified(): boolean {
    const { isPristine, live } = this.readable
    return !isPristine && toJson(live) !== this.snapshot.base
  }

  public regenerate(): void {
    this.writable
    this.changeId('regenerated')
  }

  public invalidate(): void {
    this.writable.clear()
    this.own = null
    this.changeId('invalidated')
  }

  public setAge(age: string | number): void {
    this.writable
    const ageInMs = toMilliseconds(age)
    if (!isAge(ageInMs)) {
      throw SessionException.invalidAge(worded(age))
    }
    this.own = { ...this.own, age: ageInMs }
  }

  public persist(outlivesBrowser: boolean): void {
    this.writable
    this.own = { ...this.own, persist: outlivesBrowser }
  }

  public tag(tag: string | number): void {
    this.writable
    if (!this.supportsTagging()) {
      throw SessionException.taggingNotSupported(this.settings.driver)
    }
    this.own = { ...this.own, tag: tagOf(tag) }
  }

  public untag(): void {
    this.writable
    this.own = { ...this.own, tag: null }
  }

  public abstract supportsTagging(): boolean

  public get handle(): string | null {
    return (this.idChange !== 'invalidated' && handleIn(this.snapshot)) || null
  }

  public passive(): void {
    this.readable
    this.isPassive = true
  }

  public get expiresAt(): Date | null {
    const { own, idChange, prolongs } = this
    const isChanged = this.hasBeenModified || own !== null || idChange !== null
    const holds = { isEmpty: this.isEmpty, isChanged, isEnding: idChange === 'invalidated' }
    return expiryOf(this.snapshot, { ...holds, own, prolongs }, this.settings)
  }

  /** Is the request use of the session, and may its response say so with a cookie? */
  protected get prolongs(): boolean {
    return !this.isPassive && !isForSharedCaches(this.ctx.response)
  }

  /** No id is changed where the browser could not learn the new one: it would be logged out. */
  protected changeIdWhereItCanBeSent() {
    const { snapshot, settings, ctx, idChange } = this
    const { headersSent, response } = ctx.response
    const { found } = snapshot
    if (idChange && idChange !== 'invalidated' && headersSent && found.state === 'stored') {
      if (idChange === 'regenerated') {
        ctx.logger.warn('session: the id stays, as the response has left before the commit')
      }
      this.idChange = null
      this.sessionId = snapshot.id
    }
    const isDue = found.state === 'stored' && isRotationDue(found.record, settings)
    if (isDue && idChange === null && this.prolongs && !headersSent && response.socket) {
      this.idChange = 'rotated'
      this.sessionId = newId()
    }
  }

  private changeId(how: 'regenerated' | 'invalidated') {
    this.idChange = this.idChange === 'invalidated' ? 'invalidated' : how
    this.hasRegeneratedSession = true
    this.fresh = true
    this.sessionId = newId()
  }
}
