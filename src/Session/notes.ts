import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { Notes, Snapshot } from '../Repository/states'
import { Settings } from '../Settings'
import { tagOf } from '../Settings/registry'
import { Store } from '../Store'
import { Operation } from '../Values/operations'

/** The maximum length of a stored user agent, because browsers send long ones. */
const LONGEST_USER_AGENT = 300

/** What a request stores about its user and its client, as set in `registry` in the config. */
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

/**
 * The user that this request logged in, `null` if it logged the user out, `undefined` if neither. A login of the same
 * user counts as one: the session may be another one since, or have been logged out by another request.
 *
 * @throws E_SESSION_INVALID_TAG
 */
function changeOfUser(key: string, store: Store, { base }: Snapshot): string | null | undefined {
  if (store.isPristine) {
    return undefined
  }
  const [before, after] = [JSON.parse(base)[key] ?? null, store.live[key] ?? null]
  if (after === null) {
    return before === null ? undefined : null
  }
  const isLogin = before !== after || store.operations.some((operation) => puts(operation, key))
  return isLogin ? tagOf(after) : undefined
}

/** Does an operation give a key a value, whatever stood there? */
function puts(operation: Operation, key: string): boolean {
  return 'values' in operation
    ? Object.keys(operation.values).includes(key)
    : operation.verb === 'put' && operation.key === key
}

function clientOf({ request }: HttpContextContract) {
  return { ip: request.ip(), userAgent: request.header('user-agent')?.slice(0, LONGEST_USER_AGENT) }
}
