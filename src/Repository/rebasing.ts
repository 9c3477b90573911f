import type { StoredSession } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { carryOver, join, split } from '../Values/messages'
import { rebase } from '../Values/operations'
import { pickPaths, Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { Change, Outgoing, Snapshot } from './types'

/**
 * What a request leaves, as it is now: what the handler changes from here on is for the next commit.
 *
 * @throws E_SESSION_UNSERIALIZABLE
 */
export function outgoing(change: Change): Outgoing {
  const { id, values, operations, messages, age, ended } = change
  return { id, json: toJson(join(values, messages.next)), operations, messages, age, ended }
}

/** The values that a request leaves, without the messages that `outgoing` put among them. */
export function valuesLeft({ json, messages }: Outgoing): Values {
  const left = JSON.parse(json)
  return Object.keys(messages.next).length ? split(left).values : left
}

/** A fresh copy of the values that a request began with: those it works on are its own. */
export function valuesOf(snapshot: Snapshot): Values {
  switch (snapshot.state) {
    case 'stored':
      return JSON.parse(snapshot.record.json)
    case 'retired':
      return JSON.parse(JSON.stringify(snapshot.tombstone.values))
    default:
      return {}
  }
}

/** What a request leaves, brought onto what is stored now if that is not what it began with. As JSON. */
export function rebased(snapshot: Snapshot, ours: Outgoing, current: StoredSession | null): string {
  const began = snapshot.state === 'stored' ? snapshot.record : null
  if (current?.version === began?.version) {
    return ours.json
  }

  const base = split(valuesOf(snapshot))
  const theirs = split(current?.values ?? {})
  const [was, is] = [began?.meta.flashedAt, current?.meta.flashedAt]
  const areSeen = was === undefined && is === undefined ? undefined : was === is
  const values = rebase(base.values, valuesLeft(ours), ours.operations, theirs.values)
  const messages = { seen: ours.messages.seen, next: stillOurs(ours, theirs.messages) }
  return JSON.stringify(join(values, carryOver(messages, theirs.messages, areSeen)))
}

/** Messages that an earlier commit of this request stored may have been shown since: once is enough. */
function stillOurs({ messages: { next, areNew } }: Outgoing, waiting: Values): Values {
  return areNew ? next : pickPaths(next, Object.keys(waiting))
}

/** Is what a request leaves what it began with? */
export function isUnchanged(snapshot: Snapshot, ours: Outgoing, settings: Settings): boolean {
  if (snapshot.state !== 'stored') {
    return ours.json === '{}' || snapshot.state === 'retired'
  }
  const { json, meta } = snapshot.record
  const isSame = json === ours.json && (!ours.age || meta.age === ours.age.inMs)
  return isSame && !ours.messages.areNew && !lacksBeginning(snapshot, settings)
}

/** Does a record of 6.4.0 not tell when its session began, and must from now on? */
export function lacksBeginning(snapshot: Snapshot, { absoluteAgeInMs }: Settings): boolean {
  const isNeeded = absoluteAgeInMs !== Infinity
  return isNeeded && snapshot.state === 'stored' && !snapshot.record.meta.createdAt
}

/** Ended and begun again under the same id is another session. A record of 6.4.0 tells no beginning. */
export function isSameSession({ meta }: StoredSession, current: StoredSession | null): boolean {
  const [was, is] = [meta.createdAt, current?.meta.createdAt]
  return current !== null && (was === undefined || is === undefined || was === is)
}
