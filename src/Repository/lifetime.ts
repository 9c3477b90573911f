import { randomBytes } from 'crypto'
import type { SessionMeta, SessionTombstone, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { LONGEST_COOKIE_IN_MS, Settings } from '../Settings'
import { revision } from '../Tombstones'
import { REFUSED_IN_MS } from '../Tombstones/age'
import { Change, Snapshot } from './states'

/** Milliseconds that a session lives without a request, and not beyond its absolute age. */
export function timeToLive(
  { age, createdAt }: Pick<SessionMeta, 'age' | 'createdAt'>,
  settings: Settings
): number {
  const sinceCreation = Date.now() - (createdAt ?? Date.now())
  return Math.max(Math.min(age ?? settings.ageInMs, settings.absoluteAgeInMs - sinceCreation), 1)
}

/** Has a session reached its absolute age? */
export function isTooOld({ meta }: StoredRecord, settings: Settings): boolean {
  return Date.now() - (meta.createdAt ?? Date.now()) >= settings.absoluteAgeInMs
}

/**
 * Is the expiry of an unchanged session far from where it should be? An unknown expiry counts as due. A
 * session whose own age is short is touched at half of it, or `touchEvery` would let it end in use.
 */
export function isTouchDue({ meta, expiresAt }: StoredRecord, settings: Settings): boolean {
  const ttlInMs = timeToLive(meta, settings)
  const leftInMs = (expiresAt ?? 0) - Date.now()
  return Math.abs(ttlInMs - leftInMs) >= Math.min(settings.touchEveryInMs, ttlInMs / 2)
}

/** Has a session had its id for long enough? An unknown issue time counts as due. */
export function isRotationDue({ meta }: StoredRecord, settings: Settings): boolean {
  return Date.now() - (meta.issuedAt ?? 0) >= settings.rotateEveryInMs
}

/**
 * Did the time of a session come while the request was under way? The request is use of the session, so
 * what it leaves is saved; not beyond `absoluteAge`, and not longer than a tombstone would refuse it.
 */
export function hasRunOut({ found, loadedAt }: Snapshot, settings: Settings): boolean {
  if (found.state !== 'stored' || isTooOld(found.record, settings)) {
    return false
  }
  const { expiresAt, meta } = found.record
  const end = expiresAt ?? loadedAt + (meta.age ?? settings.ageInMs)
  return Date.now() >= end && Date.now() - loadedAt < REFUSED_IN_MS
}

/** How long the tombstone of a family stands: as long as a browser may come back to a member of it. */
export function familyTtl({ age }: SessionMeta, { ageInMs }: Settings): number {
  return Math.max(LONGEST_COOKIE_IN_MS, ageInMs, age ?? 0)
}

/** The tombstone of a session that ends for good. */
export function endingBy(reason: 'invalidated' | 'revoked'): SessionTombstone {
  return { reason, values: {}, revision: revision() }
}

/** What the meta of a new record takes over, from the record before or from a tombstone. */
export interface Heritage {
  inherited: SessionMeta
  keepsId: boolean
}

/** 128 random bits, in characters that a command line and an address take as they are. */
function newHandle(): string {
  return randomBytes(16).toString('hex')
}

/** The tag that a session has after a change: what its handler said counts before what the config notes. */
export function tagAfter(
  tag: string | undefined,
  { own, notes }: Pick<Change, 'own' | 'notes'>
): string | undefined {
  const set = own?.tag === undefined ? notes.user : own.tag
  return set === undefined ? tag : (set ?? undefined)
}

/** The meta of a record that is written now. */
export function metaNow(
  { inherited, keepsId }: Heritage,
  change: Pick<Change, 'own' | 'notes'>,
  flashed: SessionMeta['flashed'],
  { rotateEveryInMs }: Settings
): SessionMeta {
  const now = Date.now()
  const { own, notes } = change
  const tag = tagAfter(inherited.tag, change)
  return {
    createdAt: inherited.createdAt ?? now,
    updatedAt: now,
    revision: revision(),
    issuedAt: rotateEveryInMs === Infinity ? undefined : (keepsId && inherited.issuedAt) || now,
    flashed,
    age: own?.age ?? inherited.age,
    persist: own?.persist ?? inherited.persist,
    family: inherited.family,
    tag,
    taggedAt: tag === inherited.tag ? inherited.taggedAt : now,
    epoch: tag === inherited.tag ? inherited.epoch : undefined,
    handle: inherited.handle ?? (tag === undefined ? undefined : newHandle()),
    listedUntil: keepsId && tag === inherited.tag ? inherited.listedUntil : undefined,
    client: tag === undefined ? undefined : (notes.client ?? inherited.client),
  }
}
