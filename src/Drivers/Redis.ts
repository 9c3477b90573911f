import type { RedisManagerContract } from '@ioc:Adonis/Addons/Redis'
import type {
  AtomicDriverContract,
  Changed,
  Found,
  SessionConfig,
  SessionRecord,
  SessionTombstone,
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

/**
 * What stands under an id: `{1, text, ttl}` of its tombstone, `{2, text, ttl}` of its record, `{3}` for a
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
const RETIRED = 1
const STORED = 2
const FOREIGN = 3

/** A change was made. Any other answer is that of \`look\`: what stands there instead. */
const DONE = 0

const LOAD = script(`${LOOK} return look()`)

/**
 * Stores the text if the key holds what was read, and no tombstone stands there. The text itself counts as
 * stored: a connection that broke before the answer came sends its command again. A full Redis takes a
 * text that is no longer than the one before: DEL makes room for it.
 */
const REPLACE = script(`${IS_EXPECTED} ${LOOK}
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
 * Puts the tombstone in the place of the key, if that holds what was read, or whatever it holds. A
 * tombstone that stands there stays, and what is left beside it is removed. The key is removed first,
 * which a full Redis allows, and with that the tombstone, too.
 */
const RETIRE = script(`${IS_EXPECTED} ${LOOK}
  local key, tombstone, expected, text, ttl = KEYS[1], KEYS[2], unpack(ARGV)
  local standing = redis.call('GET', tombstone)
  if standing then
    redis.call('DEL', key)
    return standing == text and {0} or look()
  end
  if expected ~= 'anything' and not isExpected(redis.call('GET', key), expected) then
    return look()
  end
  redis.call('DEL', key)
  redis.call('SET', tombstone, text, 'PX', ttl)
  return {0}
`)

/** Resets the expiry if the key holds what was read. */
const TOUCH = script(`${IS_EXPECTED} ${LOOK}
  local current = redis.call('EXISTS', KEYS[2]) == 0 and redis.call('GET', KEYS[1])
  if not current or (ARGV[1] ~= 'anything' and not isExpected(current, ARGV[1])) then
    return look()
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {0}
`)

/** What the key holds, and the fingerprint of its bytes, which may be no text at all. */
const FINGERPRINT = script(`
  local current = redis.call('GET', KEYS[1]) or ''
  return {2, current, redis.sha1hex(current)}
`)

/** Removes the key if it has this fingerprint. */
const REMOVE = script(`
  if redis.sha1hex(redis.call('GET', KEYS[1]) or '') == ARGV[1] then
    redis.call('DEL', KEYS[1])
  end
  return {0}
`)

const UNREADABLE: Found = {
  state: 'unreadable',
  reason: 'The Redis key held no session of its id and was removed',
}

type ScriptAnswer = [what: number, text?: string | null, more?: number | string]

/**
 * Keeps each session in a key of its own, the id, with the age as its expiry. One round trip to read,
 * one script to write. All keys of a session are in one slot, so a `keyPrefix` and Redis Cluster work.
 */
export class RedisDriver implements AtomicDriverContract {
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
    return found.state === 'stored' ? found.record.values : null
  }

  public async write(sessionId: string, values: Record<string, any>): Promise<void> {
    const text = encode(sessionId, toJson(values))
    await this.connection.set(sessionId, text, 'PX', this.ageInMs)
  }

  public async destroy(sessionId: string): Promise<void> {
    await this.connection.del(sessionId)
  }

  public async touch(
    sessionId: string,
    ttlInMs: number = this.ageInMs,
    expected?: string
  ): Promise<Changed> {
    const ttl = String(Math.ceil(ttlInMs))
    return this.change(TOUCH, sessionId, expected ?? '', expectedState(expected), ttl)
  }

  /** One command, whose answer is one round trip: a pipeline of two costs the app twice as much. */
  public async load(sessionId: string): Promise<Found> {
    return this.toFound(sessionId, Date.now(), await this.run(LOAD, this.keysOf(sessionId)))
  }

  public async replace(
    sessionId: string,
    { json, meta }: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    const text = encode(sessionId, json, meta)
    const version = stateOf(text, { meta, tail: tailOf(sessionId, meta) })
    const ttl = String(Math.ceil(ttlInMs))
    return this.change(REPLACE, sessionId, version, expectedState(expected), text, ttl)
  }

  public async retire(
    sessionId: string,
    tombstone: SessionTombstone,
    expected: string | null | undefined,
    ttlInMs: number
  ): Promise<Changed> {
    // The time to live of the key ends it, by the clock of Redis.
    const stone = encodeTombstone(tombstone, 0)
    const ttl = String(Math.ceil(ttlInMs))
    return this.change(RETIRE, sessionId, '', expectedState(expected), stone, ttl)
  }

  /** A cluster tells that it has no node, and of the last one why. */
  public connectionError(): Error | null {
    const { lastError } = this.redis.connection(this.config.redisConnection!) as any
    return lastError?.lastNodeError ?? lastError ?? null
  }

  /** `@adonisjs/redis` hands on most commands, but not pipelines of a cluster and scripts. */
  private get connection() {
    return this.redis.connection(this.config.redisConnection!).ioConnection
  }

  /**
   * The keys of the record and of the tombstone. The hash tag puts the second one into the slot of the
   * first, so that one script may change both in a cluster. Braces are in no session id, so that this is
   * the key of no session.
   */
  private keysOf(sessionId: string): string[] {
    const { keyPrefix = '' } = this.connection.options as { keyPrefix?: string }
    return [sessionId, `{${keyPrefix}${sessionId}}:retired`]
  }

  private async change(
    change: Script,
    sessionId: string,
    version: string,
    ...values: string[]
  ): Promise<Changed> {
    const askedAt = Date.now()
    const answer = await this.run(change, this.keysOf(sessionId), ...values)
    return Number(answer[0]) === DONE
      ? { done: true, version }
      : { done: false, found: await this.toFound(sessionId, askedAt, answer) }
  }

  /** Times count from the question on: by then the time to live was no shorter. */
  private async toFound(
    sessionId: string,
    askedAt: number,
    [what, text, more]: ScriptAnswer
  ): Promise<Found> {
    // A connection with `stringNumbers` answers numbers as text.
    const ttlInMs = Number(more)
    switch (Number(what)) {
      case RETIRED:
        return retiredBy(text!, askedAt + ttlInMs)
      case STORED:
        return this.decoded(sessionId, text!, ttlInMs! < 0 ? null : askedAt + ttlInMs)
      case FOREIGN:
        await this.connection.del(sessionId)
        return UNREADABLE
      default:
        return { state: 'absent' }
    }
  }

  /** A text that cannot be read is removed, unless another request has stored a session since. */
  private async decoded(sessionId: string, text: string, expiresAt: number | null): Promise<Found> {
    const decoded = decode(sessionId, text)
    if (decoded) {
      const { values, json, meta } = decoded
      const version = stateOf(text, decoded)
      return { state: 'stored', record: { values, json, meta, version, expiresAt } }
    }
    const [, current, digest] = await this.run(FINGERPRINT, [sessionId])
    if (current === text) {
      await this.run(REMOVE, [sessionId], String(digest))
    }
    return UNREADABLE
  }

  /** By its digest; Redis that does not know the script (yet, or since a SCRIPT FLUSH) gets its text. */
  private async run(
    { text: lua, digest: sha }: Script,
    keys: string[],
    ...values: string[]
  ): Promise<ScriptAnswer> {
    const { connection } = this
    const args = [...keys, ...values]
    try {
      return (await connection.evalsha(sha, keys.length, ...args)) as ScriptAnswer
    } catch (error) {
      if (!String(error.message).startsWith('NOSCRIPT')) {
        throw error
      }
      return (await connection.eval(lua, keys.length, ...args)) as ScriptAnswer
    }
  }
}

/** A tombstone whose text is damaged refuses its id all the same. */
function retiredBy(text: string, expiresAt: number): Found {
  const tombstone = decodeTombstone(text)?.tombstone ?? { reason: 'revoked' as const, values: {} }
  return { state: 'retired', tombstone, expiresAt }
}

/** What the scripts compare with; no state reads `anything`. */
function expectedState(expected: string | null | undefined): string {
  return expected === undefined ? 'anything' : (expected ?? '')
}
