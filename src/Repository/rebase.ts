import type { SessionMeta, SessionTombstone, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { revision } from '../Tombstones'
import { common } from '../Values/merge'
import { isNoFlash, split, waitingAfter, Waiting, withMessages } from '../Values/messages'
import { rebase } from '../Values/operations'
import { isEmpty, Values } from '../Values/paths'
import { tagAfter } from './lifetime'
import { Change, Snapshot } from './states'

/** What is to be written: the JSON of values and messages, and the tokens of the messages. */
export interface Text {
  json: string
  flashed: SessionMeta['flashed']
}

/** A record taken apart. */
interface Parts extends Waiting {
  /** JSON of the values, without messages. */
  values: string
}

const NOTHING: Parts = { values: '{}', messages: {}, tokens: {} }

/** The values of a record without messages, the messages, and their tokens. */
export function partsOf({ json, values, meta }: StoredRecord): Parts {
  const { messages } = split(values)
  if (isEmpty(messages)) {
    return { values: json, messages, tokens: {} }
  }
  // From the text: a handler may have changed the values since.
  const apart = split(JSON.parse(json))
  return { values: JSON.stringify(apart.values), messages, tokens: meta.flashed ?? {} }
}

/** A change, brought onto a record that stands now; `null`: none does. */
export function rebased(snapshot: Snapshot, change: Change, onto: StoredRecord | null): Text {
  const theirs = onto ? partsOf(onto) : NOTHING
  return textOf(rebasedValues(snapshot, change, theirs.values), change, theirs)
}

/** The values of a change, brought onto others. All are JSON. */
export function rebasedValues({ base }: Snapshot, change: Change, theirs: string): string {
  return theirs === base
    ? change.values
    : JSON.stringify(
        rebase(JSON.parse(base), JSON.parse(change.values), change.operations, JSON.parse(theirs))
      )
}

export function textOf(values: string, { flash }: Change, waiting: Waiting): Text {
  const { messages, tokens } = waitingAfter(flash, waiting, revision)
  return {
    json: withMessages(values, messages),
    flashed: isEmpty(tokens) ? undefined : tokens,
  }
}

/** Did a request leave what it began with? */
export function isUnchanged(
  { found, base }: Snapshot,
  change: Change,
  settings: Settings
): boolean {
  const { values, flash } = change
  if (found.state !== 'stored') {
    return values === base && isNoFlash(flash)
  }
  const { meta } = found.record
  const isAsBefore = values === base && isNoFlash(flash) && hasSet(meta, change)
  return isAsBefore && !lacksBeginning(meta, settings)
}

/** Does a record say already what a request set for its session? */
function hasSet(meta: SessionMeta, change: Change): boolean {
  const { age = meta.age, persist = meta.persist } = change.own ?? {}
  return age === meta.age && persist === meta.persist && tagAfter(meta.tag, change) === meta.tag
}

/** Does a record of 6.4 not tell when its session began, and must from now on? */
function lacksBeginning({ createdAt }: SessionMeta, { absoluteAgeInMs }: Settings): boolean {
  return absoluteAgeInMs !== Infinity && createdAt === undefined
}

/**
 * What remains of an id whose session goes on under another one: the values that both hold, and the handle, by which
 * requests with the old id name the session.
 */
export function tombstoneFor(
  { id, idChange }: Change,
  left: StoredRecord | null,
  { json, handle }: { json: string; handle: string | undefined },
  { retireForInMs }: Settings
): SessionTombstone {
  const isReadable = left !== null && retireForInMs > 0
  const shared: Values = isReadable ? common(JSON.parse(left.json), JSON.parse(json)) : {}
  const { createdAt, age, persist, tag, epoch } = left?.meta ?? {}
  return {
    reason: idChange === 'rotated' ? 'rotated' : 'regenerated',
    values: split(shared).values,
    successor: id,
    meta: { createdAt, age, persist, tag, epoch, handle },
    revision: revision(),
  }
}
