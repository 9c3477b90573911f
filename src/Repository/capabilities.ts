import type { SessionDriverContract, SessionStoreContract } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { FourMethodStore } from './FourMethodStore'

/** What a full store does in place of each documented method. */
const COUNTERPARTS = { read: ['load', 'retired'], write: ['replace'], destroy: ['retire'] }

/** How far up the prototypes a method stands: 0 for the object itself, `Infinity` for nowhere. */
function distanceTo(method: string, driver: object): number {
  let distance = 0
  for (let level: object | null = driver; level; level = Object.getPrototypeOf(level)) {
    if (Object.prototype.hasOwnProperty.call(level, method)) {
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
function isStore(driver: SessionDriverContract): driver is SessionStoreContract {
  return Object.entries(COUNTERPARTS).every(([method, counterparts]) =>
    counterparts.every(
      (counterpart) =>
        typeof (driver as any)[counterpart] === 'function' &&
        distanceTo(counterpart, driver) <= distanceTo(method, driver)
    )
  )
}

/** The one place that asks what a driver can do: everything above it sees one full contract. */
export function storeOf(driver: SessionDriverContract, settings: Settings): SessionStoreContract {
  return isStore(driver) ? driver : new FourMethodStore(driver, settings)
}
