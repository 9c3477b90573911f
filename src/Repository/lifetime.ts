import { randomBytes } from 'crypto'
import type { SessionMeta, StoredSession } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { Change } from './types'

/** Tell the records of this process from those of others, and from each other. */
const PROCESS = randomBytes(6).toString('base64')
let records = 0

/** Milliseconds that a session lives without a request, and not beyond its absolute age. */
export function timeToLive({ age, createdAt }: SessionMeta, settings: Settings): number {
  const sinceCreation = Date.now() - (createdAt ?? Date.now())
  return Math.max(Math.min(age ?? settings.ageInMs, settings.absoluteAgeInMs - sinceCreation), 1)
}

/** Has a session reached its absolute age? */
export function isTooOld({ meta }: StoredSession, settings: Settings): boolean {
  return Date.now() - (meta.createdAt ?? Date.now()) >= settings.absoluteAgeInMs
}

/**
 * Is the expiry of an unchanged session far from where it should be? An unknown expiry counts as due. A
 * session whose own age is short is touched at half of it, or `touchEvery` would let it end in use.
 */
export function isTouchDue({ meta, expiresAt }: StoredSession, settings: Settings): boolean {
  const ttlInMs = timeToLive(meta, settings)
  const leftInMs = (expiresAt ?? 0) - Date.now()
  return Math.abs(ttlInMs - leftInMs) >= Math.min(settings.touchEveryInMs, ttlInMs / 2)
}

/** Has a session had its id for long enough? Not knowing since when, it has. */
export function isRotationDue({ meta }: StoredSession, settings: Settings): boolean {
  return Date.now() - (meta.issuedAt ?? 0) >= settings.rotateEveryInMs
}

/** The notes of a record that is written now. */
export interface Noting {
  /** Those of the record that was there, or whose values go on under a new id. */
  inherited: SessionMeta
  /** Given by the request that writes; without it, the session keeps the one it has. */
  age: Change['age']
  keepsId: boolean
  flashes: boolean
}

export function metaNow(
  { inherited, age, keepsId, flashes }: Noting,
  { rotateEveryInMs }: Settings
): SessionMeta {
  const now = Date.now()
  return {
    createdAt: inherited.createdAt ?? now,
    updatedAt: now,
    revision: `${PROCESS}${(records++).toString(36)}`,
    issuedAt: rotateEveryInMs === Infinity ? undefined : (keepsId && inherited.issuedAt) || now,
    flashedAt: flashes ? Math.max(now, (inherited.flashedAt ?? 0) + 1) : inherited.flashedAt,
    age: age ? age.inMs : inherited.age,
  }
}
