import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { Notes, Snapshot } from '../Repository/states'
import { Settings } from '../Settings'
import { Store } from '../Store'

/** Browsers tell who they are at length. */
const LONGEST_USER_AGENT = 300

/** What the config (`registry`) has a request note of its session. */
export function notesOf(
  ctx: HttpContextContract,
  { registry }: Settings,
  store: Store,
  snapshot: Snapshot
): Notes {
  return {
    user: registry.userKey === null ? undefined : changeOfUser(registry.userKey, store, snapshot),
    client: registry.tracksClient ? clientOf(ctx) : undefined,
  }
}

/** The user that this request logged in or out: another one than it began with. */
function changeOfUser(key: string, store: Store, { base }: Snapshot): string | null | undefined {
  if (store.isPristine) {
    return undefined
  }
  const [before, after] = [JSON.parse(base)[key] ?? null, store.live[key] ?? null]
  if (before === after) {
    return undefined
  }
  return after === null ? null : String(after)
}

function clientOf({ request }: HttpContextContract) {
  return { ip: request.ip(), userAgent: request.header('user-agent')?.slice(0, LONGEST_USER_AGENT) }
}
