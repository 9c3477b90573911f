import type { SessionDriverContract, SessionStoreContract } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { owns } from '../Values/paths'
import { FourMethodStore } from './FourMethodStore'

/** What a full store does in place of each documented method. */
const COUNTERPARTS = { read: ['load', 'retired'], write: ['replace'], destroy: ['retire'] }
const METHODS = Object.entries(COUNTERPARTS).flat(2)

/** The answers for classes, which are asked about with each request. */
const known = new WeakMap<object, boolean>()

/** How far up the prototypes a method stands: 0 for the object itself, `Infinity` for nowhere. */
function distanceTo(method: string, driver: object): number {
  let distance = 0
  for (let level: object | null = driver; level; level = Object.getPrototypeOf(level)) {
    if (owns(level, method)) {
      return distance
    }
    distance++
  }
  return Infinity
}

/**
 * Does a driver compare by itself? A class that extends such a driver and overrides `read` or `write`
 * wants its own ones to be used: it counts as a driver of four methods.
 */
function compares(driver: any): boolean {
  return Object.entries(COUNTERPARTS).every(([method, counterparts]) =>
    counterparts.every(
      (counterpart) =>
        typeof driver[counterpart] === 'function' &&
        distanceTo(counterpart, driver) <= distanceTo(method, driver)
    )
  )
}

/** The same, remembered by class unless the driver has methods that its class does not have. */
function isStore(driver: SessionDriverContract): driver is SessionStoreContract {
  const ofClass = Object.getPrototypeOf(driver)
  if (METHODS.some((method) => owns(driver, method))) {
    return compares(driver)
  }
  known.has(ofClass) || known.set(ofClass, compares(driver))
  return known.get(ofClass)!
}

/** The one place that asks what a driver can do: everything above it sees one full contract. */
export function storeOf(driver: SessionDriverContract, settings: Settings): SessionStoreContract {
  return isStore(driver) ? driver : new FourMethodStore(driver, settings)
}
