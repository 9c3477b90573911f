import { createHash } from 'crypto'
import type { Found, SessionMeta, SessionRecord } from '@ioc:Adonis/Addons/Session'
import { revision } from '../Tombstones'
import { isPlainObject } from '../Values/paths'

/**
 * What the sessions with a tag are compared with, stored once for the tag. A session has the epoch in which it was
 * tagged. Ending sessions of a tag begins its next epoch, which is the time in milliseconds, or one more than the last
 * epoch. So sessions that are tagged later have a later epoch, even if another server's clock is behind.
 */
export interface TagMark {
  /** For sessions that are tagged now. */
  epoch: number
  /** Sessions of earlier epochs have ended. */
  endedBefore: number
  /** The session that `except` kept: it has ended only if its epoch is earlier than that. */
  spared: { handle: string; endedBefore: number } | null
  /** Sessions that were ended one by one, by handle, each in epochs earlier than that. */
  ended: Record<string, number>
}

/** The mark of a tag whose sessions were never ended, or whose mark has expired or was lost. */
export const NO_MARK: TagMark = { epoch: 0, endedBefore: 0, spared: null, ended: {} }

/** Stands for a mark that can be neither read nor replaced. It is never stored. */
export const ALL_ENDED: TagMark = { ...NO_MARK, endedBefore: Infinity }

/** Handles come from forms. What isn't one is ignored. */
const HANDLE = /^[0-9a-f]{32}$/

/** How many handles a mark has at most: it's read with each request of the user. */
const MOST_HANDLES = 100

/** The digits of a time in milliseconds, so that a later epoch doesn't make the cookie longer. */
const DIGITS = 13

/** The id under which the mark of a tag is stored. It's not a valid session id, which begins with a letter or digit. */
export function markIdOf(tag: string): string {
  return `_tag-${createHash('sha256').update(tag).digest('hex')}`
}

/** The mark in what was found in the store; `null`: it can't be read. */
export function markIn(found: Found): TagMark | null {
  if (found.state === 'absent') {
    return NO_MARK
  }
  const { values } = found.state === 'stored' ? found.record : { values: null }
  return isMark(values) ? values : null
}

function isMark(values: unknown): values is TagMark {
  if (!isPlainObject(values) || !isPlainObject(values.ended)) {
    return false
  }
  const { epoch, endedBefore, spared, ended } = values
  const isSparing =
    spared === null || (typeof spared?.handle === 'string' && Number.isFinite(spared.endedBefore))
  return isSparing && [epoch, endedBefore, ...Object.values(ended)].every(Number.isFinite)
}

export function recordOf(mark: TagMark, ttlInMs: number): SessionRecord {
  const json = JSON.stringify(mark)
  return { values: JSON.parse(json), json, meta: { revision: revision(), age: ttlInMs } }
}

/** An epoch as it's stored in a session. */
export function epochText(epoch: number): string {
  return String(epoch).padStart(DIGITS, '0')
}

/** Has a session with this tag been ended? One without an epoch was tagged before there were marks. */
export function isEnded({ handle = '', epoch = '0' }: SessionMeta, mark: TagMark): boolean {
  return Number(epoch) < endOf(handle, mark)
}

function endOf(handle: string, { spared, endedBefore, ended }: TagMark): number {
  const ofAll = spared?.handle === handle ? spared.endedBefore : endedBefore
  return Math.max(ofAll, Object.prototype.hasOwnProperty.call(ended, handle) ? ended[handle] : 0)
}

/** The mark after all sessions were ended, except the one with this handle. */
export function markAfter(mark: TagMark, except?: string): TagMark {
  const epoch = nextEpoch(mark)
  const spared = except === undefined ? null : { handle: except, endedBefore: endOf(except, mark) }
  return { epoch, endedBefore: epoch, spared: isHandle(except) ? spared : null, ended: {} }
}

/** The mark after one session was ended. With too many of these, all sessions end. */
export function markWithout(mark: TagMark, handle: string): TagMark {
  const epoch = nextEpoch(mark)
  const ended = { ...mark.ended, [handle]: epoch }
  return Object.keys(ended).length > MOST_HANDLES ? markAfter(mark) : { ...mark, epoch, ended }
}

export function isHandle(handle: unknown): handle is string {
  return typeof handle === 'string' && HANDLE.test(handle)
}

function nextEpoch({ epoch }: TagMark): number {
  return Math.max(epoch + 1, Date.now())
}
