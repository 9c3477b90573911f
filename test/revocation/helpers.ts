import { AppOptions } from '../helpers/app'
import { configName, driversThat, optionsFor } from '../helpers/drivers'

/** The drivers in whose stores endings can be remembered. */
export const STORES = driversThat('isAtomic')

/** What an app needs to keep sessions in cookies, and endings in the store of a driver. */
export function revocable(store: string, session: Record<string, any> = {}): AppOptions {
  const base = optionsFor(store)
  const revocation = { driver: configName(store) }
  return { ...base, session: { ...base.session, driver: 'cookie', revocation, ...session } }
}
