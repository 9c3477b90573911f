import type {
  Found,
  ListedSession,
  SessionDriverContract,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { Commit } from './Commit'
import { GuardedDriver } from './GuardedDriver'
import { Lineage, StoredSession } from './Lineage'
import { isLatelyRetired } from '../Tombstones/age'
import { endingBy } from './lifetime'
import { partsOf } from './rebase'
import { isFinal } from './rules'
import { Change, Saved, Snapshot } from './states'
import { inTurn } from './turns'

/**
 * Loads sessions and saves what requests made of them, with one driver beneath. It knows no request and
 * no cookie.
 */
export class Repository {
  private driver: GuardedDriver
  private lineage: Lineage

  constructor(
    driver: SessionDriverContract,
    private settings: Settings
  ) {
    this.driver = new GuardedDriver(driver, settings)
    this.lineage = new Lineage(this.driver, settings)
  }

  /**
   * What stands under an id that came with a request; after a rotation, under the id it has by now.
   *
   * @throws E_SESSION_STORE_UNAVAILABLE
   */
  public async load(cameAs: string): Promise<Snapshot> {
    const loadedAt = Date.now()
    let id = cameAs
    let found = await this.lineage.look(id)
    for (let next = this.leadsTo(found); next !== null; next = this.leadsTo(found)) {
      id = next
      found = await this.lineage.look(id)
    }

    const began = {
      ...{ id, cameAs, isSent: false, isRefused: false },
      ...{ found, base: '{}', loadedAt },
    }
    switch (found.state) {
      case 'stored':
        return { ...began, base: partsOf(found.record).values }
      case 'retired':
        return this.retired(began, found)
      case 'unreadable':
        return { ...began, isRefused: found.isBarred ?? false }
      default:
        return began
    }
  }

  /**
   * Ends a session from outside, whatever id it has by now. Requests under way write nothing back.
   * Returns the session; `null`: there was none.
   */
  public revoke(id: string, withFamily: boolean): Promise<StoredSession | null> {
    return inTurn(id, this.settings, async () => {
      const found = await this.driver.load(id)
      const session = await this.lineage.sessionIn(id, found)
      await this.lineage.end(id, { reason: 'revoked', withFamily }, found)
      return session
    })
  }

  /**
   * Bars an id under which nothing stands, so that a session which is about to begin there does not. If one with the
   * tag has begun, nothing is changed, and it is returned: under the id that it has by now.
   */
  public async bar(id: string, tag: string): Promise<StoredSession | null> {
    const barred = await this.driver.retire(id, endingBy('revoked'), { state: 'absent' })
    const session = barred.done ? null : await this.lineage.sessionIn(id, barred.found)
    return session && (await this.isListed(session, tag)) ? session : null
  }

  /** Ends the sessions with a tag in one step; `false`: the driver lists them, and they are to be ended one by one. */
  public endTagged(tag: string, options: { only?: string; except?: string }): Promise<boolean> {
    return this.driver.endTagged(tag, options)
  }

  /** A session by its id, as an operator sees it: nothing is changed. */
  public async find(id: string): Promise<StoredRecord | null> {
    const found = await this.driver.load(id)
    const isAlive = found.state === 'stored' && !(await this.lineage.isOver(found.record))
    return isAlive ? found.record : null
  }

  /**
   * The sessions with a tag, or all of them. With a tag, one that gets another id meanwhile is found under that, and
   * there are also the ids under which one may be about to begin: their `record` is `null`.
   */
  public async *listed(tag?: string): AsyncGenerator<ListedSession> {
    for await (const listed of this.driver.listed(tag)) {
      const { sessionId, record } = listed
      const found: Found = record ? { state: 'stored', record } : await this.driver.load(sessionId)
      const session = await this.lineage.sessionIn(sessionId, found)
      if (session ? await this.isListed(session, tag) : found.state !== 'retired') {
        yield session ?? listed
      }
    }
  }

  private async isListed({ record }: StoredSession, tag?: string): Promise<boolean> {
    const isTagged = tag === undefined || record.meta.tag === tag
    return isTagged && !(await this.lineage.isOver(record))
  }

  /**
   * Saves what a request made of a session. When it raises, the stored session is whole: as it was, or
   * with the change.
   *
   * @throws E_SESSION_COOKIE_TOO_LARGE, E_SESSION_STORE_UNAVAILABLE
   */
  public save(snapshot: Snapshot, change: Change): Promise<Saved> {
    return new Commit(this.driver, this.lineage, this.settings, snapshot, change).run()
  }

  /** The id that a rotated one leads to, while it does. */
  private leadsTo(found: Found): string | null {
    const leadsOn =
      found.state === 'retired' &&
      found.tombstone.reason === 'rotated' &&
      isLatelyRetired(found, this.settings)
    return leadsOn ? (found.tombstone.successor ?? null) : null
  }

  /**
   * An id that was regenerated lately can be read, so that requests on their way have their cart and
   * their CSRF secret. One that was revoked, or regenerated a while ago, is refused.
   */
  private async retired(
    began: Snapshot,
    found: Extract<Found, { state: 'retired' }>
  ): Promise<Snapshot> {
    const { tombstone } = found
    if (tombstone.reason === 'invalidated') {
      return began
    }
    if (isFinal(tombstone) || !isLatelyRetired(found, this.settings)) {
      return { ...began, isRefused: true }
    }
    return { ...began, base: JSON.stringify(await this.lineage.readable(tombstone)) }
  }
}
