import { isTouchDue, timeToLive } from '../Repository/lifetime'
import { OwnSettings, Snapshot } from '../Repository/states'
import { Settings } from '../Settings'

/** What a request has made of its session by now. */
interface Holds {
  isEmpty: boolean
  isChanged: boolean
  /** It will be another session, which is stored only if it holds something. */
  isEnding: boolean
  own: OwnSettings | null
  prolongs: boolean
}

/** When a session ends if the request leaves it as it is now, and no later one uses it. */
export function expiryOf(
  { found }: Snapshot,
  { isEmpty, isChanged, isEnding, own, prolongs }: Holds,
  settings: Settings
): Date | null {
  const record = found.state === 'stored' && !isEnding ? found.record : null
  if (!record && isEmpty) {
    return null
  }
  if (record && !isChanged && !(prolongs && isTouchDue(record, settings))) {
    return record.expiresAt === null ? null : new Date(record.expiresAt)
  }
  return new Date(Date.now() + timeToLive({ ...record?.meta, ...own }, settings))
}
