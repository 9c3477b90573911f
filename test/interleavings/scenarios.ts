import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { generator } from './chance'
import { Handler } from './world'

/** The tag of the sessions of the user, where the driver has tags. */
export const TAG = 'the user'

/** What a request does. Its name tells the requests of one scenario apart. */
export const DOES: Record<string, Handler> = {
  reads: (session) => session.get('user'),
  puts: (session, { name }) => session.put(`put_${name}`, name),
  increments: (session) => session.increment('n'),
  pushes: (session, { name }) => session.push('list', name),
  flashes: (session, { name }) => session.flash(`message_${name}`, name),
  'changes in place': (session, { name }) => void (session.all()[`put_${name}`] = name),
  'logs in': (session, { name }) => {
    session.put('user', `login ${name}`)
    session.regenerate()
    session.supportsTagging() && session.tag(TAG)
  },
  'forgets the user': (session) => session.forget('user'),
  invalidates: (session) => session.invalidate(),
  'invalidates and flashes': (session, { name }) => {
    session.invalidate()
    session.flash(`message_${name}`, name)
  },
  'commits twice': async (session, { name }) => {
    session.increment('n')
    await session.commit()
    session.all()[`put_${name}`] = name
    session.push('list', name)
  },
  'commits early': async (session, request, world) => {
    session.push('list', request.name)
    await session.commit()
    await world.pause(request)
  },
  'changes its age': (session) => session.setAge('1h'),
}

/** What happens at one step, without a request. */
export const EVENTS = ['revoked', 'ends all', 'evicted', 'expires']

export const CONFIGS: Record<string, Partial<SessionConfig>> = {
  documented: {},
  template: { touchEvery: '1m', saveUninitialized: false },
  rotating: { touchEvery: '1m', rotateEvery: '15m' },
  'rotating, retireFor 0': { touchEvery: '1m', rotateEvery: '15m', retireFor: 0 },
  'retireFor 0': { retireFor: 0, saveUninitialized: false },
  'short age': { age: '20m', touchEvery: '1m' },
  /** Where sessions are ended by their tag. */
  tagged: { touchEvery: '1m', saveUninitialized: false, registry: {} },
  'absolute age': { touchEvery: '1m', absoluteAge: '10h' },
}

/** Does it end the session for good? */
export function isEnd(does: string): boolean {
  return does.startsWith('invalidates') || ['revoked', 'ends all'].includes(does)
}

/** Can a user be gone after it, who was there before? */
export function canLogOut(does: string): boolean {
  return isEnd(does) || ['forgets the user', 'evicted'].includes(does)
}

/** May what another request did under the old id be dropped by it? */
export function isBorder(does: string): boolean {
  return canLogOut(does) || does === 'logs in'
}

/** What happens under one config only: time does not pass for a session that lives longer. */
const ONLY_UNDER: Record<string, string> = { expires: 'short age', 'ends all': 'tagged' }

function happenings(config: string): string[] {
  return [...Object.keys(DOES), ...EVENTS].filter((does) => (ONLY_UNDER[does] ?? config) === config)
}

/** Everything, and what is not yet paired with it. */
export function pairsByFirst(config: string): [string, string[]][] {
  const all = happenings(config)
  return all.map((one, index) => [one, all.slice(index)])
}

/** Everything beside everything. */
export function pairs(config: string): string[][] {
  return pairsByFirst(config).flatMap(([one, others]) => others.map((other) => [one, other]))
}

/** So many times three at once, by chance; the same number gives the same ones. */
export function triples(config: string, { times, seed }: { times: number; seed: number }) {
  const all = happenings(config)
  const random = generator(seed)
  const one = () => all[Math.floor(random() * all.length)]
  return Array.from({ length: times }, () => [one(), one(), one()])
}
