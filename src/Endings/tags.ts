import { createHash } from 'crypto'
import type { Found, SessionMeta, SessionRecord } from '@ioc:Adonis/Addons/Session'
import { revision } from '../Tombstones'
import { isPlainObject, Values } from '../Values/paths'

/**
 * What the sessions with a tag are compared with, stored once for the tag. A session has the epoch in which it was
 * tagged. Ending the sessions of a tag begins the next epoch, so no clock decides which of them were there before.
 */
export interface TagMark {
  epoch: string
  /** The session that `except` kept, if its epoch is in this list; `null`: any epoch. */
  spared: { handle: string; epochs: string[] | null } | null
  /** Sessions that were ended one by one, by handle: until when to remember it, in milliseconds since the epoch. */
  ended: Record<string, number>
}

/** The epoch of a tag without a mark: its sessions were never ended, or the mark has expired or was lost. */
export const FIRST_EPOCH = '0'

const NO_MARK: TagMark = { epoch: FIRST_EPOCH, spared: null, ended: {} }

/** The id under which the mark of a tag is stored. No session has it. */
export function markIdOf(tag: string): string {
  return `tag-${createHash('sha256').update(tag).digest('hex')}`
}

export function markIn(found: Found): TagMark {
  const { epoch, spared, ended } = found.state === 'stored' ? found.record.values : ({} as Values)
  return typeof epoch === 'string' && isPlainObject(ended)
    ? { epoch, spared: spared ?? null, ended }
    : NO_MARK
}

export function recordOf(mark: TagMark): SessionRecord {
  const json = JSON.stringify(mark)
  return { values: JSON.parse(json), json, meta: { revision: revision() } }
}

/** Has a session with this tag been ended? */
export function isEnded({ handle = '', epoch = FIRST_EPOCH }: SessionMeta, mark: TagMark): boolean {
  if ((mark.ended[handle] ?? 0) > Date.now()) {
    return true
  }
  if (mark.epoch === FIRST_EPOCH || epoch === mark.epoch) {
    return false
  }
  const { spared } = mark
  return !(spared?.handle === handle && (spared.epochs?.includes(epoch) ?? true))
}

/** The mark after one session was ended. */
export function markWithout(handle: string, mark: TagMark, untilInMs: number): TagMark {
  return { ...mark, ended: { ...remembered(mark), [handle]: untilInMs } }
}

/** The mark after all sessions were ended but the one with this handle. */
export function nextMark(mark: TagMark, except?: string): TagMark {
  const epoch = revision()
  return except === undefined
    ? { epoch, spared: null, ended: {} }
    : { epoch, spared: sparing(except, mark), ended: remembered(mark) }
}

function sparing(handle: string, { epoch, spared }: TagMark): TagMark['spared'] {
  const before = spared?.handle === handle ? spared.epochs : []
  const isFirst = epoch === FIRST_EPOCH || before === null
  return { handle, epochs: isFirst ? null : [...before, epoch] }
}

function remembered({ ended }: TagMark): TagMark['ended'] {
  return Object.fromEntries(Object.entries(ended).filter(([, untilInMs]) => untilInMs > Date.now()))
}
