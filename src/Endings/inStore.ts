import type { Found, SessionMeta, SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { Sealing, sealingOf } from '../AtRest/records'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { Admission, ENDED, Endings, Retired } from './index'
import { MarkStore } from './MarkStore'
import { TagMarks } from './TagMarks'

/** A mark is kept for this much longer than the longest session that it can apply to. */
const MARGIN_IN_MS = 3_600_000

/** Sessions without an absolute age may be as old as this: a hundred years. */
const LONGEST_IN_MS = 100 * 365.25 * 24 * 3_600_000

/**
 * Remembers endings in the store of another driver, where every process finds them: the tombstones of ids, and a mark
 * for each tag whose sessions were ended.
 */
export class EndingsInStore extends Endings {
  public readonly prune = this.store.prune

  private tags: TagMarks
  private sealing: Sealing

  /** The meta of sessions that this request has stored, by id. */
  private stored = new Map<string, SessionMeta>()

  constructor(
    private store: MarkStore,
    settings: Settings
  ) {
    super(settings)
    this.tags = new TagMarks(
      store,
      Math.min(settings.absoluteAgeInMs + MARGIN_IN_MS, LONGEST_IN_MS)
    )
    this.sealing = sealingOf(settings)
  }

  public async find(id: string, meta: SessionMeta = {}): Promise<Retired | null> {
    const [retired, isOver] = await Promise.all([super.find(id), this.tags.haveEnded(meta)])
    if (isOver) {
      return ended()
    }
    this.tags.note(meta)
    return retired
  }

  public async admit(id: string, meta: SessionMeta): Promise<Admission> {
    const [retired, admitted] = await Promise.all([super.find(id), this.tags.admit(meta)])
    if (retired || !admitted) {
      return { ended: admitted ? retired! : ended() }
    }
    this.stored.set(id, admitted)
    return { ended: null, meta: admitted }
  }

  public readonly endTagged = (tag: string, options: { only?: string; except?: string }) =>
    this.tags.end(tag, options)

  protected async standing(id: string): Promise<Retired | null> {
    const found = await this.store.read(id)
    return found && this.retiredIn(id, found)
  }

  protected async leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null> {
    const heir = this.stored.get(tombstone.successor ?? '')
    const stored = this.sealing.sealTombstone(id, {
      ...tombstone,
      heir: heir && { tag: heir.tag, handle: heir.handle, epoch: heir.epoch },
      readableUntil: Date.now() + ttlInMs,
    })
    try {
      const changed = await this.store.retire(id, stored, undefined, Math.max(ageInMs, ttlInMs))
      return changed.done ? null : this.retiredIn(id, changed.found)
    } catch (error) {
      // A session that should end would stay valid. If only an old id would, the config decides.
      if (!tombstone.successor) {
        throw error
      }
      this.store.accept(error)
      return null
    }
  }

  /** The session under another id that a tombstone leads to may have been ended by its tag. */
  protected async hasHeirEnded({ heir }: SessionTombstone): Promise<boolean> {
    return heir !== undefined && this.tags.haveEnded(heir)
  }

  /** A tombstone is kept for longer than its values may be read, which is until `readableUntil`. */
  private retiredIn(id: string, given: Found): Retired | null {
    const found = this.sealing.open(id, given)
    if (found.state !== 'retired') {
      return null
    }
    const { readableUntil = found.expiresAt, ...tombstone } = found.tombstone
    return readableUntil > Date.now()
      ? { ...found, tombstone, expiresAt: readableUntil }
      : { ...found, tombstone: { ...ENDED, successor: tombstone.successor } }
  }
}

function ended(): Retired {
  return {
    state: 'retired',
    tombstone: { ...ENDED, revision: revision() },
    expiresAt: Date.now() + MARGIN_IN_MS,
  }
}
