import type { EventsList } from '@ioc:Adonis/Core/Event'
import type {
  DestroyTaggedOptions,
  ListedSession,
  SessionDriverContract,
  SessionInfo,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Repository } from '../Repository'
import { StoredSession } from '../Repository/Lineage'
import { Settings } from '../Settings'
import { tagOf } from '../Settings/registry'
import { handleOf, infoOf } from './info'

/**
 * New sessions with the same tag may begin while others are being ended. This limits the number of passes, so that
 * `destroyTagged` returns even if new ones keep appearing.
 */
const PASSES = 20

/** A session that gets another id while a driver reads its list may be in it under neither. */
const FEWEST_PASSES = 2

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

  /** Ends a session and its family, even if its id has changed since. */
  public async destroy(sessionId: string): Promise<void> {
    await this.end(sessionId, true)
  }

  /**
   * A session that was listed ends alone: another one of its family may be the one that is to be spared. `false`: there
   * was none under the id.
   *
   * @param told the handles of those that have ended so far: a session that is getting another id is listed twice
   */
  private async end(id: string, withFamily: boolean, told = new Set<string>()): Promise<boolean> {
    const ended = await this.repository.revoke(id, withFamily)
    const handle = ended && handleOf(ended.sessionId, ended.record)
    if (handle !== null && !told.has(handle)) {
      told.add(handle)
      this.tell({ handle, tag: ended!.record.meta.tag ?? null })
    }
    return ended !== null
  }

  /** @param current the handle of the session of the current request */
  public async tagged(tag: unknown, current: string | null): Promise<SessionInfo[]> {
    const newest = await this.newest(tagOf(tag))
    return newest.map(({ sessionId, record }) => infoOf(sessionId, record, this.settings, current))
  }

  public async *list(): AsyncGenerator<SessionInfo> {
    for await (const { sessionId, record } of this.repository.listed()) {
      if (record) {
        yield infoOf(sessionId, record, this.settings, null)
      }
    }
  }

  /** The sessions with a tag; those that were tagged last come first. */
  private async newest(tag: string): Promise<StoredSession[]> {
    const found = new Map<string, StoredSession>()
    for await (const session of this.repository.listed(tag)) {
      if (isStored(session)) {
        found.set(session.sessionId, session)
      }
    }
    return [...found.values()].sort(newestFirst)
  }

  /**
   * Ends the sessions that exceed the limit for a tag. Called after a login has stored its session. Every login stores
   * its session before it counts, so two logins at the same time each count the other. A family counts as one: two
   * logins with the same cookie are of one browser, which keeps the cookie that it receives last.
   *
   * @param own the session that was just stored
   * @throws E_SESSION_LIMIT with `whenFull: 'refuse'`, if the session that was just stored exceeds the limit
   */
  public async limit(tag: string, own: StoredSession): Promise<void> {
    const { maxPerTag, whenFull } = this.settings.registry
    const ended = new Set<string>()
    for (let pass = 0, isMissed = true; isMissed && pass < PASSES; pass++) {
      isMissed = false
      const excess = await this.excess(tag, own)
      for (const { sessionId } of excess) {
        isMissed = !(await this.end(sessionId, false, ended)) || isMissed
      }
      if (whenFull === 'refuse' && excess.length) {
        throw SessionException.sessionLimit(maxPerTag)
      }
    }
  }

  /** The sessions with a tag that are to be ended, so that those that remain are within the limit. */
  private async excess(tag: string, own: StoredSession): Promise<StoredSession[]> {
    const { maxPerTag, whenFull } = this.settings.registry
    const families = new Map<string, StoredSession[]>()
    for (const session of await this.newest(tag)) {
      const family = familyOf(session)
      families.set(family, [...(families.get(family) ?? []), session])
    }
    // The sessions that were tagged last are refused; those that were tagged first are evicted.
    const all = [...families.keys()]
    const ending =
      whenFull === 'refuse'
        ? all.slice(0, -maxPerTag).filter((family) => family === familyOf(own))
        : all.slice(maxPerTag)
    return ending.flatMap((family) => families.get(family)!)
  }

  /**
   * Ends sessions with a tag, and repeats this until a pass finds no further session. A session that is about to be
   * stored is ended as well: its id gets a tombstone, which refuses the record. Returns how many were ended, or `null`
   * if the driver can't tell.
   */
  public async destroyTagged(
    given: unknown,
    { only, except }: DestroyTaggedOptions
  ): Promise<number | null> {
    const tag = tagOf(given)
    const spared = typeof except === 'object' ? (except?.handle ?? undefined) : except
    if (await this.repository.endTagged(tag, { only, except: spared })) {
      return null
    }
    const sparedId = typeof except === 'object' ? except?.sessionId : undefined
    const isMeant = (listed: ListedSession) => {
      const { sessionId, record, handle = null } = listed
      const own = record ? handleOf(sessionId, record) : handle
      return only === undefined ? own !== spared && sessionId !== sparedId : own === only
    }

    const barred = new Set<string>()
    const ended = new Set<string>()
    for (let pass = 0, isNews = true; (isNews || pass < FEWEST_PASSES) && pass < PASSES; pass++) {
      isNews = false
      for await (const listed of this.repository.listed(tag)) {
        const isBarred = !isStored(listed) && barred.has(listed.sessionId)
        if (!isMeant(listed) || isBarred) {
          continue
        }
        isNews = true
        const session = isStored(listed) ? listed : await this.repository.bar(listed.sessionId, tag)
        if (!session) {
          barred.add(listed.sessionId)
        } else if (isMeant(session)) {
          await this.end(session.sessionId, false, ended)
        }
      }
    }
    return ended.size
  }
}

function isStored(session: ListedSession): session is StoredSession {
  return session.record !== null
}

/** Identifies the family of a session. A session that has none is one by itself. */
function familyOf({ sessionId, record }: StoredSession): string {
  return record.meta.family ?? handleOf(sessionId, record)
}

/** Sessions that were tagged at the same moment are ordered by handle, so that all processes see the same order. */
function newestFirst(one: StoredSession, other: StoredSession): number {
  const taggedAt = ({ record }: StoredSession) => record.meta.taggedAt ?? 0
  const handle = ({ sessionId, record }: StoredSession) => handleOf(sessionId, record)
  return taggedAt(other) - taggedAt(one) || (handle(one) < handle(other) ? -1 : 1)
}
