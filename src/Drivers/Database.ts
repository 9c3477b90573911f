import type { ListedSession, SessionConfig } from '@ioc:Adonis/Addons/Session'
import { settingsOf } from '../Settings'
import { DIALECTS } from '../Sql/dialects'
import { Connection, SessionTable } from '../Sql/SessionTable'
import { listedId } from '../AtRest/ids'
import { REFUSED_IN_MS } from '../Tombstones/age'
import { recordIn, RowDriver } from './Rows'

/** The part of Lucid that is used. Importing its own types would fail in an app without Lucid. */
export interface LucidDatabase {
  connection(
    name: string | undefined,
    options: { mode: 'write' }
  ): { dialect: { name: string }; getWriteClient(): Connection & { client: { pool?: Pool } } }
}

/** The pool of a knex client. */
interface Pool {
  max: number
  numUsed(): number
  numPendingCreates(): number
}

const TABLE = 'sessions'

/**
 * Keeps sessions in a table of PostgreSQL, MySQL, MariaDB or SQLite. It always uses the write connection,
 * because a replica may return old data.
 */
export class DatabaseDriver extends RowDriver {
  private tableName: string
  private storeTimeoutInMs: number

  constructor(
    private config: SessionConfig,
    private database: LucidDatabase
  ) {
    super(config)
    this.tableName = config.database?.table ?? TABLE
    this.storeTimeoutInMs = settingsOf(config).storeTimeoutInMs
  }

  public async *prune(): AsyncGenerator<number> {
    for (let removed = 1; removed > 0;) {
      removed = await this.rows.prune()
      yield removed
    }
  }

  /** Also the ids of sessions that have expired lately: a request under way may store them again. */
  public async *tagged(tag: string): AsyncGenerator<ListedSession> {
    for await (const { id, ...row } of this.rows.list(tag, REFUSED_IN_MS)) {
      const record = recordIn(row, id)
      if (record) {
        const isOver = row.expiresAt <= Date.now()
        const { handle } = record.meta
        yield { sessionId: listedId(id), record: isOver ? null : record, handle }
      }
    }
  }

  public async *list(): AsyncGenerator<ListedSession> {
    for await (const { id, ...row } of this.rows.list()) {
      const record = recordIn(row, id)
      if (record) {
        yield { sessionId: listedId(id), record }
      }
    }
  }

  /** If the pool has no free connection, statements wait for one and get no answer. */
  public connectionError(): Error | null {
    const { pool } = this.client.getWriteClient().client
    return pool ? errorOf(pool) : null
  }

  private get client() {
    const { connection } = this.config.database ?? {}
    return this.database.connection(connection, { mode: 'write' })
  }

  protected get rows(): SessionTable {
    const { client, tableName, storeTimeoutInMs } = this
    const dialect = DIALECTS[client.dialect.name]!
    return new SessionTable(client.getWriteClient(), dialect, tableName, storeTimeoutInMs)
  }
}

function errorOf(pool: Pool): Error | null {
  if (pool.numPendingCreates() > 0) {
    return new Error('no connection to the database could be opened so far')
  }
  return pool.numUsed() >= pool.max
    ? new Error(`all ${pool.max} connections of the pool are in use`)
    : null
}
