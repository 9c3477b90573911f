import { canLogOut, isBorder, isEnd } from './scenarios'
import { isFault, Run } from './schedule'
import type { Request, World } from './world'

/** What a request stored, as it would be seen in the session. */
const EFFECTS: Record<string, (values: Record<string, any>, name: string) => boolean> = {
  puts: (values, name) => values[`put_${name}`] === name,
  'changes in place': (values, name) => values[`put_${name}`] === name,
  pushes: ({ list }, name) => list?.includes(name),
  'commits early': ({ list }, name) => list?.includes(name),
  'commits twice': (values, name) => values[`put_${name}`] === name && values.list?.includes(name),
}

const COUNTS = ['increments', 'commits twice']
const STORED = ['committed', 'merged', 'migrated']

/** What docs/guarantees.md promises and is not so at the end of a run. Each is a sentence. */
export async function problemsOf(world: World, run: Run): Promise<string[]> {
  const problems: string[] = []
  const check = (isSo: boolean, promise: string) => void (isSo || problems.push(promise))

  const { requests } = run
  const happened = requests.filter(({ state }) => state !== 'to come')
  const answered = happened.filter(
    ({ state, error, ctx }) => ctx && !error && ['answered', 'delivered'].includes(state)
  )
  const met = (request: Request, faults: string) =>
    [...faults].some((fault) => run.done.includes(`${requests.indexOf(request)}${fault}`))
  const hasFault = (request: Request) =>
    met(request, '!?x') || ((request.isLate || isNotAsked(request)) && request.error !== null)
  /** While the store is known to be down, one request at a time tries it. */
  const isNotAsked = ({ error }: Request) =>
    run.done.includes('~') && /not asked again/.test(error?.message ?? '')
  const isHeard = (request: Request) => !hasFault(request) && !met(request, '/')

  for (const request of happened) {
    const { error } = request as { error: any }
    const isOutage = error?.code === 'E_SESSION_STORE_UNAVAILABLE' && hasFault(request)
    check(!error || isOutage, `${request.name} fails without a fault: ${error?.message}`)
    const isSilent = request.outcome !== 'gone' || request.does === 'commits twice'
    check(isSilent || !request.setsCookie, `${request.name} is gone and sends a cookie`)
  }

  const borders = happened.filter(({ does }) => isBorder(does))
  const logouts = happened.filter(({ does }) => canLogOut(does))
  const ends = answered.filter(({ does }) => isEnd(does))
  const isUsedSince = run.expiredAt.every((expiredAt) => isSurvived(expiredAt, answered))

  for (const { name, does, setsCookie } of answered) {
    const isLogin = does === 'logs in' && !logouts.length && isUsedSince
    check(!isLogin || setsCookie !== null, `P3 a login is one: ${name}`)
  }

  // What a browser finds, and what is shown to it: twice, since a message is shown once.
  if (!run.done.some(isFault)) {
    run.passMinutes(2)
  }
  const first = await world.visit(() => {})
  const second = await world.visit(() => {})
  const { values } = second

  if (!logouts.length && isUsedSince && borders.every(isHeard)) {
    check(values.user !== undefined, 'P3 nobody is logged out by accident')
  }

  if (!borders.length && isUsedSince) {
    for (const request of answered) {
      const isDropped = request.outcome === 'gone' && request.does !== 'reads'
      check(!isDropped, `P1 ${request.name} is answered with success and stores nothing`)
    }
  }
  const isOneSession =
    borders.every(isHeard) && borders.length <= 1 && !logouts.length && isUsedSince
  if (isOneSession) {
    checkUpdates()
  }

  for (const end of ends) {
    await checkEnd(end)
  }
  const forgot = answered.find(
    ({ does, outcome }) => does === 'forgets the user' && STORED.includes(outcome)
  )
  if (forgot && !happened.some(({ does }) => does === 'logs in')) {
    check(values.user === undefined, 'P2 a logout that removes the user is not undone')
  }
  checkMessages()
  return problems

  function checkUpdates() {
    const stored = answered.filter((one) => STORED.includes(one.outcome) && !hasRunOut(one))
    for (const { name, does } of stored) {
      const isThere = EFFECTS[does]?.(values, name) ?? true
      check(isThere, `P1 no update is lost: ${name}, which ${does}`)
    }
    const counted = stored.filter(({ does }) => COUNTS.includes(does)).length
    const atMost = happened.filter(({ does }) => COUNTS.includes(does)).length
    const n = values.n ?? 0
    check(counted <= n && n <= atMost, `P1 increments add up: ${n} is not ${counted} to ${atMost}`)
    check(new Set(values.list).size === (values.list ?? []).length, 'P1 nothing is pushed twice')
  }

  /**
   * Did what a request stored run out with the session? Whoever had read that before, and is under way when
   * its time comes, restores what it has read.
   */
  function hasRunOut({ answeredAt: storedAt }: Request) {
    return run.expiredAt.some((expiredAt) =>
      answered.some(
        ({ loadedAt, answeredAt }) =>
          loadedAt < storedAt && storedAt < expiredAt && expiredAt < answeredAt
      )
    )
  }

  /** Did a request find the session that all began with, and not one that had ended before? */
  function hasFound({ values: found }: Request) {
    return found.user !== undefined
  }

  /** Is it a session that began while the others with its tag were being ended? */
  function hasSurvived(user: string | undefined, end: Request) {
    const owner = requests.find(({ name }) => user === `login ${name}`)
    return end.does === 'ends all' && owner !== undefined && owner.taggedAt > end.begunAt
  }

  /** No store keeps a cookie from being sent once it has answered that the session goes on. */
  function decidedAt({ answeredAt, askedAt }: Request) {
    return world.stage.isCookie ? Math.min(askedAt, answeredAt) : answeredAt
  }

  async function checkEnd(end: Request) {
    const endedAt = end.does === 'ends all' ? end.answeredAt : end.endedAt
    for (const request of answered) {
      const isUnderWay = request.loadedAt < endedAt && decidedAt(request) > endedAt
      const isOther =
        hasSurvived(request.values.user, end) || hasSurvived(`login ${request.name}`, end)
      if (isUnderWay && hasFound(request) && !isEnd(request.does) && !isOther) {
        check(
          !request.setsCookie,
          `P2 ${request.name} was under way at the end, and sends a cookie`
        )
      }
    }
    for (const jar of world.jarsOf(happened)) {
      const { user } = (await world.look(jar)).values
      const owner = requests.find(({ name }) => user === `login ${name}`)
      const isLater = owner && (owner.loadedAt >= endedAt || !hasFound(owner))
      const isAlive = isLater === true || hasSurvived(user, end)
      check(user === undefined || isAlive, `P2 ended stays ended: ${user} is logged in`)
    }
  }

  function checkMessages() {
    const viewers = [
      ...answered.filter(({ outcome }) => outcome !== 'gone'),
      { flash: first.flash, loadedAt: world.step + 1, answeredAt: world.step + 2, name: 'first' },
      { flash: second.flash, loadedAt: world.step + 3, answeredAt: world.step + 4, name: 'second' },
    ]
    const messages = new Set(viewers.flatMap(({ flash }) => Object.keys(flash)))
    for (const message of messages) {
      const saw = viewers.filter(({ flash }) => message in flash)
      const isTwice = saw.some((one) => saw.some((other) => one.answeredAt < other.loadedAt))
      check(!isTwice, `P1 a message is shown once: ${message}`)
    }
    const hasNoBorder = !borders.length && isUsedSince
    for (const request of hasNoBorder ? answered : []) {
      const { name, does, outcome } = request
      // A request that took the message and failed is like an answer that got lost on its way.
      const isLost = happened.some((other) => hasFault(other) && `message_${name}` in other.flash)
      if (does === 'flashes' && STORED.includes(outcome) && !isLost && !hasRunOut(request)) {
        check(messages.has(`message_${name}`), `P1 no message is lost: ${name}`)
      }
    }
  }
}

/**
 * Was a request under way when the time of its session came? Then its session goes on, but for whoever
 * asks for it before that request is answered.
 */
function isSurvived(expiredAt: number, answered: Request[]): boolean {
  return answered.some(
    ({ loadedAt, answeredAt }) =>
      loadedAt < expiredAt &&
      expiredAt < answeredAt &&
      !answered.some((other) => expiredAt < other.loadedAt && other.loadedAt < answeredAt)
  )
}
