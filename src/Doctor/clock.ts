import type { Finding } from '@ioc:Adonis/Addons/Session'

const APART_IN_MS = 5000

/** Compares the clock of a store with that of this process. `decides` says which clock ends sessions. */
export function findingOfClock(
  storeInMs: number,
  askedAt: number,
  decides: 'app' | 'store'
): Finding {
  const apartInMs = Math.round(storeInMs - (askedAt + Date.now()) / 2)
  const seconds = (Math.abs(apartInMs) / 1000).toFixed(1)
  if (Math.abs(apartInMs) < APART_IN_MS) {
    return { level: 'ok', what: 'The clocks of the app and of the store agree' }
  }
  return {
    level: decides === 'app' ? 'error' : 'warning',
    what: `The clock of the store is ${seconds} s ${apartInMs > 0 ? 'ahead of' : 'behind'} that of the app`,
    advice:
      decides === 'app'
        ? 'Synchronise the clocks of all app servers (NTP), because they decide when sessions end'
        : 'Synchronise both clocks (NTP)',
  }
}
