import type { RedisManagerContract } from '@ioc:Adonis/Addons/Redis'
import type {
  ConditionalResult,
  LoadedSession,
  SessionConfig,
  SessionRecord,
  SessionStoreContract,
  SessionTombstone,
  StoredSession,
  TouchResult,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import {
  decode,
  decodeTombstone,
  encode,
  encodeTombstone,
  fingerprint,
  stateOf,
  tailOf,
} from '../Serializer'
import { settingsOf } from '../Settings'
import { toJson } from '../Values/storable'

/** A script and the digest by which Redis knows it, once it has seen it. */
interface Script {
  text: string
  digest: string
}

function script(text: string): Script {
  return { text, digest: fingerprint(text) }
}

/** Does the key hold what was read? `expected` is empty for nothing, or a state by `stateOf`. */
const IS_EXPECTED = `
  local isExpected = function(current, expected)
    if not current or expected == '' then
      return not current and expected == ''
    end
    return string.sub(current, -#expected) == expected or redis.sha1hex(current) == expected
  end
`

/** The key holds something else than a text. */
const FOREIGN = 2

/** What the key holds and its remaining time; when it holds nothing, what the tombstone says. */
const LOAD = script(`
  local current = redis.pcall('GET', KEYS[1])
  if type(current) == 'table' then
    return string.find(current.err, 'WRONGTYPE', 1, true) and {2} or current
  end
  if current then
    return {1, current, redis.call('PTTL', KEYS[1])}
  end
  return {0, redis.call('GET', KEYS[2])}
`)

/**
 * Stores the text if the key holds what was read. The answer: 1, or 0 and what the key holds. The text
 * itself counts as stored: a connection that broke before the answer came sends its command again.
 */
const REPLACE = script(`${IS_EXPECTED}
  local key, expected, text, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
  local current = redis.call('GET', key)
  if current ~= text and not isExpected(current, expected) then
    return {0, current, redis.call('PTTL', key)}
  end
  redis.call('SET', key, text, 'PX', ttl)
  return {1}
`)

/**
 * Removes the key if it holds what was read, or whatever it holds, and leaves the tombstone. Where no
 * key is left, one with a successor stays, and any stays before one with a successor; the same one
 * again, as after a broken connection, is done.
 */
const RETIRE = script(`${IS_EXPECTED}
  local key, tombstone, expected, text, ttl = KEYS[1], KEYS[2], unpack(ARGV)
  local current, standing = redis.call('GET', key), redis.call('GET', tombstone)
  if not current and standing == text then
    return {1}
  end
  local isOther = expected ~= 'anything' and not isExpected(current, expected)
  local names = function(stone) return stone and string.find(stone, '"successor":', 1, true) end
  local prevails = not current and standing and (names(standing) or names(text))
  if isOther or prevails then
    return {0, current, redis.call('PTTL', key)}
  end
  redis.call('SET', tombstone, text, 'PX', ttl)
  redis.call('DEL', key)
  return {1}
`)

/** Resets the expiry if the key holds what was read: 1. Something else: 2. Nothing: 0. */
const TOUCH = script(`${IS_EXPECTED}
  local current = redis.call('GET', KEYS[1])
  if not current then
    return {0}
  end
  if ARGV[1] ~= 'anything' and not isExpected(current, ARGV[1]) then
    return {2}
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1}
`)

/** Removes the key if it holds what was read. */
const REMOVE = script(`
  if redis.sha1hex(redis.call('GET', KEYS[1]) or '') == ARGV[1] then
    redis.call('DEL', KEYS[1])
  end
  return {1}
`)

const UNREADABLE = { unreadable: 'The Redis key held no session of its id and was removed' }

type ScriptAnswer = [done: number, current?: string | null, ttlInMs?: number]

/**
 * Keeps each session in a key of its own, the id, with the age as its expiry. One round trip to read,
 * one script to write. All keys of a session are in one slot, so a `keyPrefix` and Redis Cluster work.
 */
export class RedisDriver implements SessionStoreContract {
  private ageInMs: number

  /** @throws E_INVALID_SESSION_DRIVER_CONFIG without `redisConnection` */
  constructor(
    private config: SessionConfig,
    private redis: RedisManagerContract
  ) {
    if (!config.redisConnection) {
      throw SessionException.invalidDriverConfig(
        'Missing redisConnection for session redis driver inside "config/session" file. Set it to the name of a connection of the "config/redis" file'
      )
    }
    this.ageInMs = settingsOf(config).ageInMs
  }

  public async read(sessionId: string): Promise<Record<string, any> | null> {
    const found = await this.load(sessionId)
    return found && 'values' in found ? found.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    const now = Date.now()
    const text = encode(sessionId, toJson(values), { createdAt: now, updatedAt: now })
    await this.connection.set(sessionId, text, 'PX', this.ageInMs)
  }

  public async destroy(sessionId: string): Promise<void> {
    await this.connection.del(sessionId)
  }

  public async touch(
    sessionId: string,
    ttlInMs: number = this.ageInMs,
    expected?: string
  ): Promise<TouchResult> {
    const ttl = String(Math.ceil(ttlInMs))
    const [answer] = await this.run(TOUCH, [sessionId], expectedState(expected), ttl)
    return answer === 2 ? 'newer' : answer === 1
  }

  /** One command, whose answer is one round trip: a pipeline of two costs the app twice as much. */
  public async load(sessionId: string): Promise<LoadedSession> {
    const [isThere, text, ttlInMs] = await this.run(LOAD, [sessionId, this.tombstoneOf(sessionId)])
    if (isThere === FOREIGN) {
      await this.connection.del(sessionId)
      return UNREADABLE
    }
    if (!isThere) {
      const retired = tombstoneIn(text)
      return retired && { retired }
    }
    const found = this.decoded(sessionId, text!, ttlInMs!)
    if (!found) {
      await this.removeUnreadable(sessionId, text!)
    }
    return found ?? UNREADABLE
  }

  public async replace(
    sessionId: string,
    { json, meta }: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const text = encode(sessionId, json, meta)
    const ttl = String(Math.ceil(ttlInMs))
    const answer = await this.run(REPLACE, [sessionId], expectedState(expected), text, ttl)
    return this.toResult(sessionId, answer, stateOf(text, { meta, tail: tailOf(sessionId, meta) }))
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<ConditionalResult> {
    const stone = encodeTombstone(tombstone, Date.now() + ttlInMs)
    const keys = [sessionId, this.tombstoneOf(sessionId)]
    const ttl = String(Math.ceil(ttlInMs))
    const answer = await this.run(RETIRE, keys, expectedState(expected), stone, ttl)
    return this.toResult(sessionId, answer, '')
  }

  public async retired(sessionId: string): Promise<SessionTombstone | null> {
    return tombstoneIn(await this.connection.get(this.tombstoneOf(sessionId)))
  }

  /** `@adonisjs/redis` hands on most commands, but not pipelines of a cluster and scripts. */
  private get connection() {
    return this.redis.connection(this.config.redisConnection!).ioConnection
  }

  /**
   * The hash tag puts the key into the slot of the session itself, so that one script may change both
   * in a cluster. Braces are in no session id, so that this is the key of no session.
   */
  private tombstoneOf(sessionId: string) {
    const { keyPrefix = '' } = this.connection.options as { keyPrefix?: string }
    return `{${keyPrefix}${sessionId}}:retired`
  }

  /** By its bytes, which may be no text at all; not if another request has stored a session since. */
  private async removeUnreadable(sessionId: string, text: string) {
    const bytes = await this.connection.getBuffer(sessionId)
    if (bytes && bytes.toString() === text) {
      await this.run(REMOVE, [sessionId], fingerprint(bytes))
    }
  }

  /** By its digest; Redis that does not know the script (yet, or since a SCRIPT FLUSH) gets its text. */
  private async run(
    { text: lua, digest: sha }: Script,
    keys: string[],
    ...values: string[]
  ): Promise<ScriptAnswer> {
    const { connection } = this
    let answer: unknown
    try {
      answer = await connection.evalsha(sha, keys.length, ...keys, ...values)
    } catch (error) {
      if (!String(error.message).startsWith('NOSCRIPT')) {
        throw error
      }
      answer = await connection.eval(lua, keys.length, ...keys, ...values)
    }
    // A connection with `stringNumbers` answers numbers as text.
    const [done, text, ttlInMs] = answer as ScriptAnswer
    return [Number(done), text, Number(ttlInMs)]
  }

  private toResult(
    sessionId: string,
    [done, text, ttlInMs]: ScriptAnswer,
    version: string
  ): ConditionalResult {
    if (done) {
      return { done: true, version }
    }
    const current = text ? this.decoded(sessionId, text, ttlInMs!) : null
    return { done: false, current }
  }

  private decoded(sessionId: string, text: string, ttlInMs: number): StoredSession | null {
    const decoded = decode(sessionId, text)
    if (!decoded) {
      return null
    }
    const { values, json, meta } = decoded
    const version = stateOf(text, decoded)
    return { values, json, meta, version, expiresAt: ttlInMs < 0 ? null : Date.now() + ttlInMs }
  }
}

function tombstoneIn(text: string | null | undefined): SessionTombstone | null {
  return text ? decodeTombstone(text) : null
}

/** What the scripts compare with; no state reads `anything`. */
function expectedState(expected: string | null | undefined): string {
  return expected === undefined ? 'anything' : (expected ?? '')
}
