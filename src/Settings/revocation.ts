import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { requireObject } from './keys'
import { worded } from './words'

export interface RevocationSettings {
  /** The name of the driver in whose store the endings are remembered. */
  driver: string
  /** Are sessions accepted unchecked while that store is down? */
  acceptsOutage: boolean
}

const KEYS = ['driver', 'whenDown']
const WHEN_DOWN = ['refuse', 'accept']

/** @throws E_SESSION_INVALID_CONFIG */
export function revocationOf({ revocation }: SessionConfig): RevocationSettings | null {
  if (revocation === undefined || revocation === null) {
    return null
  }
  requireObject('revocation', revocation)
  const unknown = Object.keys(revocation).find((key) => !KEYS.includes(key))
  if (unknown) {
    throw SessionException.invalidConfig(
      `revocation.${unknown}`,
      `is unknown. The known keys are ${KEYS.join(', ')}`
    )
  }
  const { driver, whenDown = 'refuse' } = revocation
  if (typeof driver !== 'string' || !driver || driver === 'cookie') {
    throw SessionException.invalidConfig(
      'revocation.driver',
      `is ${worded(driver)}, and must be the name of a driver that keeps sessions on the server, such as "redis"`
    )
  }
  if (!WHEN_DOWN.includes(whenDown)) {
    throw SessionException.invalidConfig(
      'revocation.whenDown',
      `is ${worded(whenDown)}, and must be "refuse" or "accept"`
    )
  }
  return { driver, acceptsOutage: whenDown === 'accept' }
}
