import { createHash } from 'crypto'
import { promises as fs } from 'fs'
import { join } from 'path'
import { ignore, inDirectoryOf } from './index'

/** A directory next to the session files. No session file can have this name. */
const TAGS = '.tags'

/** Only the user that runs the process can read the entries. */
const MODE = 0o600

/** The list of a tag is a directory. Its name is a hash, which does not reveal the tag. */
function listOf(location: string, tag: string): string {
  const name = createHash('sha256').update(tag).digest('hex')
  return join(location, TAGS, name.slice(0, 2), name)
}

/** Adds an id to the list of a tag, as an empty file. */
export async function enter(location: string, tag: string, sessionId: string): Promise<void> {
  const path = join(listOf(location, tag), sessionId)
  await inDirectoryOf(path, () => fs.writeFile(path, '', { mode: MODE }))
}

/** The ids in the list of a tag, including those of ended sessions. */
export async function entriesOf(location: string, tag: string): Promise<string[]> {
  return namesIn(listOf(location, tag))
}

/**
 * Removes entries that have no session, once they are older than `ageInMs`. Newer ones are kept, because the entry of a
 * session is written before the session itself. Empty lists are removed as well.
 */
export async function pruneTags(
  location: string,
  ageInMs: number,
  isThere: (sessionId: string) => Promise<boolean>
): Promise<void> {
  const root = join(location, TAGS)
  for (const part of await namesIn(root)) {
    for (const list of await namesIn(join(root, part))) {
      for (const sessionId of await namesIn(join(root, part, list))) {
        await removeIfOver(join(root, part, list, sessionId), ageInMs, () => isThere(sessionId))
      }
      await removeIfEmpty(join(root, part, list))
    }
    await removeIfEmpty(join(root, part))
  }
}

async function removeIfOver(path: string, ageInMs: number, isThere: () => Promise<boolean>) {
  try {
    const { mtimeMs } = await fs.stat(path)
    if (Date.now() - mtimeMs >= ageInMs && !(await isThere())) {
      await fs.unlink(path)
    }
  } catch (error) {
    ignore(error, 'ENOENT')
  }
}

/** Keeps a directory that has entries. If another process is adding an entry, it creates the directory again. */
async function removeIfEmpty(path: string) {
  await fs.rmdir(path).catch((error) => ignore(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'))
}

async function namesIn(path: string): Promise<string[]> {
  return fs.readdir(path).catch((error) => ignore(error, 'ENOENT', 'ENOTDIR') ?? [])
}
