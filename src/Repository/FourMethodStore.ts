import type {
  LoadedSession,
  ConditionalResult,
  SessionDriverContract,
  SessionMeta,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  StoredSession,
  TouchResult,
  UnreadableSession,
} from '@ioc:Adonis/Addons/Session'
import { ExpiringMap } from '../ExpiringMap'
import { embed, extract, needsEmbedding } from '../Serializer'
import { needsMeta, Settings } from '../Settings'
import { prevails, Tombstones } from '../Tombstones'
import { Values } from '../Values/paths'
import { toJson } from '../Values/storable'

/**
 * Makes a full store of a driver with the four documented methods. It reads again before it writes;
 * the commit queue of the process sees to it that nothing comes between, so that such a driver is
 * exact within one process. Tombstones are kept in the process as well.
 */
export class FourMethodStore implements SessionStoreContract {
  private static tombstones = new Tombstones()

  /** When a session was last touched here: a driver of four methods cannot tell. */
  private static touchedAt = new ExpiringMap<number>()

  constructor(
    private driver: SessionDriverContract,
    private settings: Settings
  ) {}

  public read(sessionId: string) {
    return this.driver.read(sessionId)
  }

  public write(sessionId: string, values: Values) {
    return this.driver.write(sessionId, values)
  }

  public destroy(sessionId: string) {
    return this.driver.destroy(sessionId)
  }

  public async load(sessionId: string): Promise<LoadedSession> {
    return (await this.find(sessionId)) ?? FourMethodStore.tombstones.left(sessionId)
  }

  private async find(sessionId: string): Promise<StoredSession | UnreadableSession | null> {
    const stored = (await this.driver.read(sessionId)) ?? null
    if (stored === null) {
      return null
    }
    const version = jsonOf(stored)
    if (version === null) {
      await this.driver.destroy(sessionId)
      return { unreadable: 'The driver returned something else than an object of values' }
    }
    const { values, meta } = extract(JSON.parse(version))
    const { age, updatedAt } = meta
    if (age !== undefined && updatedAt !== undefined && updatedAt + age <= Date.now()) {
      return null
    }
    const expiresAt = this.expiryOf(sessionId, meta)
    return { values, json: JSON.stringify(values), meta, expiresAt, version }
  }

  public async replace(
    sessionId: string,
    { values, meta }: SessionRecord,
    expected: string | null
  ): Promise<ConditionalResult> {
    const current = await this.current(sessionId)
    if ((current?.version ?? null) !== expected) {
      return { done: false, current }
    }
    return { done: true, version: await this.keep(sessionId, values, meta) }
  }

  public async touch(sessionId: string, _?: number, expected?: string): Promise<TouchResult> {
    const current = await this.current(sessionId)
    if (!current) {
      return false
    }
    if (expected !== undefined && expected !== current.version) {
      return 'newer'
    }
    if (current.meta.age === undefined) {
      this.noteTouch(sessionId)
      return (await this.driver.touch(sessionId)) !== false
    }
    await this.keep(sessionId, current.values, { ...current.meta, updatedAt: Date.now() })
    return true
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const current = await this.current(sessionId)
    if (!current && prevails(FourMethodStore.tombstones.get(sessionId), tombstone)) {
      return { done: false, current }
    }
    if (expected !== undefined && (current?.version ?? null) !== expected) {
      return { done: false, current }
    }
    FourMethodStore.tombstones.set(sessionId, tombstone, ttlInMs)
    FourMethodStore.touchedAt.delete(sessionId)
    await this.driver.destroy(sessionId)
    return { done: true, version: '' }
  }

  public async retired(sessionId: string): Promise<SessionTombstone | null> {
    return FourMethodStore.tombstones.get(sessionId)
  }

  private async current(sessionId: string): Promise<StoredSession | null> {
    const found = await this.find(sessionId)
    return found && 'values' in found ? found : null
  }

  /** Our notes go among the values only when a setting needs them: the driver sees plain values. */
  private async keep(sessionId: string, values: Values, meta: SessionMeta): Promise<string> {
    const needsNotes = needsMeta(meta, this.settings) || needsEmbedding(values)
    const stored: Values = JSON.parse(toJson(needsNotes ? embed(values, meta) : values))
    const version = JSON.stringify(stored)
    await this.driver.write(sessionId, stored)
    this.noteTouch(sessionId)
    return version
  }

  /** The age of a session of its own is ours to watch; the age of all is the driver's. */
  private expiryOf(sessionId: string, { age, updatedAt }: SessionMeta): number | null {
    if (age !== undefined && updatedAt !== undefined) {
      return updatedAt + age
    }
    const touchedAt = FourMethodStore.touchedAt.get(sessionId)
    return touchedAt === null ? null : touchedAt + this.settings.ageInMs
  }

  private noteTouch(sessionId: string) {
    FourMethodStore.touchedAt.set(sessionId, Date.now(), this.settings.touchEveryInMs)
  }
}

/** What a driver returned, as JSON; `null`: it is no object of values. */
function jsonOf(stored: Values): string | null {
  try {
    return toJson(stored)
  } catch {
    return null
  }
}
