import { promises as fs } from 'fs'
import { join } from 'path'
import { system, tidy } from './index'

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

/** Other names: temporary files and locks, tombstones of earlier versions, and unreadable sessions. */
const LEFT = /(\.txt|^\.trial)\.[0-9a-f]+\.(tmp|lock)$|\.retired$/
const KEPT = /\.txt\.(\d+)\.unreadable$/

/**
 * Removes ended sessions and leftovers from a directory of sessions, and yields after each batch how many
 * sessions were removed. A file that was used within `ageInMs` isn't read: its session hasn't ended, or is
 * removed once the file is that old. For all other session files, `removeIfOver` is called. It returns
 * whether it removed the session.
 */
export async function* prune(
  directory: string,
  ageInMs: number,
  removeIfOver: (sessionId: string) => Promise<boolean>
): AsyncGenerator<number> {
  let [looks, removed] = [0, 0]
  for await (const name of namesIn(directory)) {
    const path = join(directory, name)
    const [, sessionId] = SESSION.exec(name) ?? []
    if (sessionId) {
      removed += Number((await isOlder(path, ageInMs)) && (await removeIfOver(sessionId)))
    } else {
      await removeIfLitter(path, name)
    }
    if (++looks === BATCH) {
      yield removed
      looks = removed = 0
    }
  }
  yield removed
}

/** The ids by which session files are named. */
export async function* namesOfSessions(directory: string): AsyncGenerator<string> {
  for await (const name of namesIn(directory)) {
    const [, sessionId] = SESSION.exec(name) ?? []
    if (sessionId) {
      yield sessionId
    }
  }
}

/** Yields nothing if the directory doesn't exist. Meanwhile, other processes may add and remove files. */
async function* namesIn(directory: string): AsyncGenerator<string> {
  let entries
  try {
    entries = await fs.opendir(directory)
  } catch (error) {
    if (error.code === 'ENOENT') {
      return
    }
    throw error
  }
  for await (const { name } of entries) {
    yield name
  }
}

/** Returns whether a file was last changed at least this long ago. `false` if it no longer exists. */
async function isOlder(path: string, ageInMs: number): Promise<boolean> {
  return system.stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs >= ageInMs,
    () => false
  )
}

async function removeIfLitter(path: string, name: string) {
  const [, keptAt] = KEPT.exec(name) ?? []
  const isLitter = keptAt
    ? Date.now() - Number(keptAt) >= KEPT_FOR_IN_MS
    : LEFT.test(name) && (await isOlder(path, DEAD_AFTER_IN_MS))
  if (isLitter) {
    await tidy(path)
  }
}
