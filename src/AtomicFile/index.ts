import { randomBytes } from 'crypto'
import { promises as fs } from 'fs'
import { dirname } from 'path'
import { setTimeout as wait } from 'timers/promises'
import { FileText, readWhole } from './read'

export { FileText }

/** Only the owner of the process reads sessions: they are personal data. */
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** Windows refuses to rename or remove a file that a virus scanner or a reader has open. */
const BUSY = new Set(['EPERM', 'EBUSY', 'EACCES'])
const BUSY_ATTEMPTS = 5

/** The system calls, in one object so that a test can make one fail. */
export const system = {
  read: readWhole,
  write: (path: string, text: string) => fs.writeFile(path, text, { mode: FILE_MODE, flag: 'wx' }),
  rename: fs.rename,
  unlink: fs.unlink,
  link: fs.link,
  mkdir: fs.mkdir,
  rmdir: fs.rmdir,
  stat: fs.stat,
}

/** The text of a file and when it was last written or touched; `null` when there is none. */
export async function readText(path: string): Promise<FileText | null> {
  try {
    return await system.read(path)
  } catch (error) {
    return ignore(error, 'ENOENT')
  }
}

/** Was a file not read because it belongs to another user? A whole directory that is closed is an outage. */
export async function isForeign(path: string, error: NodeJS.ErrnoException): Promise<boolean> {
  if (!['EACCES', 'EPERM'].includes(error.code ?? '') || !process.getuid) {
    return false
  }
  const owner = await system.stat(path).then(
    ({ uid }) => uid,
    () => null
  )
  return owner !== null && owner !== process.getuid()
}

/** Resets the age of a file. `false` when it is no longer there. */
export async function touchFile(path: string, usedAt = Date.now()): Promise<boolean> {
  const time = new Date(usedAt)
  try {
    await fs.utimes(path, time, time)
    return true
  } catch (error) {
    return ignore(error, 'ENOENT') ?? false
  }
}

/** Writes a whole file: readers see the old text or the new one, never a part. */
export async function writeText(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await inDirectoryOf(path, () => system.write(temporary, text))
    await move(temporary, path)
  } catch (error) {
    await tidy(temporary)
    throw error
  }
}

/** Removes a file; one that is not there is fine. */
export async function discard(path: string): Promise<void> {
  await patiently(() => system.unlink(path)).catch((error) => ignore(error, 'ENOENT'))
}

/** Moves a file to another name. */
export async function move(path: string, target: string): Promise<void> {
  await patiently(() => system.rename(path, target))
}

/** Makes a directory for a file, if the first attempt shows that it is missing. */
export async function inDirectoryOf<T>(path: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    ignore(error, 'ENOENT')
    await fs.mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE })
    return attempt()
  }
}

/** Makes a directory that only the owner of the process looks into. */
export async function makeDirectory(path: string): Promise<void> {
  await system.mkdir(path, { mode: DIRECTORY_MODE })
}

/** A name that nobody else uses, beside a path. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}

/** Removes what is only litter by now. That it stays harms nobody, so a failure is no error. */
export async function tidy(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true }).catch(() => {})
}

async function patiently(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!BUSY.has(error.code) || tries === BUSY_ATTEMPTS) {
        throw error
      }
      await wait(tries * 10)
    }
  }
}

/** Swallows the expected error codes, and nothing else. */
export function ignore(error: NodeJS.ErrnoException, ...codes: string[]): null {
  if (codes.includes(error.code ?? '')) {
    return null
  }
  throw error
}
