import { join } from 'path'
import type { FileDriver } from '../../src/Drivers/File'
import type { Registry } from '../../src/Registry'
import type { Repository } from '../../src/Repository'
import type { Session } from '../../src/Session'
import { ROOT } from '../helpers/app'

const SOURCE = join(ROOT, 'src')

/** What one process has of the package: the queue of its commits is its own. */
export interface Process {
  Session: typeof Session
  Repository: typeof Repository
  Registry: typeof Registry
  FileDriver: typeof FileDriver
}

/** Loads the package once more, as another process has it. */
function start(): Process {
  const loaded = forget()
  const process = {
    Session: require('../../src/Session').Session,
    Repository: require('../../src/Repository').Repository,
    Registry: require('../../src/Registry').Registry,
    FileDriver: require('../../src/Drivers/File').FileDriver,
  }
  forget()
  Object.assign(require.cache, loaded)
  return process
}

/** Takes the package out of what `require` has loaded. */
function forget() {
  const paths = Object.keys(require.cache).filter((path) => path.startsWith(SOURCE))
  const loaded = Object.fromEntries(paths.map((path) => [path, require.cache[path]]))
  paths.forEach((path) => delete require.cache[path])
  return loaded
}

/** One for each request of a scenario. */
export const PROCESSES = [start(), start(), start()]

/** One that no fault stops: what is seen at the end is seen here. */
export const OBSERVER = start()
