import { promises as fs } from 'fs'
import { join } from 'path'
import { system, tidy } from './index'

/** So many files are looked at in one go. */
const BATCH = 100

/** Nothing that goes on now needs what was left this long ago: by a process that died, or for somebody to look at. */
const DEAD_AFTER_IN_MS = 3_600_000
const KEPT_FOR_IN_MS = 7 * 24 * 3_600_000

/** The name has an id of 128 characters at most. */
const SESSION = /^([\w-]{1,128})\.txt$/

/** Beside the sessions: what a change makes, what former versions kept, and what could not be read. */
const LEFT = /(\.txt|^\.trial)\.[0-9a-f]+\.(tmp|lock)$|\.retired$/
const KEPT = /\.txt\.(\d+)\.unreadable$/

/**
 * Removes from a directory of sessions what has ended and what is litter, and yields after each batch how many
 * sessions were removed. A file that was used within `ageInMs` is not looked into: its session goes on, or ends
 * no later than others of that age. `removeIfOver` is asked for the rest, and answers whether it removed one.
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

/** None if the directory is not there. Other processes add names and remove them meanwhile. */
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

/** Was it last changed so long ago? What is gone was not. */
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
