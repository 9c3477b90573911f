import { Deadline, within } from '../Outage/deadline'

/** The last commit under way for each session id of this process. */
const tails = new Map<string, Promise<unknown>>()

/** How many session ids have a commit under way. */
export function underWay(): number {
  return tails.size
}

/**
 * Runs the commits of one session id one after the other: within a process they never conflict.
 * Waiting for one's turn is bounded as well: who waits too long does not begin. An id is dropped when
 * its queue drains.
 *
 * @throws E_SESSION_STORE_UNAVAILABLE when those before do not end within the deadline
 */
export function inTurn<T>(id: string, deadline: Deadline, task: () => Promise<T>): Promise<T> {
  const before = tails.get(id)
  const turn = before ? within(deadline, 'commit', () => before).then(task) : task()
  const drop = () => {
    tails.get(id) === tail && tails.delete(id)
  }
  const tail: Promise<unknown> = before
    ? Promise.allSettled([before, turn]).then(drop)
    : turn.then(drop, drop)

  tails.set(id, tail)
  return turn
}
