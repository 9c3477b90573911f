import { basename, dirname, join } from 'path'
import { setTimeout as wait } from 'timers/promises'
import type {
  ConditionalResult,
  LoadedSession,
  SessionConfig,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  StoredSession,
  TouchResult,
  UnreadableSession,
} from '@ioc:Adonis/Addons/Session'
import {
  changeIf,
  createText,
  discard,
  FileText,
  moveFile,
  readText,
  touchFile,
  writeText,
} from '../AtomicFile'
import { SessionException } from '../Exceptions'
import { ExpiringMap } from '../ExpiringMap'
import { Decoded, decode, decodeTombstone, encode, encodeTombstone } from '../Serializer'
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

/** Could this be the beginning of a session that is still being written? */
function mayBeTorn(text: string): boolean {
  const start = '{"message":'
  const begun = text.trim()
  return start.startsWith(begun.slice(0, start.length)) && !begun.endsWith('}')
}

/**
 * Keeps each session in a file of its own, `<location>/<id>.txt`. The age of a session is that of its
 * file: reading writes nothing, touching sets the time of the file.
 */
export class FileDriver implements SessionStoreContract {
  /** Texts that were told of already and still stand there, by path. */
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

  public async read(sessionId: string): Promise<Record<string, any> | null> {
    const found = await this.find(sessionId)
    return found && 'values' in found ? found.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    const now = Date.now()
    const meta = { createdAt: now, updatedAt: now }
    await writeText(this.pathOf(sessionId), encode(sessionId, toJson(values), meta))
  }

  public async destroy(sessionId: string): Promise<void> {
    const path = this.pathOf(sessionId)
    for (let file = await readText(path); file; file = await readText(path)) {
      if (await changeIf(path, file.text, () => discard(path))) {
        return
      }
    }
  }

  public async touch(sessionId: string, _?: number, expected?: string): Promise<TouchResult> {
    const path = this.pathOf(sessionId)
    const file = expected === undefined ? null : await readText(path)
    return file && file.text !== expected ? 'newer' : touchFile(path)
  }

  public async load(sessionId: string): Promise<LoadedSession> {
    const found = await this.find(sessionId)
    const retired = found ? null : await this.retired(sessionId)
    return retired ? { retired } : found
  }

  private async find(sessionId: string): Promise<StoredSession | UnreadableSession | null> {
    const path = this.pathOf(sessionId)

    for (let looks = 1; ; looks++) {
      const file = await readText(path)
      const decoded = file && decode(sessionId, file.text)
      if (!file || decoded) {
        return file && decoded && this.unlessExpired(path, file, decoded)
      }

      const isTorn = mayBeTorn(file.text) && Date.now() - file.modifiedAt < WRITE_UNDER_WAY_IN_MS
      if (isTorn && looks < LOOKS) {
        await wait(LOOK_PAUSE_IN_MS)
      } else {
        return this.unreadable(path, file.text, isTorn)
      }
    }
  }

  public async replace(
    sessionId: string,
    { json, meta }: SessionRecord,
    expected: string | null
  ): Promise<ConditionalResult> {
    const path = this.pathOf(sessionId)
    const text = encode(sessionId, json, meta)
    const done =
      expected === null
        ? (await createText(path, text)) || (await this.replaceTorn(path, text))
        : await changeIf(path, expected, () => writeText(path, text))

    return done ? { done, version: text } : { done, current: await this.current(sessionId) }
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const path = this.pathOf(sessionId)
    const stone = this.tombstoneOf(sessionId)
    const text = encodeTombstone(tombstone, Date.now() + ttlInMs)
    const retire = async () => {
      await writeText(stone, text)
      await discard(path)
    }

    for (;;) {
      const current = (await readText(path))?.text ?? null
      const found = current !== null && mayBeTorn(current) ? null : current
      if (expected !== undefined && found !== expected) {
        return { done: false, current: await this.current(sessionId) }
      }
      if (current === null) {
        return this.retireNothing(sessionId, tombstone, text)
      }
      if (await changeIf(path, current, retire)) {
        return { done: true, version: '' }
      }
    }
  }

  public async retired(sessionId: string): Promise<SessionTombstone | null> {
    const path = this.tombstoneOf(sessionId)
    const file = await readText(path)
    if (!file) {
      return null
    }

    const tombstone = decodeTombstone(file.text)
    if (!tombstone) {
      await discard(path)
    }
    return tombstone
  }

  /** Nothing is stored under the id. Whoever stores something now finds the tombstone afterwards. */
  private async retireNothing(
    sessionId: string,
    tombstone: SessionTombstone,
    text: string
  ): Promise<ConditionalResult> {
    const path = this.tombstoneOf(sessionId)
    if (!(await createText(path, text))) {
      if (prevails(await this.retired(sessionId), tombstone)) {
        return { done: false, current: null }
      }
      await writeText(path, text)
    }
    return { done: true, version: '' }
  }

  private pathOf(sessionId: string) {
    return join(this.location, `${sessionId}.txt`)
  }

  private tombstoneOf(sessionId: string) {
    return join(this.location, `${sessionId}.retired`)
  }

  private async current(sessionId: string): Promise<StoredSession | null> {
    const found = await this.find(sessionId)
    return found && 'values' in found ? found : null
  }

  private async unlessExpired(
    path: string,
    { text, modifiedAt }: FileText,
    { values, json, meta }: Decoded
  ): Promise<StoredSession | null> {
    const lastUsedAt = Math.max(modifiedAt, meta.updatedAt ?? 0)
    const expiresAt = lastUsedAt + (meta.age ?? this.ageInMs)
    if (expiresAt > Date.now()) {
      return { values, json, meta, version: text, expiresAt }
    }
    await changeIf(path, text, () => discard(path))
    return null
  }

  /** An empty file is what 6.4.0 leaves of a session that was only read: nothing is stored in it. */
  private async unreadable(
    path: string,
    text: string,
    isTorn: boolean
  ): Promise<UnreadableSession | null> {
    if (!text.trim()) {
      return null
    }
    const wasReported = FileDriver.reported.get(path) === text
    FileDriver.reported.set(path, text, 2 * WRITE_UNDER_WAY_IN_MS)

    const aside = isTorn ? null : await this.putAside(path, text)
    if (wasReported || (!isTorn && !aside)) {
      return null
    }
    const kept = aside ? `Its bytes are kept in ${shorten(aside)}` : 'It may still be written'
    return { unreadable: `A session file cannot be read. ${kept}` }
  }

  /** Where the bytes are kept; `null` when somebody else has changed the file. */
  private async putAside(path: string, text: string): Promise<string | null> {
    const aside = `${path}.${Date.now()}.unreadable`
    return (await changeIf(path, text, () => moveFile(path, aside))) ? aside : null
  }

  /** Begins a session where only the beginning of a text, or nothing, stands. */
  private async replaceTorn(path: string, text: string): Promise<boolean> {
    const torn = (await readText(path))?.text
    if (torn === undefined || !mayBeTorn(torn)) {
      return false
    }
    if (torn.trim()) {
      await this.putAside(path, torn)
      return createText(path, text)
    }
    return changeIf(path, torn, () => writeText(path, text))
  }
}

/** A path for a log line: enough of the id to find the file, not enough to use it. */
function shorten(path: string): string {
  return join(dirname(path), `${basename(path).slice(0, 8)}…unreadable`)
}
