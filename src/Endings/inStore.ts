import type {
  AtomicDriverContract,
  Found,
  SessionMeta,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { sealingOf } from '../AtRest/records'
import { Outage, outageOfMarks } from '../Outage'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { Admission, ENDED, Endings, Retired } from './index'
import { FIRST_EPOCH, isEnded, markIdOf, markIn, markWithout, nextMark, recordOf } from './tags'

/** A mark is kept for this much longer than the longest session that it can apply to. */
const MARGIN_IN_MS = 3_600_000

/** Sessions without an absolute age may be as old as this: a hundred years. */
const LONGEST_IN_MS = 100 * 365.25 * 24 * 3_600_000

/**
 * Remembers endings in the store of another driver, where every process finds them: the tombstones of ids, and a mark
 * for each tag whose sessions were ended. `warn` is told when the store is down and the config accepts that.
 */
export class EndingsInStore extends Endings {
  public readonly prune = this.marks.prune && (() => this.marks.prune!())

  private outage: Outage

  /** The epochs of the sessions of this request, by handle. After a commit, the meta in memory has none. */
  private epochs = new Map<string, string>()

  constructor(
    private marks: AtomicDriverContract,
    private settings: Settings,
    private warn: (message: string) => void
  ) {
    super()
    this.outage = outageOfMarks(settings)
  }

  public async find(id: string, meta: SessionMeta = {}): Promise<Retired | null> {
    const { tag, handle = '', epoch = FIRST_EPOCH } = meta
    const [retired, isOver] = await Promise.all([super.find(id), this.isEndedByTag(meta)])
    if (tag !== undefined && !isOver) {
      this.epochs.set(handle, epoch)
    }
    return retired ?? (isOver ? ended() : null)
  }

  public async admit(id: string, meta: SessionMeta): Promise<Admission> {
    const { tag, handle = '', epoch = this.epochs.get(handle) } = meta
    if (tag === undefined) {
      return super.admit(id, meta)
    }
    const [retired, found] = await Promise.all([super.find(id), this.read(markIdOf(tag))])
    const mark = markIn(found)
    if (retired || (epoch !== undefined && isEnded({ ...meta, epoch }, mark))) {
      return { ended: retired ?? ended() }
    }
    const now = mark.epoch === FIRST_EPOCH ? (epoch ?? FIRST_EPOCH) : mark.epoch
    this.epochs.set(handle, now)
    return { ended: null, meta: { ...meta, epoch: now } }
  }

  /** Ends the sessions with a tag: all of them, the one with a handle, or all but that. */
  public readonly endTagged = async (
    tag: string,
    { only, except }: { only?: string; except?: string }
  ) => {
    const { absoluteAgeInMs } = this.settings
    const ttlInMs = Math.min(absoluteAgeInMs + MARGIN_IN_MS, LONGEST_IN_MS)
    const id = markIdOf(tag)
    for (let isDone = false; !isDone;) {
      const found = await this.ask('read', () => this.marks.load(id))
      const mark = markIn(found)
      const next =
        only === undefined ? nextMark(mark, except) : markWithout(only, mark, Date.now() + ttlInMs)
      const expected = found.state === 'stored' ? found.record.version : null
      const changed = await this.ask('write', () =>
        this.marks.replace(id, recordOf(next), expected, ttlInMs)
      )
      isDone = changed.done
    }
  }

  /** A tombstone is kept for longer than its values may be read, which is until `readableUntil`. */
  protected async standing(id: string): Promise<Retired | null> {
    return this.read(id).then((found) => this.retiredIn(id, found))
  }

  protected async leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null> {
    const readable = { ...tombstone, readableUntil: Date.now() + ttlInMs }
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

  private async isEndedByTag(meta: SessionMeta): Promise<boolean> {
    return meta.tag !== undefined && isEnded(meta, markIn(await this.read(markIdOf(meta.tag))))
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

  private async read(id: string): Promise<Found> {
    try {
      return await this.ask('read', () => this.marks.load(id))
    } catch (error) {
      this.accept(error)
      return { state: 'absent' }
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
