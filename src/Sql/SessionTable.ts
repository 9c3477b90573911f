import { performance } from 'perf_hooks'
import { setTimeout as wait } from 'timers/promises'
import { Change, Row, SessionRows } from '../Rows'
import { Dialect } from './dialects'
import { isOfKind, withoutStatement } from './errors'

/** A statement of knex. One that takes longer than its timeout gives its connection up. */
interface Statement {
  timeout(timeInMs: number): PromiseLike<any>
}

/** Where statements are sent: a knex client, or the transaction in which a test runs. */
export interface Connection {
  raw(sql: string, bindings: Record<string, any>): Statement
  isTransaction?: boolean
}

const INSERT = `insert into :table: (id, data, tombstone, version, tag, created_at, expires_at, sweep_at)
  values (:id, :data, :tombstone, :version, :tag, :now, :expires, :sweep)`

/** Does the work of an insert if the id already has a row, which has expired. */
const RENEW = `update :table: set data = :data, tombstone = :tombstone, version = :version, tag = :tag,
  created_at = :now, expires_at = :expires, sweep_at = :sweep
  where id = :id and expires_at <= :now`

/**
 * Pruning finds rows by `sweep_at`, which is never before `expires_at`. When the expiry moves past it, it's
 * set to one age after the expiry; until then it isn't changed. So PostgreSQL doesn't have to write the index
 * with each touch (a heap-only tuple update).
 */
const SWEEP = `sweep_at = case when sweep_at < :expires or sweep_at > :sweep then :sweep
  else sweep_at end`

const RETIRED = `data = null, tag = null, tombstone = :tombstone, version = :version,
  expires_at = :expires, sweep_at = :expires`

const IS_NO_TOMBSTONE = 'where id = :id and tombstone is null'
const IS_EXPECTED = `${IS_NO_TOMBSTONE} and version = :expected and expires_at > :now`

const FIND = `select data, tombstone, version, expires_at as expires
  from :table: where id = :id and expires_at > :now`
const REPLACE = `update :table: set data = :data, version = :version, tag = :tag, expires_at = :expires, ${SWEEP}`
const TOUCH = `update :table: set expires_at = :expires, ${SWEEP} ${IS_EXPECTED}`
const RETIRE = `update :table: set ${RETIRED}`
const REMOVE = 'delete from :table: where id = :id and tombstone is null'
const DISCARD = 'delete from :table: where id = :id and version = :expected'

const LISTED = `select id, data, tombstone, version, expires_at as expires from :table:
  where id > :after and data is not null and expires_at > :since`
const LIST = `${LISTED} order by id limit :limit`
const TAGGED = `${LISTED} and tag = :tag order by id limit :limit`

/** Sessions may be large. */
const LISTED_AT_ONCE = 100

const EXPIRED = 'select id from :table: where sweep_at <= :now order by sweep_at limit :limit'

/** Small enough that the statement takes no longer than one of a request. */
const PRUNED_AT_ONCE = 200

/** How many times a statement is tried, as after a deadlock. It's conditional, so repeating it is safe. */
const ATTEMPTS = 4
const PAUSE_IN_MS = 20

/**
 * The statements on the table of sessions. Each change is a single statement, uses the clock of this process,
 * and returns whether it found what it was meant to change.
 */
export class SessionTable implements SessionRows {
  constructor(
    private connection: Connection,
    private dialect: Dialect,
    private name: string,
    private storeTimeoutInMs: number
  ) {}

  public get maxBytes(): number {
    return this.dialect.maxBytes
  }

  public async find(id: string): Promise<Row | null> {
    const [row] = this.dialect.rowsOf(await this.send(FIND, { id, now: Date.now() }))
    return row ? toRow(row) : null
  }

  public async insert(
    change: Change & { data: string | null; tombstone: string | null }
  ): Promise<boolean> {
    const row = {
      ...change,
      data: this.bytesOf(change.data),
      tombstone: this.bytesOf(change.tombstone),
    }
    const { onConflict } = this.dialect
    try {
      return await this.change(onConflict ? `${INSERT} ${onConflict}` : INSERT, row)
    } catch (error) {
      if (!isOfKind(error, 'duplicate')) {
        throw error
      }
      return this.change(RENEW, row)
    }
  }

  public async replace(change: Change & { data: string; expected?: string }): Promise<boolean> {
    const where = change.expected === undefined ? IS_NO_TOMBSTONE : IS_EXPECTED
    return this.change(`${REPLACE} ${where}`, { ...change, data: this.bytesOf(change.data) })
  }

  public async touch({ version: expected, ...change }: Change): Promise<boolean> {
    return this.change(TOUCH, { ...change, expected })
  }

  public async retire(change: Change & { tombstone: string; expected?: string }): Promise<boolean> {
    const where = change.expected === undefined ? IS_NO_TOMBSTONE : IS_EXPECTED
    const tombstone = this.bytesOf(change.tombstone)
    return this.change(`${RETIRE} ${where}`, { ...change, tombstone })
  }

  public async remove(id: string): Promise<void> {
    await this.change(REMOVE, { id })
  }

  public async discard(id: string, expected: string): Promise<void> {
    await this.change(DISCARD, { id, expected })
  }

  /**
   * The sessions with a tag, or all of them, in the order of their ids, some at a time.
   *
   * @param expiredInMs includes those that have expired within this time, unless they were pruned
   */
  public async *list(tag?: string, expiredInMs = 0): AsyncGenerator<Row & { id: string }> {
    const sql = tag === undefined ? LIST : TAGGED
    let after: string | undefined = ''
    while (after !== undefined) {
      const values = { after, tag, since: Date.now() - expiredInMs, limit: LISTED_AT_ONCE }
      const rows: any[] = this.dialect.rowsOf(await this.send(sql, values))
      for (const row of rows) {
        yield { ...toRow(row), id: row.id }
      }
      after = rows[rows.length - 1]?.id
    }
  }

  /** Removes one batch of expired rows, and returns how many it removed. */
  public async prune(): Promise<number> {
    const { prune, returning } = this.dialect
    const sql = prune ? `${prune} ${returning}` : EXPIRED
    const rows = this.dialect.rowsOf(
      await this.send(sql, { now: Date.now(), limit: PRUNED_AT_ONCE })
    )
    return prune ? rows.length : this.removeExpired(rows.map(({ id }) => id))
  }

  private async removeExpired(ids: string[]): Promise<number> {
    if (!ids.length) {
      return 0
    }
    const names = ids.map((_, index) => `id${index}`)
    const list = names.map((name) => `:${name}`).join(', ')
    const answer = await this.send(
      `delete from :table: where id in (${list}) and expires_at <= :now`,
      { now: Date.now(), ...Object.fromEntries(names.map((name, index) => [name, ids[index]])) }
    )
    return this.dialect.changedBy!(answer)
  }

  private async change(
    sql: string,
    { ttlInMs = 0, ...values }: Record<string, any> & { ttlInMs?: number }
  ): Promise<boolean> {
    const { returning = '', changedBy, rowsOf } = this.dialect
    const now = Date.now()
    const expires = now + Math.ceil(ttlInMs)
    const times = { now, expires, sweep: expires + Math.ceil(ttlInMs) }
    const answer = await this.send(`${sql} ${returning}`, { tag: null, ...values, ...times })
    return (changedBy ? changedBy(answer) : rowsOf(answer).length) > 0
  }

  private async send(sql: string, values: Record<string, any>): Promise<any> {
    const startedAt = performance.now()
    const { isTransaction } = this.connection
    for (let attempt = 1; ; attempt++) {
      try {
        const statement = this.connection.raw(sql, { ...values, table: this.name })
        return await statement.timeout(this.storeTimeoutInMs)
      } catch (error) {
        const isLate = performance.now() - startedAt > this.storeTimeoutInMs
        const isTried = attempt === ATTEMPTS && !isOfKind(error, 'locked')
        // A deadlock aborts the whole transaction, which isn't ours to repeat.
        if (isTried || isLate || isTransaction || !isOfKind(error, 'retryable')) {
          throw withoutStatement(await this.explained(error, values), this.name)
        }
        await wait(Math.random() * PAUSE_IN_MS * Math.min(attempt, ATTEMPTS))
      }
    }
  }

  /**
   * If the server closed the connection because the statement was too large, returns an error that says so.
   * The client sends bytes as hexadecimal digits, which doubles their size.
   */
  private async explained(error: Error, { data }: Record<string, any>): Promise<Error> {
    const { statementLimit, rowsOf } = this.dialect
    if (!statementLimit || !Buffer.isBuffer(data) || !isOfKind(error, 'disconnected')) {
      return error
    }
    const [{ bytes }] = rowsOf(
      await this.connection.raw(statementLimit, {}).timeout(this.storeTimeoutInMs)
    )
    return 2 * data.length > Number(bytes)
      ? Object.assign(new Error(`max_allowed_packet is ${bytes}`), {
          code: 'ER_NET_PACKET_TOO_LARGE',
        })
      : error
  }

  private bytesOf(text: string | null): string | Buffer | null {
    return text !== null && this.dialect.isBinary ? Buffer.from(text) : text
  }
}

function toRow({ data, tombstone, version, expires }: Record<string, any>): Row {
  return {
    data: textOf(data),
    tombstone: textOf(tombstone),
    version,
    expiresAt: Number(expires),
  }
}

/** The value of a binary column is a `Buffer`. */
function textOf(value: string | Buffer | null): string | null {
  return value === null ? null : value.toString()
}
