import { promises as fs } from 'fs'
import { dirname, join, resolve } from 'path'
import type { Finding } from '@ioc:Adonis/Addons/Session'

const OTHERS_MAY_READ = 0o077
const MANY = 100_000

export async function findingsOfFiles(location: string): Promise<Finding[]> {
  const stat = await fs.stat(location).catch(() => null)
  if (!stat) {
    return [
      {
        level: 'ok',
        what: `The directory ${location} does not exist yet. It is created with the first session`,
      },
    ]
  }
  const isOpen = process.platform !== 'win32' && (stat.mode & OTHERS_MAY_READ) !== 0
  return [
    isOpen
      ? {
          level: 'warning',
          what: `Other users of this machine may have access to ${location}`,
          advice: `Restrict access with "chmod 700 ${location}"`,
        }
      : { level: 'ok', what: `Only the user that runs the app has access to ${location}` },
    await linksIn(location),
    ...(await countIn(location)),
  ]
}

async function linksIn(location: string): Promise<Finding> {
  const path = join(location, `.doctor.${process.pid}`)
  try {
    await fs.writeFile(path, '')
    return await linkTo(path)
  } catch (error) {
    const what = `No file could be written to find out about hard links: ${error.code}`
    return { level: 'unknown', what }
  } finally {
    await Promise.all([path, `${path}.link`].map((file) => fs.rm(file, { force: true })))
  }
}

async function linkTo(path: string): Promise<Finding> {
  try {
    await fs.link(path, `${path}.link`)
    return { level: 'ok', what: 'The file system supports hard links' }
  } catch (error) {
    return {
      level: 'warning',
      what: `The file system does not support hard links (${error.code}), so storing a session takes more work`,
      advice: 'Use a local file system',
    }
  }
}

/**
 * Does what may make the directory, and removes it if it was not there: the user who runs a command may be another one
 * than that of the app, who could not write to it.
 */
export async function withoutTrace<T>(location: unknown, task: () => Promise<T>): Promise<T> {
  const missing = typeof location === 'string' ? await missingOf(resolve(location)) : []
  try {
    return await task()
  } finally {
    for (const directory of missing) {
      // One in which a session has been stored meanwhile is not empty, and stays.
      await fs.rmdir(directory).catch(() => {})
    }
  }
}

/** The directories that have to be made for this one, itself first. */
async function missingOf(directory: string): Promise<string[]> {
  const isMissing = await fs.stat(directory).then(
    () => false,
    ({ code }) => code === 'ENOENT'
  )
  return isMissing ? [directory, ...(await missingOf(dirname(directory)))] : []
}

async function countIn(location: string): Promise<Finding[]> {
  let [files, left] = [0, 0]
  for await (const { name } of await fs.opendir(location)) {
    files += Number(name.endsWith('.txt'))
    left += Number(/\.(tmp|lock|unreadable|retired)$/.test(name))
  }
  return [
    files > MANY
      ? {
          level: 'warning',
          what: `There are ${files} session files`,
          advice: 'Run "node ace session:prune", and check that "prune" is not false in the config',
        }
      : {
          level: 'ok',
          what: files === 1 ? 'There is 1 session file' : `There are ${files} session files`,
        },
    ...(left > 100
      ? [
          {
            level: 'warning' as const,
            what: `There are ${left} leftover files of killed processes and damaged sessions`,
            advice: 'Run "node ace session:prune"',
          },
        ]
      : []),
  ]
}
