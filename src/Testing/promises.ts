import { strictEqual as equal } from 'assert'
import type {
  AtomicDriverContract,
  Found,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
} from '@ioc:Adonis/Addons/Session'
import { newId } from '../IdCookie'
import { Values } from '../Values/paths'

/** Values of each kind that JSON has. */
export const VALUES: Values = {
  text: 'žluťoučký 🐎 "quoted" \\ \u0000 \u2028',
  number: -1.5e21,
  yes: true,
  no: false,
  nothing: null,
  list: [1, [2, { three: 3 }], null],
  nested: { 'a.b': { c: {} } },
  empty: '',
}

export const MINUTE_IN_MS = 60_000

/** Sentences, and what shows that they hold for a driver and an id that nobody used. */
export type Promises<Driver> = Record<string, (driver: Driver, id: string) => Promise<void>>

export function record(values: Values, age?: SessionMeta['age']): SessionRecord {
  const now = Date.now()
  return { values, json: JSON.stringify(values), meta: { createdAt: now, updatedAt: now, age } }
}

export async function begin(
  driver: AtomicDriverContract,
  id: string,
  values: Values
): Promise<string> {
  const result = await driver.replace(id, record(values), null, MINUTE_IN_MS)
  equal(result.done, true, 'nothing is there, so the record is stored')
  return result.done ? result.version : ''
}

export function tombstone(
  reason: SessionTombstone['reason'],
  more: Partial<SessionTombstone> = {}
): SessionTombstone {
  return { reason, values: {}, revision: newId(), ...more }
}

export function valuesOf(found: Found): Values | null {
  return found.state === 'stored' ? found.record.values : null
}

export async function valuesIn(driver: AtomicDriverContract, id: string): Promise<Values | null> {
  return valuesOf(await driver.load(id))
}

export async function reasonOf(driver: AtomicDriverContract, id: string) {
  const found = await driver.load(id)
  return found.state === 'retired' ? found.tombstone.reason : found.state
}

/** What a conditional change found instead of what it expected. */
export async function foundBy(
  changed: ReturnType<AtomicDriverContract['replace']>
): Promise<Found> {
  const result = await changed
  return result.done ? { state: 'unreadable', reason: 'The change was made' } : result.found
}
