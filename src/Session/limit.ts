import type { SessionDriverContract, SessionMeta } from '@ioc:Adonis/Addons/Session'
import { Ended, Registry } from '../Registry'
import { Saved, Snapshot } from '../Repository/states'
import { Settings } from '../Settings'

/**
 * If a login exceeds `registry.maxPerTag`, ends other sessions or the one that was just stored.
 *
 * @throws E_SESSION_LIMIT
 */
export async function limitSessions(
  driver: SessionDriverContract,
  settings: Settings,
  before: Snapshot,
  { snapshot: { found } }: Saved,
  tell: (ended: Ended) => void
): Promise<void> {
  if (settings.registry.maxPerTag === Infinity) {
    return
  }
  const { tag, handle } = metaIn(found)
  if (tag !== undefined && metaIn(before.found).tag !== tag) {
    await new Registry(driver, settings, tell).limit(tag, handle!)
  }
}

function metaIn(found: Snapshot['found']): SessionMeta {
  return found.state === 'stored' ? found.record.meta : {}
}
