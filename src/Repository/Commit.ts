import { isDeepStrictEqual } from 'util'
import type { SessionMeta, SessionOutcome, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { newId } from '../IdCookie'
import { endsWithBrowser, Settings } from '../Settings'
import { GuardedDriver, LOST_RACES } from './GuardedDriver'
import { Lineage } from './Lineage'
import { isLatelyRetired } from '../Tombstones/age'
import { isTouchDue, metaNow, timeToLive } from './lifetime'
import { isUnchanged, rebased, rebasedValues, Text, textOf, tombstoneFor } from './rebase'
import { Did, isSameSession, RULES, standsNow } from './rules'
import { Change, Saved, Snapshot } from './states'
import { inTurn } from './turns'

type Found = Snapshot['found']

const NOTHING = { messages: {}, tokens: {} }

/** What an action tried, and what stands under the id instead. */
type Attempt = Promise<Saved | Found>

function isSaved(result: Saved | Found): result is Saved {
  return 'outcome' in result
}

function recordIn(found: Found): StoredRecord | null {
  return found.state === 'stored' ? found.record : null
}

/** Of these a logout has to end its session all the same: nobody can repeat it, or not soon. */
const ENDING_ALL_THE_SAME = ['E_SESSION_STORE_UNAVAILABLE', 'E_SESSION_RESPONSE_SENT']

/** An error that keeps no session from ending. Others are thrown on: nothing has been changed then. */
function endingAllTheSame(error: Error & { code?: string }): Error {
  if (ENDING_ALL_THE_SAME.includes(error.code ?? '')) {
    return error
  }
  throw error
}

/**
 * Saves what one request did: looks up in the table what is to be done with what stands under the id,
 * tries it, and looks again with what stands there instead, until it is done.
 */
export class Commit {
  private did: Did

  constructor(
    private driver: GuardedDriver,
    private lineage: Lineage,
    private settings: Settings,
    private snapshot: Snapshot,
    private change: Change
  ) {
    this.did = change.idChange ?? this.didWithoutIdChange()
  }

  public async run(): Promise<Saved> {
    const { id, found } = this.snapshot
    if (this.did === 'nothing' && !this.hasToAsk()) {
      return found.state === 'retired' ? this.saved('gone') : this.saved('untouched')
    }
    return inTurn(id, this.settings, () => this.settle(id, found))
  }

  /** The loop around the table. */
  private async settle(id: string, found: Found): Promise<Saved> {
    for (let lost = 0; lost < LOST_RACES; lost++) {
      const action = RULES[this.did][standsNow(this.snapshot, found, this.settings)]
      const result = await this[action](id, found)
      if (isSaved(result)) {
        return result
      }
      found = result
    }
    throw this.driver.contended('write')
  }

  private didWithoutIdChange(): Did {
    return isUnchanged(this.snapshot, this.change, this.settings) ? 'nothing' : 'changed'
  }

  /** Must the driver be asked, although nothing changed? */
  private hasToAsk(): boolean {
    const { found } = this.snapshot
    const isDue = found.state === 'stored' && isTouchDue(found.record, this.settings)
    return this.change.prolongs && (isDue || this.sendsId())
  }

  /** Will the response carry an id that another request may have retired meanwhile? */
  private sendsId(): boolean {
    const { id, cameAs, isSent, found } = this.snapshot
    switch (found.state) {
      case 'stored':
        return isSent || id !== cameAs
      case 'absent':
      case 'unreadable':
        return this.settings.saveUninitialized
      default:
        return false
    }
  }

  /* The actions of the table. */

  protected async keep(id: string, found: Found): Attempt {
    const record = recordIn(found)
    if (!record && recordIn(this.snapshot.found)) {
      return this.write(id, found)
    }
    if (record && this.change.prolongs && isTouchDue(record, this.settings)) {
      const touched = await this.driver.touch(id, record)
      return touched.done ? this.stored('touched', id, touched.record) : touched.found
    }
    const now = await this.lineage.look(id)
    return now.state === 'retired' || (record && now.state !== 'stored')
      ? now
      : this.saved('untouched')
  }

  protected async leave(): Attempt {
    return this.saved('untouched')
  }

  protected async giveUp(): Attempt {
    return this.saved('gone')
  }

  protected async write(id: string, found: Found): Attempt {
    if (found.state === 'unreadable' && found.isBarred && !recordIn(this.snapshot.found)) {
      // Another server has begun a session there meanwhile, with a key that this one lacks.
      this.change = { ...this.change, id: newId() }
      return this.begin()
    }
    const record = recordIn(found)
    const { text, inherited } = this.onto(record)
    const written = await this.driver.replace(
      id,
      text.json,
      this.meta(inherited, text, true),
      found
    )
    if (!written.done) {
      return written.found
    }
    const isOthers = record && record.version !== recordIn(this.snapshot.found)?.version
    return this.stored(isOthers ? 'merged' : 'committed', id, written.record)
  }

  protected async move(id: string, found: Found): Attempt {
    const left = recordIn(found)
    const { text, inherited } = this.onto(left)
    const meta = this.meta(inherited, text, false)
    const created = await this.create('migrated', text, meta)
    if (created.outcome === 'gone' && meta.tag !== undefined && left?.meta.tag === meta.tag) {
      // Other sessions with the tag were ended, and nobody knew whose id this is. A session that was meant has ended
      // under the id that it has.
      this.change = { ...this.change, id: newId() }
      return this.lineage.look(id)
    }
    if (found.state === 'new' || created.outcome === 'gone') {
      return created
    }
    const { json } = text
    const { handle } = meta
    const tombstone = tombstoneFor(this.change, left, { json, handle }, this.settings)
    const retired = await this.driver.retire(id, tombstone, found)
    if (retired.done) {
      return created
    }
    await this.driver.destroy(this.change.id)
    return retired.found
  }

  /** The session is under another id by now: what this request did belongs to it, as if it had ended before. */
  protected async follow(_: string, found: Found): Attempt {
    const successor = found.state === 'retired' && found.tombstone.successor
    if (!successor) {
      return this.saved('gone')
    }
    return inTurn(successor, this.settings, async () =>
      this.settle(successor, await this.lineage.look(successor))
    )
  }

  protected async stay(_: string, found: Found): Attempt {
    this.change = { ...this.change, id: this.snapshot.id, idChange: null }
    this.did = this.didWithoutIdChange()
    return found
  }

  /**
   * A second login with the same id. If it changed nothing beside, its work is done. If it did, it gets a
   * session of its own: what may still be read under the old id, and what it did.
   */
  protected async fork(_: string, found: Found): Attempt {
    if (found.state !== 'retired') {
      return found
    }
    const { tombstone } = found
    const { values: held, heir, isEnded } = await this.lineage.heirOf(tombstone)
    // It was alive when this request read it: a logout came meanwhile, as without the other login.
    const wasAlive = recordIn(this.snapshot.found) !== null || this.snapshot.base !== '{}'
    if (isEnded && wasAlive) {
      return this.saved('gone')
    }
    const readable = isLatelyRetired(found, this.settings) ? held : {}
    const values = rebasedValues(this.snapshot, this.change, JSON.stringify(readable))
    const isSame = isDeepStrictEqual(JSON.parse(values), readable)
    const text = textOf(values, this.change, NOTHING)
    if (isSame && text.flashed === undefined) {
      return this.saved('gone')
    }
    if (!heir) {
      const { handle, ...inherited } = tombstone.meta ?? {}
      return this.create('migrated', text, this.meta(inherited, text, false))
    }
    const family = await inTurn(heir.id, this.settings, () => this.lineage.familyOf(heir))
    if (family === null) {
      return found
    }
    const { createdAt, age, persist, tag, taggedAt } = heir.found.record.meta
    const inherited = { createdAt, age, persist, tag, taggedAt, family }
    return this.create('migrated', text, this.meta(inherited, text, false))
  }

  protected async begin(): Attempt {
    const text = rebased(this.snapshot, this.change, null)
    return text.json === '{}'
      ? this.saved('gone')
      : this.create('migrated', text, this.meta({}, text, false))
  }

  protected async end(id: string, found: Found): Attempt {
    const text = textOf(this.change.values, this.change, NOTHING)
    const begin = () => this.create('destroyed', text, this.meta({}, text, false))
    if (found.state === 'new') {
      return begin()
    }
    const begun = await begin().catch(endingAllTheSame)
    const isFirst = await this.lineage.end(id, { reason: 'invalidated', withFamily: true }, found)
    if (begun instanceof Error) {
      throw begun
    }
    if (isFirst || this.snapshot.found.state === 'retired') {
      return begun
    }
    await this.driver.destroy(this.change.id)
    return this.saved('gone')
  }

  /* What the actions share. */

  /**
   * The change on top of a record, and the meta that goes on. Where the time of the session came during
   * the request, all of it is stored, also on top of what was begun under its id since.
   */
  private onto(record: StoredRecord | null): { text: Text; inherited?: SessionMeta } {
    const { snapshot, change } = this
    const began = recordIn(snapshot.found)
    if (!began || (record && isSameSession(began, record))) {
      return { text: rebased(snapshot, change, record), inherited: record?.meta }
    }
    const whole = rebased({ ...snapshot, base: '{}' }, { ...change, operations: [] }, record)
    return { text: whole, inherited: began.meta }
  }

  private meta(inherited: SessionMeta = {}, { flashed }: Text, keepsId: boolean): SessionMeta {
    return metaNow({ inherited, keepsId }, this.change, flashed, this.settings)
  }

  /** Stores a record under the new id; no values need no record. `gone`: somebody has ended it already. */
  private async create(outcome: SessionOutcome, { json }: Text, meta: SessionMeta): Promise<Saved> {
    const { id } = this.change
    if (json === '{}') {
      return { ...this.saved(outcome), snapshot: this.snapshotOf(id, { state: 'new' }) }
    }
    const first = await this.driver.replace(id, json, meta, { state: 'absent' })
    // An attempt before, which failed later on, may have left its record: the id is nobody else's.
    const written = first.done ? first : await this.driver.replace(id, json, meta, first.found)
    if (!written.done && written.found.state === 'retired') {
      // Sessions with its tag were ended, which found that it was about to begin.
      return this.saved('gone')
    }
    if (!written.done) {
      throw this.driver.contended('write')
    }
    return this.stored(outcome, id, written.record)
  }

  private stored(outcome: SessionOutcome, id: string, record: StoredRecord): Saved {
    return {
      outcome,
      snapshot: this.snapshotOf(id, { state: 'stored', record }),
      cookieAgeInMs: this.cookieAge(record.meta),
    }
  }

  /** Nothing was stored: a second commit begins with what this one began with. */
  private saved(outcome: SessionOutcome): Saved {
    const { snapshot } = this
    return {
      outcome,
      snapshot,
      cookieAgeInMs: this.cookieAge(recordIn(snapshot.found)?.meta ?? {}),
    }
  }

  private cookieAge(meta: SessionMeta): number | null {
    return endsWithBrowser(meta, this.settings) ? null : timeToLive(meta, this.settings)
  }

  private snapshotOf(id: string, found: Found): Snapshot {
    const { values: base } = this.change
    return { ...this.snapshot, id, cameAs: id, isSent: true, found, base, isRefused: false }
  }
}
