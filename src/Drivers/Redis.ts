import type { RedisManagerContract } from '@ioc:Adonis/Addons/Redis'
import type {
  AtomicDriverContract,
  Changed,
  Found,
  ListedSession,
  SessionConfig,
  SessionMeta,
  SessionRecord,
  SessionTombstone,
  StoredRecord,
} from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import {
  DONE,
  ENTER,
  FINGERPRINT,
  FOREIGN,
  LOAD,
  REMOVE,
  REPLACE,
  RETIRE,
  RETIRED,
  Script,
  STORED,
  TOUCH,
} from '../Redis/scripts'
import { keysOf } from '../Redis/scan'
import { decode, decodeTombstone, encode, encodeTombstone, stateOf, tailOf } from '../Serializer'
import { settingsOf } from '../Settings'
import { toJson } from '../Values/storable'

const UNREADABLE: Found = {
  state: 'unreadable',
  reason: 'The Redis key held no session of its id and was removed',
}

/** Keys of another form are not looked at. */
const SESSION_ID = /^[\w-]{1,128}$/

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
    { json, meta: given }: SessionRecord,
    expected: string | null,
    ttlInMs: number
  ): Promise<Changed> {
    const meta = await this.entered(sessionId, given, expected, ttlInMs)
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
    const askedAt = Date.now()
    const keys = this.keysOf(sessionId)
    const answer = await this.run(RETIRE, keys, expectedState(expected), stone, ttl)
    if (Number(answer[0]) === DONE && answer[1]) {
      await this.leave(sessionId, answer[1])
    }
    return this.toChanged(sessionId, '', askedAt, answer)
  }

  public async *tagged(tag: string): AsyncGenerator<ListedSession> {
    const now = String(Date.now())
    for (const sessionId of await this.connection.zrangebyscore(listOf(tag), now, '+inf')) {
      yield { sessionId, record: await this.recordOf(sessionId) }
    }
  }

  public async *list(): AsyncGenerator<ListedSession> {
    const { keyPrefix = '' } = this.connection.options as { keyPrefix?: string }
    for await (const key of keysOf(this.connection, keyPrefix)) {
      const sessionId = key.slice(keyPrefix.length)
      const record = SESSION_ID.test(sessionId) ? await this.recordOf(sessionId) : null
      if (record) {
        yield { sessionId, record }
      }
    }
  }

  /** A cluster tells that it has no node, and of the last one why. */
  public connectionError(): Error | null {
    const { lastError } = this.redis.connection(this.config.redisConnection!) as any
    return lastError?.lastNodeError ?? lastError ?? null
  }

  /**
   * Gives up a connection that isn't there. On shutdown, `@adonisjs/redis` asks it to quit, which fails when it has
   * tried often enough to connect, and ends neither it nor the process. Whoever asks for it again gets a new one.
   */
  public async abandon(): Promise<void> {
    const { activeConnections = {} } = this.redis
    const name = this.config.redisConnection!
    if (activeConnections[name] && activeConnections[name].status !== 'ready') {
      await activeConnections[name].disconnect()
      delete activeConnections[name]
    }
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

  /** Enters a session into the list of its tag, for longer than it lives, where it is not there for long enough. */
  private async entered(
    sessionId: string,
    meta: SessionMeta,
    expected: string | null,
    ttlInMs: number
  ): Promise<SessionMeta> {
    const now = Date.now()
    const isListed = expected !== null && (meta.listedUntil ?? 0) >= now + ttlInMs
    if (meta.tag === undefined || isListed) {
      return meta
    }
    const listedUntil = Math.ceil(now + 2 * ttlInMs)
    await this.run(ENTER, [listOf(meta.tag)], sessionId, String(listedUntil), String(now))
    return { ...meta, listedUntil }
  }

  /** What is left of a session in the list of its tag runs out, if this fails. */
  private async leave(sessionId: string, text: string) {
    const { tag } = decode(sessionId, text)?.meta ?? {}
    if (tag !== undefined) {
      await this.connection.zrem(listOf(tag), sessionId).catch(() => {})
    }
  }

  /** A session as it stands there. What is something else stays as it is. */
  private async recordOf(sessionId: string): Promise<StoredRecord | null> {
    const askedAt = Date.now()
    const [what, text, ttl] = await this.run(LOAD, this.keysOf(sessionId))
    const decoded = Number(what) === STORED ? decode(sessionId, text!) : null
    if (!decoded) {
      return null
    }
    const { values, json, meta } = decoded
    const expiresAt = Number(ttl) < 0 ? null : askedAt + Number(ttl)
    return { values, json, meta, version: stateOf(text!, decoded), expiresAt }
  }

  private async change(
    change: Script,
    sessionId: string,
    version: string,
    ...values: string[]
  ): Promise<Changed> {
    const askedAt = Date.now()
    const answer = await this.run(change, this.keysOf(sessionId), ...values)
    return this.toChanged(sessionId, version, askedAt, answer)
  }

  private async toChanged(
    sessionId: string,
    version: string,
    askedAt: number,
    answer: ScriptAnswer
  ): Promise<Changed> {
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

/** The key of the list of a tag: no session has it, since no id has a colon. No brace makes it a hash tag. */
function listOf(tag: string): string {
  return `sessions:tag:${encodeURIComponent(tag)}`
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
