import { createHash } from 'crypto'
import type { SessionInfo, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { split } from '../Values/messages'

/** The same length as the stored handles of sessions with a tag. */
const HANDLE_LENGTH = 32

/** The stored handle of a session, or else one derived from its id by a hash, which does not reveal the id. */
export function handleOf(sessionId: string, { meta }: StoredRecord): string {
  const made = () => createHash('sha256').update(`handle of ${sessionId}`).digest('hex')
  return meta.handle ?? made().slice(0, HANDLE_LENGTH)
}

/** Describes a session. Its id and its values are not enumerable, so that they are left out of JSON. */
export function infoOf(
  sessionId: string,
  record: StoredRecord,
  settings: Settings,
  current: string | null
): SessionInfo {
  const { meta, expiresAt } = record
  const handle = handleOf(sessionId, record)
  const info = {
    handle,
    tag: meta.tag ?? null,
    createdAt: dateOf(meta.createdAt),
    taggedAt: dateOf(meta.taggedAt),
    lastSeenAt: dateOf(lastSeenAt(record, settings)),
    expiresAt: dateOf(expiresAt),
    ip: meta.client?.ip ?? null,
    userAgent: meta.client?.userAgent ?? null,
    isCurrent: handle === current,
  }
  return Object.defineProperties(info, {
    id: { value: sessionId },
    data: { get: () => split(record.values).values },
  }) as SessionInfo
}

function dateOf(timeInMs: number | null | undefined): Date | null {
  return typeof timeInMs === 'number' ? new Date(timeInMs) : null
}

/**
 * Each use sets the expiry to one age from then, so the last use is the expiry minus the age. If the absolute age
 * limits the expiry, or the expiry is unknown, only the time of the last write is known.
 */
function lastSeenAt({ meta, expiresAt }: StoredRecord, settings: Settings): number | undefined {
  const { createdAt = Infinity, updatedAt, age = settings.ageInMs } = meta
  const isCapped = expiresAt !== null && createdAt + settings.absoluteAgeInMs <= expiresAt + 1000
  return expiresAt === null || isCapped ? updatedAt : Math.max(expiresAt - age, updatedAt ?? 0)
}
