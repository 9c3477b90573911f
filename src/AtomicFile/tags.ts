import { createHash } from 'crypto'
import { promises as fs } from 'fs'
import { join } from 'path'
import { ignore, inDirectoryOf } from './index'

/** Beside the session files: no session file has a name like this. */
const TAGS = '.tags'

/** Only the owner of the process reads them. */
const MODE = 0o600

/** The list of a tag is a directory; its name says nothing about the tag. */
function listOf(location: string, tag: string): string {
  const name = createHash('sha256').update(tag).digest('hex')
  return join(location, TAGS, name.slice(0, 2), name)
}

/** Enters an id into the list of a tag: an empty file. */
export async function enter(location: string, tag: string, sessionId: string): Promise<void> {
  const path = join(listOf(location, tag), sessionId)
  await inDirectoryOf(path, () => fs.writeFile(path, '', { mode: MODE }))
}

/** The ids in the list of a tag, also those of sessions that have ended. */
export async function entriesOf(location: string, tag: string): Promise<string[]> {
  return namesIn(listOf(location, tag))
}

/**
 * Removes the entries of sessions that are not there, once they are older than `ageInMs`: a session that is about to
 * begin has its entry first. Lists without entries go with them.
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

/** A directory with entries is not removed; somebody may make one at this moment, and makes the directory again. */
async function removeIfEmpty(path: string) {
  await fs.rmdir(path).catch((error) => ignore(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'))
}

async function namesIn(path: string): Promise<string[]> {
  return fs.readdir(path).catch((error) => ignore(error, 'ENOENT', 'ENOTDIR') ?? [])
}
