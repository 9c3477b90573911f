import { Dirent, promises as fs } from 'fs'
import { join } from 'path'
import { decodeTombstone } from '../Serializer'
import { discard, FileText, readText, system, tidy } from './index'

/** How many files are examined in one batch. */
const BATCH = 100

/**
 * How old leftovers must be before they are removed: files of a process that died, which no running operation
 * needs by then, and unreadable sessions, which are kept so that somebody can examine them.
 */
const DEAD_AFTER_IN_MS = 3_600_000
const KEPT_FOR_IN_MS = 7 * 24 * 3_600_000

/** The file name of a session. An id has at most 128 characters. */
const SESSION = /^([\w-]{1,128})\.txt$/

/** Other names: temporary files, locks, tombstones of earlier versions, and unreadable sessions. */
const LEFT = /^([\w-]{1,128}\.txt|\.trial)\.([0-9a-f]{12}\.tmp|[0-9a-f]{16}\.lock)$/
const RETIRED = /^[\w-]{1,128}\.retired$/
const KEPT = /^[\w-]{1,128}\.txt\.(\d{13})\.unreadable$/

/**
 * Removes ended sessions and leftovers from a directory of sessions, and yields after each batch how many
 * sessions were removed. A file that was used within `ageInMs` isn't read: its session hasn't ended, or is
 * removed once the file is that old. For all other session files, `removeIfOver` is called. It returns
 * whether it removed the session. What can't be read or removed doesn't stop the rest.
 *
 * @throws the first error, when everything else is done
 */
export async function* prune(
  directory: string,
  ageInMs: number,
  removeIfOver: (sessionId: string) => Promise<boolean>
): AsyncGenerator<number> {
  let [looks, removed] = [0, 0]
  let failure: Error | undefined
  for await (const entry of entriesIn(directory)) {
    const path = join(directory, entry.name)
    const [, sessionId] = SESSION.exec(entry.name) ?? []
    try {
      if (sessionId && entry.isFile()) {
        removed += Number((await isOlder(path, ageInMs)) && (await removeIfOver(sessionId)))
      } else {
        await removeIfLeft(path, entry)
      }
    } catch (error) {
      failure ??= error
    }
    if (++looks === BATCH) {
      yield removed
      looks = removed = 0
    }
  }
  yield removed
  if (failure) {
    throw failure
  }
}

/** The session ids in the names of the session files. */
export async function* namesOfSessions(directory: string): AsyncGenerator<string> {
  for await (const entry of entriesIn(directory)) {
    const [, sessionId] = SESSION.exec(entry.name) ?? []
    if (sessionId && entry.isFile()) {
      yield sessionId
    }
  }
}

/** Yields nothing if the directory doesn't exist. Meanwhile, other processes may add and remove files. */
async function* entriesIn(directory: string): AsyncGenerator<Dirent> {
  let entries
  try {
    entries = await fs.opendir(directory)
  } catch (error) {
    if (error.code === 'ENOENT') {
      return
    }
    throw error
  }
  for await (const entry of entries) {
    yield entry
  }
}

/** Whether a file was last changed that long ago. `false` if it no longer exists. */
async function isOlder(path: string, ageInMs: number): Promise<boolean> {
  return system.stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs >= ageInMs,
    () => false
  )
}

async function removeIfLeft(path: string, entry: Dirent) {
  const [, keptAt] = KEPT.exec(entry.name) ?? []
  if (keptAt && entry.isFile()) {
    await (Date.now() - Number(keptAt) >= KEPT_FOR_IN_MS && discard(path))
  } else if (LEFT.test(entry.name)) {
    await ((await isOlder(path, DEAD_AFTER_IN_MS)) && tidy(path))
  } else if (RETIRED.test(entry.name) && entry.isFile()) {
    const isOurs = (await isOlder(path, DEAD_AFTER_IN_MS)) && isTombstone(await readText(path))
    await (isOurs && discard(path))
  }
}

/** A file with this ending might belong to something else, so its content is checked. */
function isTombstone(file: FileText | null): boolean {
  return file !== null && decodeTombstone(file.text) !== null
}
