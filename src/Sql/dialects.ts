/** Where the SQL of the database systems differs. */
export interface Dialect {
  /** Replaces a row that stands in the way of an insert and has ended. Absent: the insert fails there. */
  onConflict?: string
  /** Makes a change answer with the rows that it changed. Absent: it answers with their number. */
  returning?: string
  /** Removes up to `:limit` rows that have ended. Absent: they are selected first, and removed by their ids. */
  prune?: string
  /** Are texts stored as bytes? */
  isBinary: boolean
  /** The largest session that a column takes, in bytes. */
  maxBytes: number
  /** Asks for the largest statement. A server that gets a larger one may hang up without a word. */
  statementLimit?: string
  /** The rows that a statement answered with. */
  rowsOf: (answer: any) => any[]
  /** How many rows a change without `returning` changed. */
  changedBy?: (answer: any) => number
}

const REPLACED = ['data', 'tombstone', 'version', 'tag', 'created_at', 'expires_at', 'sweep_at']

/** One statement, so that nothing fails: an error would end the transaction that a test runs in. */
const ON_CONFLICT = `on conflict (id) do update
  set ${REPLACED.map((column) => `${column} = excluded.${column}`).join(', ')}
  where :table:.expires_at <= :now`

const postgres: Dialect = {
  onConflict: ON_CONFLICT,
  returning: 'returning id',
  // Processes that prune at the same time share the rows: each passes over those that another has locked.
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
 * MySQL and MariaDB. The column has bytes, since no collation or character set of a connection can change
 * those. A prune first reads without locks: a delete of a range would lock it, and deadlock with requests.
 */
const mysql: Dialect = {
  isBinary: true,
  maxBytes: 2 ** 24 - 1,
  statementLimit: 'select @@max_allowed_packet as bytes',
  rowsOf: ([rows]) => rows,
  changedBy: ([{ affectedRows }]) => affectedRows,
}

/** By the names that Lucid gives them. */
export const DIALECTS: Record<string, Dialect | undefined> = {
  postgres,
  mysql,
  sqlite3: sqlite,
  'better-sqlite3': sqlite,
}
