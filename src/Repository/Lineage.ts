import type {
  Found,
  ListedSession,
  SessionMeta,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
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
  /** The record could not be decrypted: only its meta can be used. */
  isSealed: boolean
}

/** A session in a list, and not only an id under which one may begin. */
export interface StoredSession extends ListedSession {
  record: StoredRecord
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

/** The record that stands there, also one that could not be decrypted: its times, tag and family are in the clear. */
function recordOrSealed(found: Found): StoredRecord | null {
  switch (found.state) {
    case 'stored':
      return found.record
    case 'unreadable':
      return found.sealed ?? null
    default:
      return null
  }
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
    const record = recordOrSealed(found)
    if (!record || !(await this.isOver(record))) {
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
        await this.endFamily(recordOrSealed(found)?.meta ?? {}, ending)
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

  /** The session that was found under an id, or that this id has led to since. `null`: there is none. */
  public async sessionIn(id: string, found: Found): Promise<StoredSession | null> {
    const record = recordOrSealed(found)
    if (record || found.state !== 'retired') {
      return record && { sessionId: id, record }
    }
    const { heir } = await this.heirOf(found.tombstone)
    return heir && { sessionId: heir.id, record: heir.found.record }
  }

  /** The session that a tombstone leads to. */
  public async heirOf({ values, successor }: SessionTombstone): Promise<Succession> {
    let isEnded = false
    while (successor) {
      const found: Found = await this.look(successor)
      const record = recordOrSealed(found)
      if (record) {
        const isSealed = found.state !== 'stored'
        const held = isSealed ? {} : split(record.values).values
        const heir: Heir = { id: successor, found: { state: 'stored', record }, isSealed }
        return { values: common(values, held), heir, isEnded }
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
  public async familyOf(heir: Heir): Promise<string | null> {
    return heir.found.record.meta.family ?? (await this.beginFamily(heir))
  }

  private async beginFamily({ id, found, isSealed }: Heir): Promise<string | null> {
    const { record } = found
    const family = newId()
    const inherited = { ...record.meta, family }
    const meta = metaNow(
      { inherited, keepsId: true },
      { own: null, notes: {} },
      record.meta.flashed,
      this.settings
    )
    const isDone = isSealed
      ? await this.driver.replaceMeta(id, record, meta)
      : (await this.driver.replace(id, record.json, meta, found)).done
    return isDone ? family : null
  }
}
