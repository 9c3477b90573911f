import { basename, isAbsolute, join } from 'path'
import { discard, temporaryName, writeText } from './index'

/** A directory that answers one of these takes no files later either. */
const UNUSABLE = [
  ...['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'],
  ...['EROFS', 'EINVAL', 'ENAMETOOLONG'],
]

/** What is wrong with a directory for good, or what somebody should know of it. */
export interface Findings {
  problem?: string
  warning?: string
}

/** Tries once whether files can be stored in a directory, which is made if it is not there. */
export async function inspect(location: string): Promise<Findings> {
  const trial = join(location, `.${basename(temporaryName('trial'))}`)
  try {
    await writeText(trial, '')
    await discard(trial)
  } catch (error) {
    return UNUSABLE.includes(error.code)
      ? { problem: `where nothing can be stored: ${error.code}` }
      : { warning: `where nothing can be stored now: ${error.message}` }
  }
  return isAbsolute(location)
    ? {}
    : { warning: 'which depends on the directory that the app is started in: make it absolute' }
}
