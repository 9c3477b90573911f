import { randomBytes } from 'crypto'
import { promises as fs } from 'fs'
import { hostname } from 'os'
import { dirname } from 'path'
import { setTimeout as wait } from 'timers/promises'
import { fingerprint } from '../Serializer'
import { FileText, readWhole } from './read'

export { FileText }

/** Only the owner of the process reads sessions: they are personal data. */
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** A lock whose holder cannot be asked (another host) counts as left behind after this time. */
const LOCK_LIFETIME_IN_MS = 10_000
/** A lock that its holder has not signed yet: it does so at once, or died. */
const UNSIGNED_LOCK_LIFETIME_IN_MS = 1_000
const LOCK_POLL_IN_MS = 3
const LOCK_POLLS = 5_000
/** Tells our locks from those of a process before us with the same host name and id. */
const PROCESS_TOKEN = randomBytes(6).toString('hex')

/** Windows refuses to rename or remove a file that a virus scanner or a reader has open. */
const BUSY = new Set(['EPERM', 'EBUSY', 'EACCES'])
const BUSY_ATTEMPTS = 5

/** The system calls, in one object so that a test can make one fail. */
export const system = {
  read: readWhole,
  rename: fs.rename,
  unlink: fs.unlink,
  open: fs.open,
  link: fs.link,
}

/** The text of a file and when it was last written or touched; `null` when there is none. */
export async function readText(path: string): Promise<FileText | null> {
  try {
    return await system.read(path)
  } catch (error) {
    return ignore(error, 'ENOENT')
  }
}

/** Resets the age of a file. `false` when it is no longer there. */
export async function touchFile(path: string): Promise<boolean> {
  const now = new Date()
  try {
    await fs.utimes(path, now, now)
    return true
  } catch (error) {
    return ignore(error, 'ENOENT') ?? false
  }
}

/** Writes a whole file: readers see the old text or the new one, never a part. */
export async function writeText(path: string, text: string): Promise<void> {
  const temporary = await writeTemporary(path, text)
  try {
    await patiently(() => system.rename(temporary, path))
  } catch (error) {
    await discard(temporary)
    throw error
  }
}

/** Writes a file that must not be there yet. `false` when it is. */
export async function createText(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text)
  try {
    await system.link(temporary, path)
    return true
  } catch (error) {
    return ignore(error, 'EEXIST') ?? false
  } finally {
    await discard(temporary)
  }
}

/** Removes a file; one that is not there is fine. */
export async function discard(path: string): Promise<void> {
  await patiently(() => system.unlink(path)).catch((error) => ignore(error, 'ENOENT'))
}

/** Moves a file aside, under another name. */
export async function moveFile(path: string, target: string): Promise<void> {
  await patiently(() => system.rename(path, target))
}

/**
 * Does `change` to a file if, and only if, its text is still `expected`, whatever other processes
 * try meanwhile. `false` when the text is another one, or the file is gone.
 *
 * The lock belongs to one text, not to the file: `<path>.<fingerprint>.<n>.lock`. When its holder
 * died, the next one takes `n + 1` and leaves the dead lock alone, so nobody can remove the lock of
 * somebody alive. When the text has changed, locks of the old text mean nothing any more.
 */
export async function changeIf(
  path: string,
  expected: string,
  change: () => Promise<void>
): Promise<boolean> {
  const prefix = `${path}.${fingerprint(expected).slice(0, 16)}`

  for (let n = 0, polls = 0; polls < LOCK_POLLS;) {
    const lock = `${prefix}.${n}.lock`
    const owned = await acquire(lock)
    try {
      const current = await readText(path)
      if (current?.text !== expected) {
        return false
      }
      if (owned) {
        await change()
        await discardLocksBelow(prefix, n)
        return true
      }
    } finally {
      if (owned) {
        held.delete(lock)
        await discard(lock)
      }
    }

    if (await isLeftBehind(lock)) {
      n++
    } else {
      polls++
      await wait(LOCK_POLL_IN_MS)
    }
  }
  throw new Error('the file stays locked by another process')
}

/** The locks that this process holds now. One that it could not remove is nobody's. */
const held = new Set<string>()

async function acquire(lock: string): Promise<boolean> {
  try {
    const handle = await system.open(lock, 'wx', FILE_MODE)
    held.add(lock)
    await handle
      .writeFile(`${hostname()}:${process.pid}:${PROCESS_TOKEN}`)
      .finally(() => handle.close())
    return true
  } catch (error) {
    if (!['EEXIST', 'ENOENT'].includes(error.code)) {
      held.delete(lock)
      await discard(lock)
    }
    // Without a directory there is no file either: the comparison that follows answers.
    return ignore(error, 'EEXIST', 'ENOENT') ?? false
  }
}

async function isLeftBehind(lock: string): Promise<boolean> {
  const found = await readText(lock)
  if (!found) {
    return false
  }
  const [host, pid, token] = found.text.split(':')
  const isAbandoned =
    Number(pid) === process.pid ? token !== PROCESS_TOKEN || !held.has(lock) : !isAlive(Number(pid))
  if (host === hostname() && pid && isAbandoned) {
    return true
  }
  return Date.now() - found.modifiedAt > (host ? LOCK_LIFETIME_IN_MS : UNSIGNED_LOCK_LIFETIME_IN_MS)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function discardLocksBelow(prefix: string, n: number) {
  for (let older = 0; older < n; older++) {
    await discard(`${prefix}.${older}.lock`)
  }
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const write = () => fs.writeFile(temporary, text, { mode: FILE_MODE, flag: 'wx' })
  try {
    await write().catch(async (error) => {
      ignore(error, 'ENOENT')
      await fs.mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE })
      await write()
    })
  } catch (error) {
    await discard(temporary).catch(() => {})
    throw error
  }
  return temporary
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
function ignore(error: NodeJS.ErrnoException, ...codes: string[]): null {
  if (codes.includes(error.code ?? '')) {
    return null
  }
  throw error
}
