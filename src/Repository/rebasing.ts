import type { StoredSession } from '@ioc:Adonis/Addons/Session'
import { carryOver, join, split } from '../Values/messages'
import { rebase } from '../Values/operations'
import { pickPaths, Values } from '../Values/paths'
import { Change, Snapshot } from './types'

/** Everything that a request leaves: its values, and the messages for the next one. */
export function outgoing({ values, messages }: Change): Values {
  return join(values, messages.next)
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

/** What a request leaves, brought onto what is stored now if that is not what it began with. */
export function rebased(snapshot: Snapshot, ours: Change, current: StoredSession | null): Values {
  const began = snapshot.state === 'stored' ? snapshot.record : null
  if (current?.version === began?.version) {
    return outgoing(ours)
  }

  const base = split(valuesOf(snapshot))
  const theirs = split(current?.values ?? {})
  const [was, is] = [began?.meta.flashedAt, current?.meta.flashedAt]
  const areSeen = was === undefined && is === undefined ? undefined : was === is
  return join(
    rebase(base.values, ours.values, ours.operations, theirs.values),
    carryOver(
      { seen: ours.messages.seen, next: stillOurs(ours, theirs.messages) },
      theirs.messages,
      areSeen
    )
  )
}

/** Messages that an earlier commit of this request stored may have been shown since: once is enough. */
function stillOurs({ messages: { next, areNew } }: Change, waiting: Values): Values {
  return areNew ? next : pickPaths(next, Object.keys(waiting))
}

/** Ended and begun again under the same id is another session. A record of 6.4.0 tells no beginning. */
export function isSameSession({ meta }: StoredSession, current: StoredSession | null): boolean {
  const [was, is] = [meta.createdAt, current?.meta.createdAt]
  return current !== null && (was === undefined || is === undefined || was === is)
}
