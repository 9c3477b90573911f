import type { Changed, Found, SessionMeta } from '@ioc:Adonis/Addons/Session'
import { MarkStore } from './MarkStore'
import {
  ALL_ENDED,
  epochText,
  isEnded,
  isHandle,
  markAfter,
  markIdOf,
  markIn,
  markWithout,
  NO_MARK,
  recordOf,
  TagMark,
} from './tags'

/** Lost races in a row before a change of a mark gives up. */
const ATTEMPTS = 100

/** The marks of tags, as one request sees them. */
export class TagMarks {
  /**
   * The tags that the sessions of this request have had, by handle, with their epochs. After a commit, the meta in
   * memory has no epoch.
   */
  private epochs = new Map<string, Map<string, string>>()

  constructor(
    private store: MarkStore,
    private ttlInMs: number
  ) {}

  /** Has a session been ended by its tag? */
  public async haveEnded(meta: SessionMeta): Promise<boolean> {
    const { tag } = meta
    return tag !== undefined && isEnded(meta, (await this.markOf(tag)) ?? NO_MARK)
  }

  /** Notes what a session was found with. */
  public note({ tag, handle = '', epoch = epochText(0) }: SessionMeta) {
    if (tag !== undefined) {
      const known = this.epochs.get(handle) ?? new Map<string, string>()
      this.epochs.set(handle, known.set(tag, epoch))
    }
  }

  /**
   * The meta with the current epoch of the tag, or `null` if the session has ended: by its tag, or by one that it has
   * had in this request. While the store is down, a session that has just been tagged gets the present as its epoch, so
   * that an earlier ending isn't taken for one of it.
   */
  public async admit(meta: SessionMeta): Promise<SessionMeta | null> {
    const { tag, handle = '' } = meta
    if (meta.epoch !== undefined) {
      this.note(meta)
    }
    const known = this.epochs.get(handle) ?? new Map<string, string>()
    const tags = [...new Set(tag === undefined ? known.keys() : [...known.keys(), tag])]
    const marks = await Promise.all(tags.map((one) => this.markOf(one)))
    const isOver = (one: string, at: number) =>
      known.has(one) && isEnded({ handle, epoch: known.get(one) }, marks[at] ?? NO_MARK)
    if (tags.some(isOver)) {
      return null
    }
    if (tag === undefined) {
      return meta
    }
    const mark = marks[tags.indexOf(tag)]
    const epoch = mark?.epoch
      ? epochText(mark.epoch)
      : (known.get(tag) ?? epochText(mark ? 0 : Date.now()))
    const admitted = { ...meta, epoch }
    this.note(admitted)
    return admitted
  }

  /** Ends the sessions with a tag: all of them, the one with a handle, or all but that. */
  public async end(tag: string, { only, except }: EndOptions): Promise<void> {
    if (only !== undefined && !isHandle(only)) {
      return
    }
    const id = markIdOf(tag)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.store.load(id)
      const mark = markIn(found) ?? markAfter(NO_MARK)
      const next = only === undefined ? markAfter(mark, except) : markWithout(mark, only)
      if ((await this.replace(id, next, found)).done) {
        return
      }
    }
    throw this.store.contended(ATTEMPTS)
  }

  /** `null`: not known, as the store is down. */
  private async markOf(tag: string): Promise<TagMark | null> {
    const id = markIdOf(tag)
    const found = await this.store.read(id)
    return found && (markIn(found) ?? this.repaired(id, found))
  }

  /** Nobody knows which sessions a mark that can't be read has ended, so all of them end. */
  private async repaired(id: string, damaged: Found): Promise<TagMark> {
    const mark = markAfter(NO_MARK)
    const changed = await this.replace(id, mark, damaged)
    return changed.done ? mark : (markIn(changed.found) ?? ALL_ENDED)
  }

  private replace(id: string, mark: TagMark, found: Found): Promise<Changed> {
    const expected = found.state === 'stored' ? found.record.version : null
    return this.store.replace(id, recordOf(mark, this.ttlInMs), expected, this.ttlInMs)
  }
}

interface EndOptions {
  only?: string
  except?: string
}
