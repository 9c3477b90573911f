import { createHash } from 'crypto'
import type { SessionMeta, SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { isPlainObject, Values } from '../Values/paths'

/** What a stored text says: the values, their JSON as it stands in the text, and the meta. */
export interface Decoded {
  values: Values
  json: string
  meta: SessionMeta
  /** What follows the values in the text; empty when the text is not in our form. */
  tail: string
}

const HEAD = '{"message":'

/**
 * The stored text of a session: the envelope of `MessageBuilder`, which 6.4.0 reads and writes.
 * It looks at `message` and `purpose` and ignores the rest, so the rest is where the meta goes.
 */
export function encode(id: string, json: string, meta?: SessionMeta): string {
  return `${HEAD}${json}${tailOf(id, meta)}`
}

/** What follows the values in the text of a session. */
export function tailOf(id: string, meta?: SessionMeta): string {
  const purpose = `,"purpose":${JSON.stringify(id)}`
  return meta ? `${purpose},"meta":${JSON.stringify(meta)}}` : `${purpose}}`
}

/**
 * Reads a stored text back, ours or that of 6.4.0. Odd data is `null` here, never a throw: text that
 * is no JSON, belongs to another id, or holds no object of values.
 */
export function decode(id: string, text: string): Decoded | null {
  let envelope: any
  try {
    envelope = JSON.parse(text)
  } catch {
    return null
  }

  if (!isPlainObject(envelope) || !isPlainObject(envelope.message) || envelope.purpose !== id) {
    return null
  }

  const end = text.lastIndexOf(`,"purpose":${JSON.stringify(id)}`)
  const isOurs = text.startsWith(HEAD) && end > 0
  return {
    values: envelope.message,
    json: isOurs ? text.slice(HEAD.length, end) : JSON.stringify(envelope.message),
    meta: metaIn(envelope.meta),
    tail: isOurs ? text.slice(end) : '',
  }
}

/**
 * Names one state of a stored text, shorter than the text is: its tail, if that has a revision, which
 * no other text has. Of a text of 6.4.0, its fingerprint.
 */
export function stateOf(text: string, { meta, tail }: Pick<Decoded, 'meta' | 'tail'>): string {
  return tail && meta.revision ? tail : fingerprint(text)
}

/** Names one state of a stored text: 40 hexadecimal characters, the same as Redis' `sha1hex`. */
export function fingerprint(text: string | Buffer): string {
  return createHash('sha1').update(text).digest('hex')
}

/** The last point in time that a `Date` knows. */
const LATEST_IN_MS = 8.64e15

/** What is read of the meta, and the type that it must have: anything else is as if it were not there. */
const META_TYPES: Record<keyof SessionMeta, 'number' | 'string' | 'boolean' | 'object'> = {
  createdAt: 'number',
  updatedAt: 'number',
  issuedAt: 'number',
  age: 'number',
  persist: 'boolean',
  revision: 'string',
  family: 'string',
  tag: 'string',
  taggedAt: 'number',
  epoch: 'string',
  handle: 'string',
  listedUntil: 'number',
  client: 'object',
  sealed: 'string',
  flashed: 'object',
}

/** The meta in what was stored, which may be damaged. */
function metaIn(stored: unknown): SessionMeta {
  if (!isPlainObject(stored)) {
    return {}
  }
  const meta: Values = {}
  for (const key of Object.keys(META_TYPES) as (keyof SessionMeta)[]) {
    if (isOfType(stored[key], META_TYPES[key])) {
      meta[key] = stored[key]
    }
  }
  return meta
}

/** Numbers are points in time and ages: an age of nothing would end the session at once. */
function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return (
        isPlainObject(value) && Object.values(value).every((token) => typeof token === 'string')
      )
    case 'number':
      return typeof value === 'number' && value > 0 && value <= LATEST_IN_MS
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return typeof value === 'string' && value !== ''
  }
}

/** A tombstone, and when it ends by its own text, in milliseconds since the epoch. */
export interface DecodedTombstone {
  tombstone: SessionTombstone
  until: number
}

/** The text of a tombstone that ends at `until`. 6.4.0 reads it as no session. */
export function encodeTombstone(tombstone: SessionTombstone, until: number): string {
  return `${TOMBSTONE_HEAD}${JSON.stringify({ ...tombstone, until })}}`
}

const TOMBSTONE_HEAD = '{"retired":'

/** Reads a tombstone back, also one that is over; `null`: the text is none. */
export function decodeTombstone(text: string): DecodedTombstone | null {
  if (!text.startsWith(TOMBSTONE_HEAD)) {
    return null
  }
  try {
    const { until, ...tombstone } = JSON.parse(text).retired
    return isPlainObject(tombstone.values) && typeof until === 'number'
      ? { tombstone: tombstone as SessionTombstone, until }
      : null
  } catch {
    return null
  }
}

/**
 * The place of the meta among the values, for drivers that keep values and nothing else. It always says
 * when the session was written: what does not is a value of the app, and goes along with the meta.
 */
const META_KEY = '__session__'

function isMeta(value: unknown): value is Values {
  return isPlainObject(value) && typeof value.updatedAt === 'number'
}

/** The values with the meta among them. */
export function embed(values: Values, { revision, ...rest }: SessionMeta): Values {
  const meta = { ...rest, updatedAt: rest.updatedAt ?? Date.now() }
  const shadowed = values[META_KEY]
  return { ...values, [META_KEY]: shadowed === undefined ? meta : { ...meta, shadowed } }
}

/** Must the meta be there, since a value of the app would pass for it? */
export function needsEmbedding(values: Values): boolean {
  return isMeta(values[META_KEY])
}

/** Takes the meta out of the values again. */
export function extract(stored: Values): { values: Values; meta: SessionMeta } {
  if (!isMeta(stored[META_KEY])) {
    return { values: stored, meta: {} }
  }
  const {
    [META_KEY]: { shadowed, ...meta },
    ...values
  } = stored
  return {
    values: shadowed === undefined ? values : { ...values, [META_KEY]: shadowed },
    meta: metaIn(meta),
  }
}
