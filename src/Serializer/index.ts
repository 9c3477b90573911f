import { createHash } from 'crypto'
import type { SessionMeta, SessionTombstone } from '@ioc:Adonis/Addons/Session'
import { isPlainObject, Values } from '../Values/paths'

/** What a stored text says: the values, their JSON as it stands in the text, and what we noted. */
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
 * It looks at `message` and `purpose` and ignores the rest, so the rest is where our notes go.
 */
export function encode(id: string, json: string, meta: SessionMeta): string {
  return `${HEAD}${json}${tailOf(id, meta)}`
}

/** What follows the values in the text of a session. */
export function tailOf(id: string, meta: SessionMeta): string {
  return `,"purpose":${JSON.stringify(id)},"meta":${JSON.stringify(meta)}}`
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
    meta: isPlainObject(envelope.meta) ? envelope.meta : {},
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

/** The text of a tombstone that ends at `until`, in milliseconds since the epoch. */
export function encodeTombstone(tombstone: SessionTombstone, until: number): string {
  return JSON.stringify({ ...tombstone, until })
}

/** Reads a tombstone back; `null` when it is over, or odd. */
export function decodeTombstone(text: string): SessionTombstone | null {
  try {
    const { until, ...tombstone } = JSON.parse(text)
    return until > Date.now() && isPlainObject(tombstone.values) ? tombstone : null
  } catch {
    return null
  }
}

/**
 * The place of our notes among the values, for stores that keep values and nothing else. They always
 * say when they were written: what does not is a value of the app, and goes along with our notes.
 */
const META_KEY = '__session__'

function areNotes(value: unknown): value is Values {
  return isPlainObject(value) && typeof value.updatedAt === 'number'
}

/** The values with our notes among them. */
export function embed(values: Values, { revision, ...meta }: SessionMeta): Values {
  const notes = { ...meta, updatedAt: meta.updatedAt ?? Date.now() }
  const shadowed = values[META_KEY]
  return { ...values, [META_KEY]: shadowed === undefined ? notes : { ...notes, shadowed } }
}

/** Must our notes be there, since a value of the app would pass for them? */
export function needsEmbedding(values: Values): boolean {
  return areNotes(values[META_KEY])
}

/** Takes our notes out of the values again. */
export function extract(stored: Values): { values: Values; meta: SessionMeta } {
  if (!areNotes(stored[META_KEY])) {
    return { values: stored, meta: {} }
  }
  const {
    [META_KEY]: { shadowed, ...meta },
    ...values
  } = stored
  return { values: shadowed === undefined ? values : { ...values, [META_KEY]: shadowed }, meta }
}
