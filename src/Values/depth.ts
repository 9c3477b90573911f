import { SessionException } from '../Exceptions'

/** Deeper than this a value is a mistake, or an attack: whatever goes through it needs room on the stack. */
export const DEEPEST = 1500

/** @param key that of the session: a path of thousands of keys helps nobody */
export function tooDeep(key: string) {
  const problem = `it is nested too deeply: ${DEEPEST} levels are the most`
  return SessionException.unserializable(key || 'session', problem)
}
