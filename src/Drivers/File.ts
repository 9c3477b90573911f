import { join } from 'path'
import { setTimeout as wait } from 'timers/promises'
import type {
  AtomicDriverContract,
  Changed,
  Found,
  ListedSession,
  SessionConfig,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { discard, FileText, readText, touchFile, writeText } from '../AtomicFile'
import { createText, removeText, replaceText } from '../AtomicFile/conditional'
import { verifyLocation } from '../AtomicFile/location'
import { namesOfSessions, prune } from '../AtomicFile/prune'
import { asideOf, foundIn, mayBeTorn, shorten, textOf, usedAt } from '../AtomicFile/session'
import { enter, entriesOf, pruneTags } from '../AtomicFile/tags'
import { SessionException } from '../Exceptions'
import { ExpiringMap } from '../ExpiringMap'
import { encode, encodeTombstone } from '../Serializer'
import { settingsOf } from '../Settings'
import { prevails } from '../Tombstones'
import { toJson } from '../Values/storable'

/**
 * A 6.4.0 process beside ours writes in place: what we read may be nothing yet, or half of it. We look
 * again for a moment, and leave the file alone for as long as such a write may still go on.
 */
const LOOKS = 25
const LOOK_PAUSE_IN_MS = 10
const WRITE_UNDER_WAY_IN_MS = 5_000

/** What a disk that has no room, or a user who has used up his share of it, is told by. */
const FULL = ['ENOSPC', 'EDQUOT']

/** An entry in the list of a tag does not run out: a prune removes it. */
const FOREVER = 8.64e15

/** A session that has its entry, and is not there, is about to begin, or has ended. */
const ENTRY_PATIENCE_IN_MS = 3_600_000

const ABSENT: Found = { state: 'absent' }

/** Neither can a session be stored there. */
const FOREIGN: Found = {
  state: 'unreadable',
  reason: 'A session file belongs to another user. The visitor gets another id',
  isBarred: true,
}

function isBarred(found: Found): boolean {
  return found.state === 'unreadable' && found.isBarred === true
}

/** What stands under an id, and the text that says so; `null`: there is no file. */
interface Seen {
  found: Found
  text: string | null
}

/**
 * Keeps each session in a file of its own, `<location>/<id>.txt`, or its tombstone in the same place. The
 * age of a session is that of its file: reading writes nothing, touching sets the time of the file.
 */
export class FileDriver implements AtomicDriverContract {
  /** Texts that may still be written, and were reported already, by path. */
  private static reported = new ExpiringMap<string>()

  private location: string
  private ageInMs: number

  /** @throws E_INVALID_SESSION_DRIVER_CONFIG without `file.location` */
  constructor(config: SessionConfig) {
    if (typeof config.file?.location !== 'string' || !config.file.location) {
      throw SessionException.invalidDriverConfig(
        'Missing "file.location" for session file driver inside "config/session" file. Set it to an absolute path, such as Application.tmpPath("sessions")'
      )
    }
    this.location = config.file.location
    this.ageInMs = settingsOf(config).ageInMs
  }

  /**
   * Looks at the directory when the app boots. Returns warnings.
   *
   * @throws E_INVALID_SESSION_DRIVER_CONFIG
   */
  public async verify(): Promise<string[]> {
    return verifyLocation(this.location)
  }

  public async read(sessionId: string): Promise<Record<string, any> | null> {
    const { found } = await this.look(sessionId)
    return found.state === 'stored' ? found.record.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    await writeText(this.pathOf(sessionId), encode(sessionId, toJson(values)))
  }

  public async destroy(sessionId: string): Promise<void> {
    const path = this.pathOf(sessionId)
    for (let file = await readText(path); file; file = await readText(path)) {
      if (await this.remove(path, { ...file, modifiedAt: Infinity })) {
        return
      }
    }
  }

  public async load(sessionId: string): Promise<Found> {
    return (await this.look(sessionId)).found
  }

  public async replace(
    sessionId: string,
    { json, meta: given }: SessionRecord,
    expected: string | null
  ): Promise<Changed> {
    const path = this.pathOf(sessionId)
    const meta = await this.entered(sessionId, given, expected)
    const text = encode(sessionId, json, meta)
    const done =
      expected === null ? await createText(path, text) : await replaceText(path, expected, text)
    return done ? { done, version: text } : this.replaceOther(sessionId, text, expected)
  }

  public async touch(sessionId: string, ttlInMs?: number, expected?: string): Promise<Changed> {
    const path = this.pathOf(sessionId)
    const file = await readText(path)
    const isExpected = file && (expected === undefined || file.text === expected)
    return isExpected && (await touchFile(path, usedAt(file, sessionId, ttlInMs, this.ageInMs)))
      ? { done: true, version: file.text }
      : { done: false, found: await this.load(sessionId) }
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    const path = this.pathOf(sessionId)
    const stone = encodeTombstone(tombstone, Date.now() + ttlInMs)
    for (;;) {
      const { found, text } = await this.look(sessionId)
      if (found.state === 'retired') {
        return prevails(found.tombstone, tombstone)
          ? { done: false, found }
          : { done: true, version: '' }
      }
      if (isBarred(found)) {
        await discard(path)
        continue
      }
      const version = found.state === 'stored' ? found.record.version : null
      if (expected !== undefined && version !== expected) {
        return { done: false, found }
      }
      if (await this.putTombstone(path, text, stone, tombstone)) {
        return { done: true, version: '' }
      }
    }
  }

  public async *prune(): AsyncGenerator<number> {
    const isThere = async (sessionId: string) => (await readText(this.pathOf(sessionId))) !== null
    yield* prune(this.location, this.ageInMs, (sessionId) => this.removeIfOver(sessionId))
    await pruneTags(this.location, ENTRY_PATIENCE_IN_MS, isThere)
  }

  /** Only what says that it was a session of this id, and an empty file, which 6.4.0 leaves. */
  private async removeIfOver(sessionId: string): Promise<boolean> {
    const file = await textOf(this.pathOf(sessionId))
    if (!file || file === 'foreign') {
      return false
    }
    const isOver = foundIn(file, sessionId, this.ageInMs)?.state === 'absent' || !file.text.trim()
    return isOver && (await this.remove(this.pathOf(sessionId), file))
  }

  public async *tagged(tag: string): AsyncGenerator<ListedSession> {
    for (const sessionId of await entriesOf(this.location, tag)) {
      yield { sessionId, record: await this.recordOf(sessionId) }
    }
  }

  public async *list(): AsyncGenerator<ListedSession> {
    for await (const sessionId of namesOfSessions(this.location)) {
      const record = await this.recordOf(sessionId)
      if (record) {
        yield { sessionId, record }
      }
    }
  }

  /** A session as it stands there. What is something else stays as it is. */
  private async recordOf(sessionId: string): Promise<StoredRecord | null> {
    const file = await textOf(this.pathOf(sessionId))
    const found = file && file !== 'foreign' ? foundIn(file, sessionId, this.ageInMs) : null
    return found?.state === 'stored' ? found.record : null
  }

  /** Enters a session into the list of its tag, unless it is there. */
  private async entered(sessionId: string, meta: SessionMeta, expected: string | null) {
    if (meta.tag === undefined || (expected !== null && meta.listedUntil)) {
      return meta
    }
    await enter(this.location, meta.tag, sessionId)
    return { ...meta, listedUntil: FOREVER }
  }

  /** A full disk has no room for a tombstone, and lets a session end all the same. */
  private async putTombstone(
    path: string,
    text: string | null,
    stone: string,
    { successor }: SessionTombstone
  ): Promise<boolean> {
    try {
      return text === null ? await createText(path, stone) : await replaceText(path, text, stone)
    } catch (error) {
      if (successor || !FULL.includes(error.code)) {
        throw error
      }
      await discard(path)
      return true
    }
  }

  /** What was expected is not there. What has ended, or is no session, counts as nothing. */
  private async replaceOther(
    sessionId: string,
    text: string,
    expected: string | null
  ): Promise<Changed> {
    const path = this.pathOf(sessionId)
    for (;;) {
      const seen = await this.look(sessionId)
      const { found } = seen
      const isTaken = found.state === 'stored' || found.state === 'retired' || isBarred(found)
      if (expected !== null || isTaken) {
        return { done: false, found }
      }
      if (seen.text?.trim() && mayBeTorn(seen.text)) {
        await removeText(path, seen.text, { aside: asideOf(path) })
        continue
      }
      const done =
        seen.text === null ? await createText(path, text) : await replaceText(path, seen.text, text)
      if (done) {
        return { done, version: text }
      }
    }
  }

  private async look(sessionId: string): Promise<Seen> {
    const path = this.pathOf(sessionId)

    for (let looks = 1; ; looks++) {
      const file = await textOf(path)
      if (file === null || file === 'foreign') {
        return { found: file ? FOREIGN : ABSENT, text: null }
      }
      const known = foundIn(file, sessionId, this.ageInMs)
      if (known) {
        return known.state === 'absent'
          ? { found: known, text: await this.textAfterRemoving(path, file) }
          : { found: known, text: file.text }
      }

      const isTorn = mayBeTorn(file.text) && Date.now() - file.modifiedAt < WRITE_UNDER_WAY_IN_MS
      if (isTorn && looks < LOOKS) {
        await wait(LOOK_PAUSE_IN_MS)
      } else {
        return this.unreadable(path, file.text, isTorn)
      }
    }
  }

  /** The text that stands there after the attempt to remove one that is over. */
  private async textAfterRemoving(path: string, file: FileText): Promise<string | null> {
    const isRemoved = await this.remove(path, file).catch(() => false)
    return isRemoved ? null : ((await readText(path))?.text ?? null)
  }

  /** A full disk has no room for the lock of a removal, and lets a file be removed all the same. */
  private async remove(path: string, { text, modifiedAt }: FileText): Promise<boolean> {
    try {
      return await removeText(path, text, { seenAt: modifiedAt })
    } catch (error) {
      if (!FULL.includes(error.code)) {
        throw error
      }
      await discard(path)
      return true
    }
  }

  private pathOf(sessionId: string) {
    return join(this.location, `${sessionId}.txt`)
  }

  /** An empty file is what 6.4.0 leaves of a session that was only read: nothing is stored in it. */
  private async unreadable(path: string, text: string, isTorn: boolean): Promise<Seen> {
    if (!text.trim()) {
      return { found: ABSENT, text }
    }
    const isNews = FileDriver.reported.get(path) !== text
    if (isTorn) {
      FileDriver.reported.set(path, text, 2 * WRITE_UNDER_WAY_IN_MS)
    }
    // Of several that find it at once, the one that moves it aside tells.
    const aside = isTorn ? null : asideOf(path)
    const isAside = aside !== null && (await removeText(path, text, { aside }))
    const left = isAside ? null : ((await readText(path))?.text ?? null)
    if (!isNews || (aside && !isAside)) {
      return { found: ABSENT, text: left }
    }
    const kept = aside ? `Its bytes are kept in ${shorten(aside)}` : 'It may still be written'
    return {
      found: { state: 'unreadable', reason: `A session file cannot be read. ${kept}` },
      text: left,
    }
  }
}
