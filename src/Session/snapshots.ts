import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { Repository } from '../Repository'
import { isFinal, isSameSession } from '../Repository/rules'
import { Snapshot } from '../Repository/states'

/** What stands under the first id that has a session, or under the first one. */
export async function firstAlive(repository: Repository, ids: string[]): Promise<Snapshot> {
  const first = await repository.load(ids[0])
  for (const other of isAlive(first) ? [] : ids.slice(1)) {
    const snapshot = await repository.load(other)
    if (isAlive(snapshot)) {
      return snapshot
    }
  }
  return first
}

/** Is there a session behind the id, or something to be read of one? */
function isAlive({ found, base }: Snapshot): boolean {
  return found.state === 'stored' || base !== '{}'
}

/** Had the session ended for good when the request began? What is put then gets a new id. */
export function hasEnded({ found }: Snapshot): boolean {
  return found.state === 'retired' && isFinal(found.tombstone)
}

/** The handle of a session, also under an id that it has had until lately. */
export function handleIn({ found, isRefused }: Snapshot): string | undefined {
  switch (found.state) {
    case 'stored':
      return found.record.meta.handle
    case 'retired':
      return isRefused ? undefined : found.tombstone.meta?.handle
    default:
      return undefined
  }
}

/** Why a request gets nothing of the session whose id it has; `undefined`: it does, or there is none. */
export function reasonOfRejection(snapshot: Snapshot): SessionTombstone['reason'] | undefined {
  const { found, isRefused } = snapshot
  return found.state === 'retired' && (isRefused || hasEnded(snapshot))
    ? found.tombstone.reason
    : undefined
}

/** A session that no driver was asked about yet. */
export function newSnapshot(id: string, state: 'new' | 'absent'): Snapshot {
  return {
    id,
    cameAs: id,
    isSent: false,
    found: { state },
    base: '{}',
    loadedAt: Date.now(),
    isRefused: false,
  }
}

/** Is what stands under an id now still the session that a request began with? Nothing may have become one. */
export function isOneSession({ found: was }: Snapshot, { found: is }: Snapshot): boolean {
  switch (was.state) {
    case 'stored':
      return is.state === 'stored' && isSameSession(was.record, is.record)
    case 'retired':
      return false
    default:
      return is.state !== 'retired'
  }
}
