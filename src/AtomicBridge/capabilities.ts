import type { SessionDriverContract, AtomicDriverContract } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { owns } from '../Values/paths'
import { AtomicBridge } from './index'

/** What an atomic driver does in place of each documented method. */
const COUNTERPARTS = { read: ['load'], write: ['replace'], destroy: ['retire'] }
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
export function isAtomic(driver: SessionDriverContract): driver is AtomicDriverContract {
  const ofClass = Object.getPrototypeOf(driver)
  if (METHODS.some((method) => owns(driver, method))) {
    return compares(driver)
  }
  known.has(ofClass) || known.set(ofClass, compares(driver))
  return known.get(ofClass)!
}

/** Can a driver list its sessions, by their tag and all of them? */
export function canList(driver: SessionDriverContract): boolean {
  const { tagged, list } = driver as Partial<AtomicDriverContract>
  return isAtomic(driver) && typeof tagged === 'function' && typeof list === 'function'
}

/** Can its sessions be ended by their tag? */
export function canTag(driver: SessionDriverContract): boolean {
  const { endTagged } = driver as Partial<AtomicDriverContract>
  return canList(driver) || (isAtomic(driver) && typeof endTagged === 'function')
}

/** The one place that asks what a driver can do: everything above it sees an atomic driver. */
export function atomicDriver(
  driver: SessionDriverContract,
  settings: Settings
): AtomicDriverContract {
  return isAtomic(driver) ? driver : new AtomicBridge(driver, settings)
}
