import { createHash } from 'crypto'
import type { SessionInfo, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { split } from '../Values/messages'

/** As many characters as the handles of sessions with a tag have. */
const HANDLE_LENGTH = 32

/** The handle of a session: its own, or one that is made of its id, which it does not tell. */
export function handleOf(sessionId: string, { meta }: StoredRecord): string {
  const made = () => createHash('sha256').update(`handle of ${sessionId}`).digest('hex')
  return meta.handle ?? made().slice(0, HANDLE_LENGTH)
}

/** Describes a session. What would let somebody use it is not enumerable, so that no JSON has it. */
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

/** Each use moves the expiry by an age. One that ends by its absolute age tells when it was stored. */
function lastSeenAt({ meta, expiresAt }: StoredRecord, settings: Settings): number | undefined {
  const { createdAt = Infinity, updatedAt, age = settings.ageInMs } = meta
  const isCapped = expiresAt !== null && createdAt + settings.absoluteAgeInMs <= expiresAt + 1000
  return expiresAt === null || isCapped ? updatedAt : Math.max(expiresAt - age, updatedAt ?? 0)
}
