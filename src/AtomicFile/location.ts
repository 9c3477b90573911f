import { basename, isAbsolute, join } from 'path'
import { SessionException } from '../Exceptions'
import { discard, temporaryName, writeText } from './index'

/** A directory that answers one of these takes no files later either. */
const UNUSABLE = [
  ...['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'],
  ...['EROFS', 'EINVAL', 'ENAMETOOLONG'],
]

/** What is wrong with a directory for good, or what somebody should know of it. */
interface Findings {
  problem?: string
  warning?: string
}

/** Tries once whether files can be stored in a directory, which is made if it is not there. */
async function inspect(location: string): Promise<Findings> {
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

/**
 * Looks at the directory of session files. Returns warnings.
 *
 * @throws E_INVALID_SESSION_DRIVER_CONFIG
 */
export async function verifyLocation(location: string): Promise<string[]> {
  const { problem, warning } = await inspect(location)
  const where = `"file.location" inside the "config/session" file is "${location}"`
  if (problem) {
    throw SessionException.invalidDriverConfig(
      `${where}, ${problem}. Set it to a directory that the user of this process may write to`
    )
  }
  return warning ? [`${where}, ${warning}`] : []
}
