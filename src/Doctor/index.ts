import { performance } from 'perf_hooks'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { Finding, SessionConfig, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { atomicDriver } from '../AtomicBridge/capabilities'
import { newId } from '../IdCookie'
import { connectionErrorOf } from '../Outage'
import { within } from '../Outage/deadline'
import { Settings } from '../Settings'
import { findingsOfConfig } from './config'
import { findingsOfDatabase } from './database'
import { findingsOfFiles, withoutTrace } from './files'
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

/** What the wiring of the app knows. Both may throw what keeps the app from booting. */
interface Wiring {
  /** Does what is done when the app boots, and returns its warnings. */
  verify: () => Promise<string[]>
  store: () => Store
}

/** The findings of stores that did not answer. */
const unanswered = new WeakSet<Finding>()

/** Does it say that the store did not answer? */
export function isUnanswered(finding: Finding): boolean {
  return unanswered.has(finding)
}

/** Checks the config and the store of an app. Doesn't change the config or any session. */
export async function examine(
  app: ApplicationContract,
  config: SessionConfig,
  settings: Settings,
  wiring: Wiring
): Promise<Finding[]> {
  const findings = findingsOfConfig(app, config, settings)
  const booted = await boot(wiring, config)
  return Array.isArray(booted)
    ? [...findings, ...booted, ...(await findingsOfStore(app, config, settings, wiring.store()))]
    : [...findings, booted]
}

/** What somebody who starts the app is told of; an error alone: it would not start. */
async function boot({ verify }: Wiring, { file }: SessionConfig): Promise<Finding[] | Finding> {
  try {
    const warnings = await withoutTrace(file?.location, verify)
    return warnings.map((what) => ({ level: 'warning', what }))
  } catch (error) {
    return { level: 'error', what: `The app does not start: ${error.message}` }
  }
}

async function findingsOfStore(
  app: ApplicationContract,
  config: SessionConfig,
  settings: Settings,
  store: Store
): Promise<Finding[]> {
  const answer = await reach(store, settings)
  const look = store.isBuiltIn ? LOOKS[store.name] : undefined
  if (answer.level === 'error' || !look) {
    return [answer]
  }
  try {
    return [answer, ...(await look(app, config, settings))]
  } catch (error) {
    const what = `The store could not be checked any further: ${error.message}`
    return [answer, { level: 'unknown', what }]
  }
}

/** Checks whether the store answers within `storeTimeout`. */
export async function reach({ driver, name }: Store, settings: Settings): Promise<Finding> {
  if (name === 'cookie') {
    return { level: 'ok', what: 'The cookie driver does not need a store' }
  }
  const answer = async () => {
    const began = performance.now()
    await within(
      { ...settings, driver: name },
      'read',
      () => atomicDriver(driver, settings).load(newId()),
      { answered() {}, unanswered: () => connectionErrorOf(driver) }
    )
    return Math.round(performance.now() - began)
  }
  let tookInMs: number
  try {
    tookInMs = await answer()
    // The first answer may have waited for a connection.
    tookInMs = tookInMs > SLOW_IN_MS ? await answer() : tookInMs
  } catch (error) {
    return refusal(name, error.message)
  }
  return tookInMs > SLOW_IN_MS
    ? {
        level: 'warning',
        what: `The store took ${tookInMs} ms to answer`,
        advice: 'Every request with a session waits for the store, so run it closer to the app',
      }
    : { level: 'ok', what: `The store answered in ${tookInMs} ms` }
}

/** What a driver ends its message with if it knows what to do. */
const ADVICE = /\. (Create|Set) /

function refusal(name: string, message: string): Finding {
  const what = `The store of the "${name}" driver does not answer: ${message}`
  const advice = 'Make sure that the store is running, and check the connection in the config'
  const finding: Finding = ADVICE.test(message)
    ? { level: 'error', what }
    : { level: 'error', what, advice }
  unanswered.add(finding)
  return finding
}

const SLOW_IN_MS = 200
