import { Values } from './paths'

const NAMED = 3

/** The keys that take the most, in words: whoever stores too much looks there first. */
export function largestKeys(values: Values): string[] {
  return Object.keys(values)
    .map((key) => ({ key, bytes: Buffer.byteLength(JSON.stringify(values[key])) }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, NAMED)
    .map(({ key, bytes }) => `"${key}" (${bytes} ${bytes === 1 ? 'byte' : 'bytes'})`)
}
