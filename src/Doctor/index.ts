import { performance } from 'perf_hooks'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { Finding, SessionConfig, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { atomicDriver } from '../AtomicBridge/capabilities'
import { newId } from '../IdCookie'
import { within } from '../Outage/deadline'
import { Settings } from '../Settings'
import { findingsOfConfig } from './config'
import { findingsOfDatabase } from './database'
import { findingsOfFiles } from './files'
import { findingsOfRedis } from './redis'

/** The driver of the store. `isBuiltIn`: it's the one of the package that has this name. */
interface Store {
  driver: SessionDriverContract
  name: string
  isBuiltIn: boolean
}

/** Checks the store of one of the built-in drivers. */
type Look = (
  app: ApplicationContract,
  config: SessionConfig,
  settings: Settings
) => Promise<Finding[]>

const LOOKS: Record<string, Look> = {
  file: async (_, { file }) => findingsOfFiles(file!.location),
  redis: async ({ container }, { redisConnection }) =>
    findingsOfRedis(container.use('Adonis/Addons/Redis').connection(redisConnection!).ioConnection),
  database: async ({ container }, { database }, settings) =>
    findingsOfDatabase(container.use('Adonis/Lucid/Database'), database ?? {}, settings),
}

/** Checks the config and the store of an app. Doesn't change the config or any session. */
export async function examine(
  app: ApplicationContract,
  config: SessionConfig,
  settings: Settings,
  store: Store
): Promise<Finding[]> {
  const findings = findingsOfConfig(config, settings)
  const answer = await reach(store, settings)
  const look = store.isBuiltIn ? LOOKS[store.name] : undefined
  if (answer.level === 'error' || !look) {
    return [...findings, answer]
  }
  try {
    return [...findings, answer, ...(await look(app, config, settings))]
  } catch (error) {
    const what = `The store could not be checked any further: ${error.message}`
    return [...findings, answer, { level: 'unknown', what }]
  }
}

/** Checks whether the store answers within `storeTimeout`. */
export async function reach({ driver, name }: Store, settings: Settings): Promise<Finding> {
  if (name === 'cookie') {
    return { level: 'ok', what: 'The cookie driver does not need a store' }
  }
  const answer = async () => {
    const began = performance.now()
    await within({ ...settings, driver: name }, 'read', () =>
      atomicDriver(driver, settings).load(newId())
    )
    return Math.round(performance.now() - began)
  }
  let tookInMs: number
  try {
    tookInMs = await answer()
    // The first answer may have waited for a connection.
    tookInMs = tookInMs > SLOW_IN_MS ? await answer() : tookInMs
  } catch (error) {
    return {
      level: 'error',
      what: `The store of the "${name}" driver does not answer: ${error.message}`,
      advice: 'Make sure that the store is running, and check the connection in the config',
    }
  }
  return tookInMs > SLOW_IN_MS
    ? {
        level: 'warning',
        what: `The store took ${tookInMs} ms to answer`,
        advice: 'Every request with a session waits for the store, so run it closer to the app',
      }
    : { level: 'ok', what: `The store answered in ${tookInMs} ms` }
}

const SLOW_IN_MS = 200
