import { AppOptions } from '../helpers/app'
import { configName, driversThat, optionsFor } from '../helpers/drivers'
import { Handler } from '../helpers/visits'

/** The drivers in whose stores endings can be remembered. */
export const STORES = driversThat('isAtomic')

/** What an app needs to keep sessions in cookies, and endings in the store of a driver. */
export function revocable(store: string, session: Record<string, any> = {}): AppOptions {
  const base = optionsFor(store)
  const revocation = { driver: configName(store) }
  return { ...base, session: { ...base.session, driver: 'cookie', revocation, ...session } }
}

export const all: Handler = ({ session }) => session.all()
export const handle: Handler = ({ session }) => session.handle

/** A login, as an app does it. */
export const logIn =
  (user: string): Handler =>
  ({ session }) => {
    session.regenerate()
    session.put('user', user)
    session.tag(user)
  }

let names = 0

/** The name of a user whom no other test has. */
export const newName = (of = 'user') => `${of} ${process.pid} ${++names}`
