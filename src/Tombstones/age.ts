import type { Found } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'

/**
 * A tombstone refuses changes for this long at least, so that no slow request writes under its id. What
 * is older than that may not revive a session either.
 */
export const REFUSED_IN_MS = 3_600_000

/** How long a retired id is known where `retireFor` is 0: requests that began before are under way. */
const BARE_RETIREMENT_IN_MS = 60_000

/** How long a tombstone stands. */
export function tombstoneTtl({ retireForInMs }: Settings): number {
  return Math.max(REFUSED_IN_MS, retireForInMs)
}

/**
 * Is an id retired so lately that answers with its successor may be under way? For that time it can be
 * read, leads on if it was rotated, and gets no cookie. After it the visitor gets a new id.
 */
export function isLatelyRetired(
  { expiresAt }: Extract<Found, { state: 'retired' }>,
  settings: Settings
): boolean {
  const ageInMs = tombstoneTtl(settings) - (expiresAt - Date.now())
  return ageInMs < (settings.retireForInMs || BARE_RETIREMENT_IN_MS)
}
