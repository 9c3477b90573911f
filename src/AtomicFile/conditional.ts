import { basename, join } from 'path'
import { performance } from 'perf_hooks'
import { setTimeout as wait } from 'timers/promises'
import { fingerprint } from '../Serializer'
import {
  ignore,
  inDirectoryOf,
  makeDirectory,
  move,
  readText,
  system,
  temporaryName,
  tidy,
} from './index'

/** Whoever holds a lock needs it for some milliseconds: after this time its holder has died or stalls. */
const LOCK_PATIENCE_IN_MS = 1_000
const LOCK_POLL_IN_MS = 3
const LOCKS_BROKEN_AT_MOST = 10

/** What a rename onto a directory that is there is answered with; the last three are those of Windows. */
const TAKEN = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY']

/*
 * A file is changed only if its text is still the expected one, whatever other processes try meanwhile.
 *
 * The lock of a change is a directory, named by the text that is to be replaced: `<path>.<fingerprint>.lock`.
 * It has an entry with a name of its own, and is made whole: beside, and then renamed into place. The
 * change itself is a rename of that entry, or into it. So it fails for whoever lost the lock, however late
 * it wakes up: its entry is not in the lock of anybody else. A lock is broken by renaming it away. Nobody
 * needs to know whether its holder is alive: breaking one too early causes a retry, and nothing worse.
 */

/** What a file system answers that has no hard links: SMB, FAT, some mounts of containers. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Writes a file that must not be there yet. `false` when it is. */
export async function createText(path: string, text: string): Promise<boolean> {
  const temporary = temporaryName(path)
  try {
    await inDirectoryOf(path, () => system.write(temporary, text))
    await system.link(temporary, path)
    return true
  } catch (error) {
    if (NO_LINKS.includes(error.code)) {
      return createWithoutLink(path, text)
    }
    ignore(error, 'EEXIST')
    // A file system of the network may report a link that it made, and whose answer got lost, as in the way.
    return (await readText(path))?.text === text
  } finally {
    await system.unlink(temporary).catch(() => {})
  }
}

/** An empty file, which counts as none, and is then changed as any other. */
async function createWithoutLink(path: string, text: string): Promise<boolean> {
  try {
    await system.write(path, '')
  } catch (error) {
    ignore(error, 'EEXIST')
    return false
  }
  return replaceText(path, '', text)
}

/** Puts a text in the place of another one. `false`: that one is no longer there. */
export function replaceText(path: string, expected: string, text: string): Promise<boolean> {
  return changeIf(path, expected, {
    prepare: (entry) => system.write(entry, text),
    commit: (entry) => move(entry, path),
    isDone: async () => (await readText(path))?.text === text,
  })
}

/**
 * Moves a text aside, or removes it. `false`: it is no longer there, or was touched since `seenAt`, which a change
 * of the text would not tell.
 */
export async function removeText(
  path: string,
  expected: string,
  { aside, seenAt = Infinity }: { aside?: string; seenAt?: number } = {}
): Promise<boolean> {
  const taken = temporaryName(path)
  let isTouched = false
  const removed = await changeIf(path, expected, {
    prepare: (entry) => makeDirectory(entry),
    commit: async (entry) => {
      const moved = join(entry, 'text')
      await move(path, moved)
      isTouched = seenAt !== Infinity && (await system.stat(moved)).mtimeMs > seenAt
      await (isTouched ? putBack(moved, path) : move(moved, aside ?? taken).catch(() => {}))
    },
    isDone: async () => false,
  })
  if (removed && !aside) {
    await tidy(taken)
  }
  return removed && !isTouched
}

/** Where another session has begun meanwhile, that one stays. */
async function putBack(moved: string, path: string) {
  try {
    await system.link(moved, path)
  } catch (error) {
    if (NO_LINKS.includes(error.code)) {
      await move(moved, path)
    } else {
      ignore(error, 'EEXIST')
    }
  }
}

interface Step {
  /** Makes the entry of the lock. */
  prepare: (entry: string) => Promise<void>
  /** One rename, which fails when the entry is no longer in the lock. */
  commit: (entry: string) => Promise<void>
  /** A rename may fail although it was done: a file system of the network that lost the answer. */
  isDone: () => Promise<boolean>
}

async function changeIf(path: string, expected: string, step: Step): Promise<boolean> {
  const lock = `${path}.${fingerprint(expected).slice(0, 16)}.lock`
  for (let broken = 0; broken <= LOCKS_BROKEN_AT_MOST; broken++) {
    const claim = await claimFor(path, step)
    try {
      const answer = await acquire(claim, lock, { path, expected })
      if (answer === 'other text') {
        return false
      }
      if (answer === 'taken') {
        await breakLock(path, lock)
        continue
      }
      if ((await readText(path))?.text !== expected) {
        return false
      }
      if (await commit(join(lock, claim.name), step)) {
        return true
      }
    } finally {
      await release(lock, claim)
    }
  }
  throw new Error('the file stays locked by other processes')
}

/** A lock that was made, and is not in its place yet. */
interface Claim {
  beside: string
  name: string
}

async function claimFor(path: string, { prepare }: Step): Promise<Claim> {
  const beside = temporaryName(path)
  const name = basename(beside)
  try {
    await inDirectoryOf(path, () => makeDirectory(beside))
    await prepare(join(beside, name))
    return { beside, name }
  } catch (error) {
    await tidy(beside)
    throw error
  }
}

/** Waits for the lock for a while. `other text`: there is no longer a reason to wait. */
async function acquire(
  { beside }: Claim,
  lock: string,
  { path, expected }: { path: string; expected: string }
): Promise<'ours' | 'taken' | 'other text'> {
  const patientUntil = performance.now() + LOCK_PATIENCE_IN_MS
  while (performance.now() < patientUntil) {
    try {
      await system.rename(beside, lock)
      return 'ours'
    } catch (error) {
      ignore(error, ...TAKEN)
    }
    if ((await readText(path))?.text !== expected) {
      return 'other text'
    }
    await wait(LOCK_POLL_IN_MS)
  }
  return 'taken'
}

/** `false`: the lock was broken, and nothing is done. */
async function commit(entry: string, step: Step): Promise<boolean> {
  try {
    await step.commit(entry)
    return true
  } catch (error) {
    ignore(error, 'ENOENT')
    return step.isDone()
  }
}

/** Removes what is left of a claim. The lock may be that of the next holder by now, and is not empty then. */
async function release(lock: string, { beside, name }: Claim) {
  const isGone = await system.rmdir(lock).then(
    () => true,
    () => false
  )
  if (!isGone) {
    await tidy(join(lock, name))
    await system.rmdir(lock).catch(() => {})
    await tidy(beside)
  }
}

async function breakLock(path: string, lock: string) {
  const away = temporaryName(path)
  try {
    await system.rename(lock, away)
    await tidy(away)
  } catch (error) {
    ignore(error, 'ENOENT')
  }
}
