import type { AtomicDriverContract, SessionMeta } from '@ioc:Adonis/Addons/Session'

/** Ends are compared with this much patience: some stores keep whole seconds. */
const PATIENCE_IN_MS = 2_000

const TIMES = ['createdAt', 'updatedAt', 'issuedAt', 'taggedAt'] as const

/** Moves all times of a session into the past. */
function earlier(meta: SessionMeta, timeInMs: number): SessionMeta {
  const times = TIMES.filter((name) => meta[name] !== undefined)
  const moved = times.map((name) => [name, meta[name]! - timeInMs])
  return { ...meta, ...Object.fromEntries(moved) }
}

/**
 * Ages what a driver holds under an id, or removes it once its time is over. `endOf` stands in for the end of a
 * session whose driver can't tell it.
 */
export async function aged(
  driver: AtomicDriverContract,
  id: string,
  timeInMs: number,
  endOf: (meta: SessionMeta) => number
): Promise<void> {
  const found = await driver.load(id)
  if (found.state !== 'stored') {
    return
  }
  const { record } = found
  const end = (record.expiresAt ?? endOf(record.meta)) - timeInMs
  const leftInMs = end - Date.now()
  if (leftInMs <= 0) {
    await driver.destroy(id)
    return
  }

  const { values, json, version } = record
  const meta = earlier(record.meta, timeInMs)
  const changed = await driver.replace(id, { values, json, meta }, version, leftInMs)
  if (!changed.done) {
    throw new Error(
      'The session was changed while time was passing for it. Await its requests first'
    )
  }
  // A driver may count from the write, and not from the time left that it was given.
  const now = await driver.load(id)
  const isOff =
    now.state === 'stored' && Math.abs((now.record.expiresAt ?? 0) - end) > PATIENCE_IN_MS
  if (isOff) {
    await driver.touch(id, leftInMs, changed.version)
  }
}
