import type { SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { Repository } from '../Repository'
import { isFinal, isSameSession } from '../Repository/rules'
import { Snapshot } from '../Repository/states'

/**
 * What stands under the ids of a request. Of several sessions, that which was stored last: a login is newer than a
 * session from before a change of the cookie's path. If there is none, what can still be read of one, or nothing.
 */
export async function newestOf(repository: Repository, ids: string[]): Promise<Snapshot> {
  const snapshots: Snapshot[] = []
  for (const id of ids) {
    snapshots.push(await repository.load(id))
  }
  const [newest] = snapshots
    .filter(({ found }) => found.state === 'stored')
    .sort((one, other) => storedAt(other) - storedAt(one))
  return newest ?? snapshots.find(({ base }) => base !== '{}') ?? snapshots[0]
}

function storedAt({ found }: Snapshot): number {
  return (found.state === 'stored' && found.record.meta.updatedAt) || 0
}

/** Is there no session under the id, and none that it ever had? */
export function isNothing({ found: { state } }: Snapshot): boolean {
  return state === 'absent' || state === 'unreadable'
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

/**
 * Is what stands under an id now still the session that a request began with, or what another id left of it?
 * Nothing may have become one.
 */
export function isOneSession({ found: was }: Snapshot, now: Snapshot): boolean {
  const { found: is } = now
  switch (was.state) {
    case 'stored':
      return is.state === 'stored'
        ? isSameSession(was.record, is.record)
        : is.state === 'retired' && !hasEnded(now)
    case 'retired':
      return is.state === 'retired' && isFinal(was.tombstone) === isFinal(is.tombstone)
    default:
      return is.state !== 'retired' && !now.isRefused
  }
}
