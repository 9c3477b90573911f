import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { prevails, Tombstones } from '../Tombstones'
import { ENDED, Endings, Retired } from './index'

/** Remembers ended sessions in memory, until the process exits. */
export class EndingsInProcess extends Endings {
  private static tombstones = new Tombstones()

  /** Ids that are refused after their tombstone has expired. */
  private static barred = new Tombstones()

  protected async standing(id: string): Promise<Retired | null> {
    return EndingsInProcess.tombstones.find(id) ?? EndingsInProcess.barred.find(id)
  }

  protected async leave(
    id: string,
    tombstone: SessionTombstone,
    ttlInMs: number,
    ageInMs: number
  ): Promise<Retired | null> {
    const standing = await this.standing(id)
    if (standing && prevails(standing.tombstone, tombstone)) {
      return standing
    }
    EndingsInProcess.tombstones.set(id, tombstone, ttlInMs)
    EndingsInProcess.barred.set(id, ENDED, Math.max(ageInMs, ttlInMs))
    return null
  }
}
