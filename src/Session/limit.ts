import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'
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
  { snapshot: { id, found } }: Saved,
  tell: (ended: Ended) => void
): Promise<void> {
  if (settings.registry.maxPerTag === Infinity || found.state !== 'stored') {
    return
  }
  const { record } = found
  const { tag, handle } = record.meta
  const had = before.found.state === 'stored' ? before.found.record.meta : {}
  // A session that was begun in place of another one counts, even if that one had the same tag.
  if (tag !== undefined && (had.tag !== tag || had.handle !== handle)) {
    await new Registry(driver, settings, tell).limit(tag, { sessionId: id, record })
  }
}
