/** What differs between the supported databases. */
export interface Dialect {
  /** Makes an insert replace an existing row that has expired. Absent: it fails if there is a row. */
  onConflict?: string
  /** Makes a change return the rows that it changed. Absent: it returns their number. */
  returning?: string
  /** Removes up to `:limit` expired rows. Absent: they are selected first, and then removed by their ids. */
  prune?: string
  /** Whether texts are stored as bytes. */
  isBinary: boolean
  /** The maximum size of a session in its column, in bytes. */
  maxBytes: number
  /**
   * Selects the maximum size of a statement. A server may close the connection without an error if it gets a
   * larger one.
   */
  statementLimit?: string
  /** The rows in the result of a statement. */
  rowsOf: (answer: any) => any[]
  /** How many rows were changed, in the result of a change without `returning`. */
  changedBy?: (answer: any) => number
}

const REPLACED = ['data', 'tombstone', 'version', 'tag', 'created_at', 'expires_at', 'sweep_at']

/** One statement, so that none fails: an error would abort the transaction in which a test runs. */
const ON_CONFLICT = `on conflict (id) do update
  set ${REPLACED.map((column) => `${column} = excluded.${column}`).join(', ')}
  where :table:.expires_at <= :now`

const postgres: Dialect = {
  onConflict: ON_CONFLICT,
  returning: 'returning id',
  // Processes that prune at the same time share the work: each one skips rows that another one has locked.
  prune: `delete from :table: where id = any(array(
    select id from :table: where sweep_at <= :now order by sweep_at limit :limit for update skip locked
  )) and expires_at <= :now`,
  isBinary: false,
  maxBytes: 2 ** 30 - 2 ** 20,
  rowsOf: ({ rows }) => rows,
}

const sqlite: Dialect = {
  onConflict: ON_CONFLICT,
  returning: 'returning id',
  prune: `delete from :table: where id in (
    select id from :table: where sweep_at <= :now order by sweep_at limit :limit
  ) and expires_at <= :now`,
  isBinary: false,
  maxBytes: 1_000_000_000,
  rowsOf: (rows) => rows,
}

/**
 * MySQL and MariaDB. The column contains bytes, because the collation and the character set of a connection
 * can't change these. Pruning first reads without locks: deleting a range would lock it, and cause deadlocks
 * with requests.
 */
const mysql: Dialect = {
  isBinary: true,
  // A tombstone of the session must fit, too.
  maxBytes: 2 ** 24 - 2 ** 12,
  statementLimit: 'select @@max_allowed_packet as bytes',
  rowsOf: ([rows]) => rows,
  changedBy: ([{ affectedRows }]) => affectedRows,
}

/** By their names in Lucid. */
export const DIALECTS: Record<string, Dialect | undefined> = {
  postgres,
  mysql,
  sqlite3: sqlite,
  'better-sqlite3': sqlite,
}
