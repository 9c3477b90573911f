import type {
  AtomicDriverContract,
  Found,
  SessionMeta,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { sealingOf } from '../AtRest/records'
import { SessionException } from '../Exceptions'
import { Outage, outageOfMarks } from '../Outage'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { Admission, ENDED, Endings, Retired } from './index'
import {
  epochText,
  isEnded,
  isHandle,
  markAfter,
  markIdOf,
  markIn,
  markWithout,
  recordOf,
  TagMark,
} from './tags'

/** A mark is kept for this much longer than the longest session that it can apply to. */
const MARGIN_IN_MS = 3_600_000

/** Lost races in a row before a change of a mark gives up. */
const ATTEMPTS = 100

const ABSENT: Found = { state: 'absent' }

/** Sessions without an absolute age may be as old as this: a hundred years. */
const LONGEST_IN_MS = 100 * 365.25 * 24 * 3_600_000

/**
 * Remembers endings in the store of another driver, where every process finds them: the tombstones of ids, and a mark
 * for each tag whose sessions were ended. `warn` is told when the store is down and the config accepts that.
 */
export class EndingsInStore extends Endings {
  public readonly prune = this.marks.prune && (() => this.marks.prune!())

  private outage: Outage

  /**
   * The tags that sessions of this request have had, by handle, with their epochs. After a commit, the meta in memory
   * has no epoch.
   */
  private epochs = new Map<string, Map<string, string>>()

  /** The meta of sessions that this request has stored, by id. */
  private stored = new Map<string, SessionMeta>()

  constructor(
    private marks: AtomicDriverContract,
    settings: Settings,
    private warn: (message: string) => void
  ) {
    super(settings)
    this.outage = outageOfMarks(settings)
  }

  public async find(id: string, meta: SessionMeta = {}): Promise<Retired | null> {
    const [retired, isOver] = await Promise.all([super.find(id), this.isEndedByTag(meta)])
    if (isOver) {
      return ended()
    }
    this.note(meta)
    return retired
  }

  /**
   * A session whose tag has changed in this request has also ended if the sessions with the former tag have. One that
   * has just been tagged gets the current epoch of its tag.
   */
  public async admit(id: string, meta: SessionMeta): Promise<Admission> {
    const { tag, handle = '' } = meta
    this.note(meta.epoch === undefined ? {} : meta)
    const known = this.epochs.get(handle) ?? new Map<string, string>()
    const tags = [...new Set([...known.keys(), ...(tag === undefined ? [] : [tag])])]
    const [retired, ...marks] = await Promise.all([
      super.find(id),
      ...tags.map((one) => this.markOf(one)),
    ])
    const isOver = tags.some(
      (one, at) => known.has(one) && isEnded({ handle, epoch: known.get(one) }, marks[at])
    )
    if (retired || isOver) {
      return { ended: isOver ? ended() : retired! }
    }
    if (tag === undefined) {
      return { ended: null, meta }
    }
    const { epoch } = marks[tags.indexOf(tag)]
    const admitted = { ...meta, epoch: epoch ? epochText(epoch) : (known.get(tag) ?? epochText(0)) }
    this.note(admitted)
    this.stored.set(id, admitted)
    return { ended: null, meta: admitted }
  }

  /** Ends the sessions with a tag: all of them, the one with a handle, or all but that. */
  public readonly endTagged = async (
    tag: string,
    { only, except }: { only?: string; except?: string }
  ) => {
    if (only !== undefined && !isHandle(only)) {
      return
    }
    const { absoluteAgeInMs } = this.settings
    const ttlInMs = Math.min(absoluteAgeInMs + MARGIN_IN_MS, LONGEST_IN_MS)
    const id = markIdOf(tag)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.ask('read', () => this.marks.load(id))
      const mark = markIn(found)
      const next = only === undefined ? markAfter(mark, except) : markWithout(mark, only)
      const expected = found.state === 'stored' ? found.record.version : null
      const { done } = await this.ask('write', () =>
        this.marks.replace(id, recordOf(next, ttlInMs), expected, ttlInMs)
      )
      if (done) {
        return
      }
    }
    const reason = new Error(`it could not be changed, ${ATTEMPTS} times in a row`)
    throw SessionException.storeUnavailable(this.settings.revocation!.driver, 'retire', reason)
  }

  /** A tombstone is kept for longer than its values may be read, which is until `readableUntil`. */
  protected async standing(id: string): Promise<Retired | null> {
    return this.retiredIn(id, (await this.read(id)) ?? ABSENT)
  }

  protected async leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null> {
    const { tag, handle, epoch } = this.stored.get(tombstone.successor ?? '') ?? {}
    const heir = tag === undefined ? undefined : { tag, handle, epoch }
    const readable = { ...tombstone, heir, readableUntil: Date.now() + ttlInMs }
    const stored = sealingOf(this.settings).sealTombstone(id, readable)
    const longestInMs = Math.max(ageInMs, ttlInMs)
    try {
      const changed = await this.ask('retire', () =>
        this.marks.retire(id, stored, undefined, longestInMs)
      )
      return changed.done ? null : this.retiredIn(id, changed.found)
    } catch (error) {
      // A session that should end would stay valid. If only an old id would, the config decides.
      if (!tombstone.successor) {
        throw error
      }
      this.accept(error)
      return null
    }
  }

  private note({ tag, handle = '', epoch = epochText(0) }: SessionMeta) {
    if (tag !== undefined) {
      this.epochs.set(
        handle,
        (this.epochs.get(handle) ?? new Map<string, string>()).set(tag, epoch)
      )
    }
  }

  private async isEndedByTag(meta: SessionMeta): Promise<boolean> {
    return meta.tag !== undefined && isEnded(meta, await this.markOf(meta.tag))
  }

  /** While the store is down, a session that is tagged gets the present as its epoch, so that it isn't ended later. */
  private async markOf(tag: string): Promise<TagMark> {
    const found = await this.read(markIdOf(tag))
    return found ? markIn(found) : { ...markIn(ABSENT), epoch: Date.now() }
  }

  /** The session under another id that a tombstone leads to may have ended by its tag. */
  protected async hasHeirEnded({ heir }: SessionTombstone): Promise<boolean> {
    return heir !== undefined && this.isEndedByTag(heir)
  }

  private retiredIn(id: string, given: Found): Retired | null {
    const found = sealingOf(this.settings).open(id, given)
    if (found.state !== 'retired') {
      return null
    }
    const { readableUntil = found.expiresAt, ...tombstone } = found.tombstone
    return readableUntil > Date.now()
      ? { ...found, tombstone, expiresAt: readableUntil }
      : { ...found, tombstone: { ...ENDED, successor: tombstone.successor } }
  }

  /** `null`: the store is down, and the config accepts that. */
  private async read(id: string): Promise<Found | null> {
    try {
      return await this.ask('read', () => this.marks.load(id))
    } catch (error) {
      this.accept(error)
      return null
    }
  }

  /** @throws the error, unless the config accepts that endings aren't known while the store is down */
  private accept(error: Error) {
    if (!this.settings.revocation!.acceptsOutage) {
      throw error
    }
    this.warn(`Sessions are accepted without knowing whether they have ended. ${error.message}`)
  }

  private ask<T>(operation: string, question: () => T | Promise<T>): Promise<T> {
    return this.outage.ask(this.marks, operation, question)
  }
}

function ended(): Retired {
  return {
    state: 'retired',
    tombstone: { ...ENDED, revision: revision() },
    expiresAt: Date.now() + MARGIN_IN_MS,
  }
}
