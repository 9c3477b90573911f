import type { EventsList } from '@ioc:Adonis/Core/Event'
import type {
  DestroyTaggedOptions,
  ListedSession,
  SessionDriverContract,
  SessionInfo,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Repository } from '../Repository'
import { Settings } from '../Settings'
import { tagOf } from '../Settings/registry'
import { handleOf, infoOf } from './info'

/** While sessions are ended, others with the same tag may begin: after so many passes, they begin for ever. */
const PASSES = 20

/** What is told of a session that was ended. */
export type Ended = EventsList['session:destroyed']

/** The sessions of an app as its users and operators see them: whose they are, where, and how to end them. */
export class Registry {
  private repository: Repository

  constructor(
    driver: SessionDriverContract,
    private settings: Settings,
    private tell: (ended: Ended) => void = () => {}
  ) {
    this.repository = new Repository(driver, settings)
  }

  public async get(sessionId: string): Promise<SessionInfo | null> {
    const record = await this.repository.find(sessionId)
    return record && infoOf(sessionId, record, this.settings, null)
  }

  /** Ends a session, under whatever id it has by now. */
  public async destroy(sessionId: string): Promise<void> {
    const record = await this.repository.revoke(sessionId)
    if (record) {
      this.tell({ handle: handleOf(sessionId, record), tag: record.meta.tag ?? null })
    }
  }

  /** @param current the handle of the session that asks */
  public async tagged(tag: unknown, current: string | null): Promise<SessionInfo[]> {
    const found: SessionInfo[] = []
    for await (const { sessionId, record } of this.repository.listed(tagOf(tag))) {
      if (record) {
        found.push(infoOf(sessionId, record, this.settings, current))
      }
    }
    return found.sort(newestFirst)
  }

  public async *list(): AsyncGenerator<SessionInfo> {
    for await (const { sessionId, record } of this.repository.listed()) {
      if (record) {
        yield infoOf(sessionId, record, this.settings, null)
      }
    }
  }

  /**
   * Ends what is beyond the limit of sessions with a tag, after one has been stored. Every login stores its session
   * before it counts, so of two at once each counts the other.
   *
   * @throws E_SESSION_LIMIT with `whenFull: 'refuse'`, when it is the own session that is ended
   */
  public async limit(tag: string, own: string): Promise<void> {
    const { maxPerTag, whenFull } = this.settings.registry
    const newest = await this.tagged(tag, own)
    if (newest.length <= maxPerTag) {
      return
    }
    const isRefused = whenFull === 'refuse'
    // Who came last is refused, who came first is evicted.
    const excess = isRefused ? newest.slice(0, -maxPerTag) : newest.slice(maxPerTag)
    const ending = isRefused ? excess.filter(({ isCurrent }) => isCurrent) : excess
    for (const { id } of ending) {
      await this.destroy(id)
    }
    if (isRefused && ending.length) {
      throw SessionException.sessionLimit(maxPerTag)
    }
  }

  /**
   * Ends sessions with a tag, until a pass over them finds none. One that is about to begin is ended, too: it
   * finds a tombstone where it was to be stored.
   */
  public async destroyTagged(
    tag: unknown,
    { only, except }: DestroyTaggedOptions
  ): Promise<number> {
    const spared = typeof except === 'object' ? (except?.handle ?? undefined) : except
    const isMeant = ({ sessionId, record }: ListedSession) => {
      const handle = record && handleOf(sessionId, record)
      return only === undefined ? handle !== spared : handle === only
    }

    const tried = new Set<string>()
    let ended = 0
    for (let pass = 0, isNews = true; isNews && pass < PASSES; pass++) {
      isNews = false
      for await (const listed of this.repository.listed(tagOf(tag))) {
        if (isMeant(listed) && !tried.has(listed.sessionId)) {
          tried.add(listed.sessionId)
          isNews = true
          await (listed.record
            ? this.destroy(listed.sessionId)
            : this.repository.bar(listed.sessionId))
          ended += listed.record ? 1 : 0
        }
      }
    }
    return ended
  }
}

/** The handle decides between two of the same moment, so that everybody sees the same order. */
function newestFirst(one: SessionInfo, other: SessionInfo): number {
  const difference = (other.taggedAt?.getTime() ?? 0) - (one.taggedAt?.getTime() ?? 0)
  return difference || (one.handle < other.handle ? -1 : 1)
}
