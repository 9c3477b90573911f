import type { Found, SessionMeta, SessionTombstone, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { newId } from '../IdCookie'
import { Settings } from '../Settings'
import { common } from '../Values/merge'
import { split } from '../Values/messages'
import { isEmpty, Values } from '../Values/paths'
import { GuardedDriver, LOST_RACES } from './GuardedDriver'
import { endingBy, familyTtl, isTooOld, metaNow } from './lifetime'
import { isFinal } from './rules'
import { inTurn } from './turns'

type Stored = Extract<Found, { state: 'stored' }>

/** The session that a retired id leads to. */
export interface Heir {
  id: string
  found: Stored
}

/** What a retired id leads to, and what may be read of it under that id. */
interface Succession {
  values: Values
  /** `null`: none is left, or it is out of reach. */
  heir: Heir | null
  /** Was the session ended for good since? */
  isEnded: boolean
}

/** How a session ends: by whom, and whether its family ends with it. */
export interface Ending {
  reason: 'invalidated' | 'revoked'
  withFamily: boolean
}

/**
 * The ids that one session has had, and its family: what was begun under a retired id belongs to the
 * session that left the id. A logout of one ends all.
 */
export class Lineage {
  constructor(
    private driver: GuardedDriver,
    private settings: Settings
  ) {}

  /**
   * What stands under an id. A session that has reached its absolute age, or whose family has ended, is
   * ended here.
   */
  public async look(id: string): Promise<Found> {
    const found = await this.driver.load(id)
    if (found.state !== 'stored') {
      return found
    }
    if (!(await this.isOver(found.record))) {
      return found
    }
    await this.driver.retire(id, endingBy('revoked'), undefined)
    return this.driver.load(id)
  }

  /** Has a session that stands there reached its absolute age, or has its family ended? */
  public async isOver(record: StoredRecord): Promise<boolean> {
    const { family } = record.meta
    return (
      isTooOld(record, this.settings) ||
      (family !== undefined && (await this.driver.load(family)).state === 'retired')
    )
  }

  /**
   * Ends a session for good under every id it has by now. `false`: it had ended before. `found` is what was
   * last seen under the id.
   */
  public async end(id: string, ending: Ending, found: Found): Promise<boolean> {
    for (let lost = 0; lost < LOST_RACES; lost++) {
      const answer = await this.driver.retire(id, endingBy(ending.reason), found)
      if (answer.done) {
        await this.endFamily(found.state === 'stored' ? found.record.meta : {}, ending)
        return true
      }
      found = answer.found
      if (found.state === 'retired') {
        return this.endSuccessor(found.tombstone, ending)
      }
    }
    throw this.driver.contended('end')
  }

  private async endSuccessor(tombstone: SessionTombstone, ending: Ending) {
    const { successor } = tombstone
    if (!successor) {
      return !isFinal(tombstone)
    }
    await inTurn(successor, this.settings, async () =>
      this.end(successor, ending, await this.driver.load(successor))
    )
    return true
  }

  private async endFamily(meta: SessionMeta, { reason, withFamily }: Ending) {
    if (meta.family && withFamily) {
      const ttlInMs = familyTtl(meta, this.settings)
      await this.driver.retire(meta.family, endingBy(reason), undefined, ttlInMs)
    }
  }

  /**
   * What may be read under a retired id now: what its session still holds under the id it has by now.
   * Nothing once that has ended: a logout is one for the old ids, too.
   */
  public async readable(tombstone: SessionTombstone): Promise<Values> {
    return isEmpty(tombstone.values) ? {} : (await this.heirOf(tombstone)).values
  }

  /** The session that a tombstone leads to. */
  public async heirOf({ values, successor }: SessionTombstone): Promise<Succession> {
    let isEnded = false
    while (successor) {
      const found: Found = await this.look(successor)
      if (found.state === 'stored') {
        const held = split(found.record.values).values
        return { values: common(values, held), heir: { id: successor, found }, isEnded }
      }
      const next: SessionTombstone | null = found.state === 'retired' ? found.tombstone : null
      values = common(values, next?.values ?? {})
      successor = next?.successor
      isEnded = next !== null && isFinal(next)
    }
    return { values, heir: null, isEnded }
  }

  /**
   * The family of a session, which is noted in its record before a member joins it. `null`: somebody has
   * changed the session since, and it is to be looked at again.
   */
  public async familyOf({ id, found: { record } }: Heir): Promise<string | null> {
    return record.meta.family ?? (await this.beginFamily(id, record))
  }

  private async beginFamily(id: string, record: StoredRecord): Promise<string | null> {
    const family = newId()
    const inherited = { ...record.meta, family }
    const meta = metaNow(
      { inherited, keepsId: true },
      { own: null, notes: {} },
      record.meta.flashed,
      this.settings
    )
    const written = await this.driver.replace(id, record.json, meta, { state: 'stored', record })
    return written.done ? family : null
  }
}
