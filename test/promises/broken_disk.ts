import { execFileSync } from 'child_process'
import { mkdtempSync, promises as fs, rmdirSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'
import { system } from '../../src/AtomicFile'

type SystemCall = keyof typeof system

const CALLS = { ...system }

/** The calls that need room on the disk. */
export const WRITING: SystemCall[] = ['mkdir', 'write', 'link', 'rename']

/** The system works again as it does. */
export function restore() {
  Object.assign(system, CALLS)
}

/** Makes system calls fail as a disk, or Windows, does: for good, or so often; `look` before each. */
export function fail(
  calls: SystemCall[],
  code: string,
  times = Infinity,
  look: () => unknown = () => {}
) {
  let left = times
  for (const call of calls) {
    const original = CALLS[call] as (...args: any[]) => Promise<any>
    system[call] = async (...args: any[]): Promise<any> => {
      if (left-- > 0) {
        await look()
        const [path, dest] = args
        const error = new Error(`${code}: it failed, ${call} '${path}'`)
        throw Object.assign(error, {
          code,
          path,
          dest: call === 'write' || call === 'mkdir' ? undefined : dest,
        })
      }
      return original(...args)
    }
  }
}

/** Makes system calls wait, as those of a network file system do; the answer lets them go on. */
export function hang(calls: SystemCall[]): () => void {
  let goOn = () => {}
  const until = new Promise<void>((resolve) => (goOn = resolve))
  for (const call of calls) {
    const original = CALLS[call] as (...args: any[]) => Promise<any>
    system[call] = async (...args: any[]): Promise<any> => {
      await until
      return original(...args)
    }
  }
  return () => {
    restore()
    goOn()
  }
}

/** A disk of 64 KB that can be full and read-only. */
export interface SmallDisk {
  fill(): Promise<void>
  empty(): Promise<void>
  freeze(): void
  thaw(): void
  dispose(): void
}

function mount(directory: string, options: string) {
  const what = ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]
  execFileSync('mount', what, { stdio: 'ignore' })
}

function unmount(directory: string) {
  execFileSync('umount', ['--lazy', directory])
}

/** May we mount? In most containers, yes; on most desks, no. */
export const MOUNTS: boolean = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'session-disk-'))
  try {
    mount(directory, 'size=64k')
    unmount(directory)
    return true
  } catch {
    return false
  } finally {
    rmdirSync(directory)
  }
})()

/** Mounts such a disk. Without the right to do so, it is one whose writing system calls fail alike. */
export async function smallDisk(directory: string): Promise<SmallDisk> {
  await fs.mkdir(directory, { recursive: true })
  if (!MOUNTS) {
    return {
      fill: async () => fail(WRITING, 'ENOSPC'),
      empty: async () => restore(),
      freeze: () => fail(WRITING, 'EROFS'),
      thaw: restore,
      dispose: restore,
    }
  }

  mount(directory, 'size=64k,mode=700')
  const filling = join(directory, 'filling')
  const dispose = () => {
    process.off('exit', dispose)
    unmount(directory)
  }
  process.on('exit', dispose)
  return {
    fill: () => fs.writeFile(filling, Buffer.alloc(128 * 1024)).catch(() => {}),
    empty: () => fs.unlink(filling),
    freeze: () => mount(directory, 'remount,ro'),
    thaw: () => mount(directory, 'remount,rw'),
    dispose,
  }
}
