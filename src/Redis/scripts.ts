import { fingerprint } from '../Serializer'

/** A script, and the digest by which Redis can call it once it has been loaded. */
export interface Script {
  text: string
  digest: string
}

export function script(text: string): Script {
  return { text, digest: fingerprint(text) }
}

/** Whether the key still holds what was read. `expected` is empty if there was nothing, or a state by `stateOf`. */
const IS_EXPECTED = `
  local isExpected = function(current, expected)
    if not current or expected == '' then
      return not current and expected == ''
    end
    return string.sub(current, -#expected) == expected or redis.sha1hex(current) == expected
  end
`

/**
 * What is stored under an id: `{1, text, ttl}` of its tombstone, `{2, text, ttl}` of its record, `{3}` for a
 * key of another type and `{4}` for nothing.
 */
const LOOK = `
  local look = function()
    local tombstone = redis.call('GET', KEYS[2])
    if tombstone then
      return {1, tombstone, redis.call('PTTL', KEYS[2])}
    end
    local current = redis.pcall('GET', KEYS[1])
    if type(current) == 'table' then
      return string.find(current.err, 'WRONGTYPE', 1, true) and {3} or current
    end
    return current and {2, current, redis.call('PTTL', KEYS[1])} or {4}
  end
`
export const RETIRED = 1
export const STORED = 2
export const FOREIGN = 3

/** The change was made. Any other answer is that of `look`, which says what is there instead. */
export const DONE = 0

export const LOAD = script(`${LOOK} return look()`)

/**
 * Stores the text if the key still holds what was read and there is no tombstone. If the key already holds
 * the text itself, that counts as success, because a client repeats its command if the connection broke
 * before the answer arrived. If Redis is out of memory, a text that is no longer than the previous one can
 * still be stored: DEL makes room for it.
 */
export const REPLACE = script(`${IS_EXPECTED} ${LOOK}
  local key, expected, text, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
  local current = redis.call('GET', key)
  if current ~= text and (redis.call('EXISTS', KEYS[2]) == 1 or not isExpected(current, expected)) then
    return look()
  end
  local answer = redis.pcall('SET', key, text, 'PX', ttl)
  if type(answer) == 'table' and answer.err then
    if not current or #text > #current or not string.find(answer.err, 'OOM', 1, true) then
      return answer
    end
    redis.call('DEL', key)
    redis.call('SET', key, text, 'PX', ttl)
  end
  return {0}
`)

/**
 * Replaces the key with the tombstone, if the key still holds what was read, or in any case if `expected` is
 * `anything`. An existing tombstone stays, and a key that is left next to it is removed. The key is removed
 * first: Redis allows this even when it is out of memory, and then accepts the tombstone as well. Returns
 * what was removed, if that may have a tag.
 */
export const RETIRE = script(`${IS_EXPECTED} ${LOOK}
  local key, tombstone, expected, text, ttl = KEYS[1], KEYS[2], unpack(ARGV)
  local standing = redis.call('GET', tombstone)
  if standing then
    redis.call('DEL', key)
    return standing == text and {0} or look()
  end
  local current = redis.call('GET', key)
  if expected ~= 'anything' and not isExpected(current, expected) then
    return look()
  end
  redis.call('DEL', key)
  redis.call('SET', tombstone, text, 'PX', ttl)
  return {0, current and string.find(current, '"tag":', 1, true) and current or ''}
`)

/** Resets the expiry if the key still holds what was read. */
export const TOUCH = script(`${IS_EXPECTED} ${LOOK}
  local current = redis.call('EXISTS', KEYS[2]) == 0 and redis.call('GET', KEYS[1])
  if not current or (ARGV[1] ~= 'anything' and not isExpected(current, ARGV[1])) then
    return look()
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {0}
`)

/** What the key holds, and the fingerprint of its bytes, which aren't necessarily text. */
export const FINGERPRINT = script(`
  local current = redis.call('GET', KEYS[1]) or ''
  return {2, current, redis.sha1hex(current)}
`)

/** Removes the key if it has this fingerprint. */
export const REMOVE = script(`
  if redis.sha1hex(redis.call('GET', KEYS[1]) or '') == ARGV[1] then
    redis.call('DEL', KEYS[1])
  end
  return {0}
`)

/**
 * Adds an id to the list of a tag until a given time, and removes expired entries. The list itself expires with
 * its last entry.
 */
export const ENTER = script(`
  local list, id, untilMs, now = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
  redis.call('ZREMRANGEBYSCORE', list, '-inf', '(' .. now)
  local entered = redis.call('ZSCORE', list, id)
  if not entered or tonumber(entered) < tonumber(untilMs) then
    redis.call('ZADD', list, untilMs, id)
  end
  local last = redis.call('ZRANGE', list, -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIREAT', list, string.format('%.0f', tonumber(last)))
  return {0}
`)
