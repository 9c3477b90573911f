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

/**
 * New sessions with the same tag may begin while others are being ended. This limits the number of passes, so that
 * `destroyTagged` returns even if new ones keep appearing.
 */
const PASSES = 20

/** The data of the event for a session that was ended. */
export type Ended = EventsList['session:destroyed']

/** Lists and ends the sessions of an app, for its users and operators. */
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

  /** Ends a session, even if its id has changed since. */
  public async destroy(sessionId: string): Promise<void> {
    const record = await this.repository.revoke(sessionId)
    if (record) {
      this.tell({ handle: handleOf(sessionId, record), tag: record.meta.tag ?? null })
    }
  }

  /** @param current the handle of the session of the current request */
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
   * Ends the sessions that exceed the limit for a tag. Called after a login has stored its session. Every login stores
   * its session before it counts, so two logins at the same time each count the other.
   *
   * @param own the handle of the session that was just stored
   * @throws E_SESSION_LIMIT with `whenFull: 'refuse'`, if the session that was just stored exceeds the limit
   */
  public async limit(tag: string, own: string): Promise<void> {
    const { maxPerTag, whenFull } = this.settings.registry
    const newest = await this.tagged(tag, own)
    if (newest.length <= maxPerTag) {
      return
    }
    const isRefused = whenFull === 'refuse'
    // The sessions that were tagged last are refused; those that were tagged first are evicted.
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
   * Ends sessions with a tag, and repeats this until a pass finds no further session. A session that is about to be
   * stored is ended as well: its id gets a tombstone, which refuses the record. Returns how many were ended, or `null`
   * if the driver can't tell.
   */
  public async destroyTagged(
    tag: unknown,
    { only, except }: DestroyTaggedOptions
  ): Promise<number | null> {
    const spared = typeof except === 'object' ? (except?.handle ?? undefined) : except
    if (await this.repository.endTagged(tagOf(tag), { only, except: spared })) {
      return null
    }
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

/** Sessions that were tagged at the same moment are ordered by handle, so that all processes see the same order. */
function newestFirst(one: SessionInfo, other: SessionInfo): number {
  const difference = (other.taggedAt?.getTime() ?? 0) - (one.taggedAt?.getTime() ?? 0)
  return difference || (one.handle < other.handle ? -1 : 1)
}
