import type {
  AtomicDriverContract,
  Changed,
  Found,
  SessionDriverContract,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { ExpiringMap } from '../ExpiringMap'
import { embed, extract, needsEmbedding } from '../Serializer'
import { needsMeta, Settings } from '../Settings'
import { prevails, Tombstones } from '../Tombstones'
import { Values } from '../Values/paths'
import { toJson } from '../Values/storable'

/** A call that has not come back after this time never will: TCP itself gives up earlier. */
const LONGEST_CALL_IN_MS = 900_000

const ABSENT: Found = { state: 'absent' }

/**
 * Makes an atomic driver of one with the four documented methods. It looks before it changes, and one
 * change of an id runs at a time, also when somebody gave up waiting for one: what lands late lands
 * before the next one looks. So such a driver is exact within one process. Tombstones are kept in the
 * process as well.
 */
export class AtomicBridge implements AtomicDriverContract {
  private static tombstones = new Tombstones()

  /** When a session was last touched here: a driver of four methods cannot tell. */
  private static touchedAt = new ExpiringMap<number>()

  /** The last change of each id that is under way. */
  private static changes = new Map<string, Promise<unknown>>()

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
    return alone(AtomicBridge.changes, sessionId, async () => this.driver.destroy(sessionId))
  }

  public async load(sessionId: string): Promise<Found> {
    return AtomicBridge.tombstones.find(sessionId) ?? this.find(sessionId)
  }

  public replace(
    sessionId: string,
    { values, meta }: SessionRecord,
    expected: string | null
  ): Promise<Changed> {
    return this.change(sessionId, expected, async () => ({
      done: true,
      version: await this.keep(sessionId, values, meta),
    }))
  }

  public touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<Changed> {
    return this.change(sessionId, expected, async (found) => {
      if (found.state !== 'stored') {
        return { done: false, found }
      }
      const { values, meta, version } = found.record
      if (meta.age !== undefined) {
        const touched = { ...meta, updatedAt: usedAt(ttlInMs, meta.age) }
        return { done: true, version: await this.keep(sessionId, values, touched) }
      }
      this.noteTouch(sessionId, usedAt(ttlInMs, this.settings.ageInMs))
      return isGone(await this.driver.touch(sessionId))
        ? { done: false, found: ABSENT }
        : { done: true, version }
    })
  }

  public retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    return alone(AtomicBridge.changes, sessionId, async () => {
      const standing = AtomicBridge.tombstones.find(sessionId)
      if (!standing) {
        const found = await this.find(sessionId)
        if (!isExpected(found, expected)) {
          return { done: false, found }
        }
        AtomicBridge.tombstones.set(sessionId, tombstone, ttlInMs)
        AtomicBridge.touchedAt.delete(sessionId)
      }
      // Also where a tombstone stands: an attempt before may have failed to remove the record.
      await this.driver.destroy(sessionId)
      return standing && prevails(standing.tombstone, tombstone)
        ? { done: false, found: standing }
        : { done: true, version: '' }
    })
  }

  public connectionError() {
    return this.driver.connectionError?.() ?? null
  }

  /** Changes what stands under an id, if it is what is expected. */
  private change(
    sessionId: string,
    expected: string | null | undefined,
    make: (found: Found) => Promise<Changed>
  ): Promise<Changed> {
    return alone(AtomicBridge.changes, sessionId, async () => {
      const found = await this.load(sessionId)
      return found.state !== 'retired' && isExpected(found, expected)
        ? make(found)
        : { done: false, found }
    })
  }

  private async find(sessionId: string): Promise<Found> {
    const stored = (await this.driver.read(sessionId)) ?? null
    if (stored === null) {
      return ABSENT
    }
    const version = jsonOf(stored)
    if (version === null) {
      await this.driver.destroy(sessionId)
      return {
        state: 'unreadable',
        reason: 'The driver returned something else than an object of values',
      }
    }
    const { values, meta } = extract(JSON.parse(version))
    const { age, updatedAt } = meta
    if (age !== undefined && updatedAt !== undefined && updatedAt + age <= Date.now()) {
      return ABSENT
    }
    const expiresAt = this.expiryOf(sessionId, meta)
    const json = JSON.stringify(values)
    return { state: 'stored', record: { values, json, meta, expiresAt, version } }
  }

  /** The meta goes among the values only when a setting needs it: the driver sees plain values. */
  private async keep(sessionId: string, values: Values, meta: SessionMeta): Promise<string> {
    const isEmbedded = needsMeta(meta, this.settings) || needsEmbedding(values)
    const stored: Values = JSON.parse(toJson(isEmbedded ? embed(values, meta) : values))
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
    const touchedAt = AtomicBridge.touchedAt.get(sessionId)
    return touchedAt === null ? null : touchedAt + this.settings.ageInMs
  }

  private noteTouch(sessionId: string, touchedAt = Date.now()) {
    AtomicBridge.touchedAt.set(sessionId, touchedAt, this.settings.touchEveryInMs)
  }
}

/** When a session was used that has so much time left of its age. */
function usedAt(ttlInMs: number | undefined, ageInMs: number): number {
  return Date.now() + Math.min((ttlInMs ?? ageInMs) - ageInMs, 0)
}

function isExpected(found: Found, expected: string | null | undefined): boolean {
  const version = found.state === 'stored' ? found.record.version : null
  return expected === undefined || version === expected
}

/** `false` of a driver of four methods, or what an atomic one answers that such a driver extends. */
function isGone(answer: unknown): boolean {
  return answer === false || (typeof answer === 'object' && (answer as Changed)?.done === false)
}

/** What a driver returned, as JSON; `null`: it is no object of values. */
function jsonOf(stored: Values): string | null {
  try {
    return toJson(stored)
  } catch {
    return null
  }
}

/** Runs the changes of one id one after the other, however long each takes. */
function alone<T>(
  changes: Map<string, Promise<unknown>>,
  id: string,
  change: () => Promise<T>
): Promise<T> {
  const before = changes.get(id)
  const made = before ? before.then(change) : change()
  const over = Promise.race([made.catch(() => {}), after(LONGEST_CALL_IN_MS, made)]).then(() => {
    changes.get(id) === over && changes.delete(id)
  })
  changes.set(id, over)
  return made
}

/** Resolves after a time, unless the other promise is settled before. */
function after(timeInMs: number, unless: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeInMs)
    timer.unref()
    const clear = () => clearTimeout(timer)
    unless.then(clear, clear)
  })
}
