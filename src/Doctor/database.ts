import type { Finding } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { findingOfClock } from './clock'

const TABLE = 'sessions'

/** Of touches, at least this share must not write indexes. Fewer touches than these tell nothing. */
const HOT_SHARE = 0.9
const TOUCHES = 1000

/** What is used of knex. */
interface Knex {
  raw(sql: string, bindings?: any): Promise<any>
  client: { pool?: { max: number }; config: Record<string, any> }
}

interface Context {
  knex: Knex
  table: string
  settings: Settings
}

type Check = (context: Context) => Promise<Finding[]>

/** The time of a database in milliseconds, and the indexes of a table, by the names of Lucid. */
const SYSTEMS: Record<string, { rows: (answer: any) => any[]; time: string; checks: Check[] }> = {
  postgres: {
    rows: ({ rows }) => rows,
    time: 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
    checks: [indexesOfPostgres, touchesOfPostgres],
  },
  mysql: {
    rows: ([rows]) => rows,
    time: 'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now',
    checks: [indexesOfMysql, columnsOfMysql],
  },
  sqlite3: { rows: (rows) => rows, time: '', checks: [modeOfSqlite] },
  'better-sqlite3': { rows: (rows) => rows, time: '', checks: [modeOfSqlite] },
}

export async function findingsOfDatabase(
  database: any,
  section: { connection?: string; table?: string },
  settings: Settings
): Promise<Finding[]> {
  const client = database.connection(section.connection, { mode: 'write' })
  const knex: Knex = client.getWriteClient()
  const system = SYSTEMS[client.dialect.name]
  const context = { knex, table: section.table ?? TABLE, settings }
  const found: Finding[] = []
  if (system.time) {
    found.push(...poolOf(knex))
    const askedAt = Date.now()
    const [{ now }] = system.rows(await knex.raw(system.time))
    found.push(findingOfClock(Number(now), askedAt, 'app'))
  }
  for (const check of system.checks) {
    found.push(...(await check(context)))
  }
  return found
}

function poolOf({ client: { pool } }: Knex): Finding[] {
  if (!pool || pool.max > 1) {
    return []
  }
  return [
    {
      level: 'warning',
      what: 'The pool has one connection: a request waits for those of all others',
      advice: 'Set a larger "pool.max" in "config/database"',
    },
  ]
}

/** Pruning and tags look for rows by these columns. */
function missingIndexes(table: string, indexed: string[]): Finding[] {
  const missing = ['sweep_at', 'tag'].filter((column) => !indexed.includes(column))
  return missing.length
    ? missing.map((column) => ({
        level: 'error' as const,
        what: `The table "${table}" has no index on "${column}", so that all rows are read to find some`,
        advice: 'Make the table with the migration of "node ace make:session-table"',
      }))
    : [{ level: 'ok', what: `The table "${table}" has its indexes` }]
}

async function indexesOfPostgres({ knex, table }: Context): Promise<Finding[]> {
  const { rows } = await knex.raw(
    `SELECT a.attname AS name FROM pg_index i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = to_regclass(?)`,
    [quoted(table)]
  )
  return missingIndexes(
    table,
    rows.map(({ name }: any) => name)
  )
}

async function touchesOfPostgres({ knex, table }: Context): Promise<Finding[]> {
  const { rows } = await knex.raw(
    `SELECT n_tup_upd AS updated, n_tup_hot_upd AS hot, n_live_tup AS live, n_dead_tup AS dead
     FROM pg_stat_user_tables WHERE relid = to_regclass(?)`,
    [quoted(table)]
  )
  const [updated, hot, live, dead] = ['updated', 'hot', 'live', 'dead'].map((key) =>
    Number(rows[0]?.[key] ?? 0)
  )
  if (dead > live + 10_000) {
    return [
      {
        level: 'warning',
        what: `The table "${table}" has ${dead} dead rows for ${live} that live`,
        advice: 'Check that autovacuum runs, and how it is set for this table',
      },
    ]
  }
  if (updated < TOUCHES) {
    return [{ level: 'unknown', what: 'There were too few changes to tell whether they are cheap' }]
  }
  const share = hot / updated
  const what = `${Math.round(share * 100)} % of the changes of "${table}" wrote no index`
  return share < HOT_SHARE
    ? [
        {
          level: 'warning',
          what,
          advice: 'Set "fillfactor = 80" for the table, as the migration of this package does',
        },
      ]
    : [{ level: 'ok', what }]
}

async function indexesOfMysql({ knex, table }: Context): Promise<Finding[]> {
  const [rows] = await knex.raw('SHOW INDEX FROM ??', [table])
  return missingIndexes(
    table,
    rows.map((row: any) => row.Column_name)
  )
}

/** Ids are compared letter by letter, and sessions are bytes. */
async function columnsOfMysql({ knex, table }: Context): Promise<Finding[]> {
  const [rows] = await knex.raw('SHOW FULL COLUMNS FROM ??', [table])
  const of = (name: string) => rows.find(({ Field: field }: any) => field === name) ?? {}
  const findings: Finding[] = []
  if (of('id').Collation !== 'ascii_bin') {
    findings.push({
      level: 'error',
      what: `The column "id" of "${table}" has the collation ${of('id').Collation}: two ids may count as one`,
      advice: 'Make the table with the migration of "node ace make:session-table"',
    })
  }
  if (!/^(medium|long)blob$/.test(of('data').Type)) {
    findings.push({
      level: 'error',
      what: `The column "data" of "${table}" is of the type ${of('data').Type}, which may change or cut off sessions`,
      advice: 'Make the table with the migration of "node ace make:session-table"',
    })
  }
  return findings
}

async function modeOfSqlite({ knex }: Context): Promise<Finding[]> {
  const [{ journal_mode: mode }] = await knex.raw('PRAGMA journal_mode')
  return mode === 'wal'
    ? [{ level: 'ok', what: 'SQLite lets requests read while another one writes (WAL)' }]
    : [
        {
          level: 'warning',
          what: `SQLite lets nobody read while a request writes (journal_mode ${mode})`,
          advice: 'Set "journal_mode = WAL" when a connection is opened',
        },
      ]
}

function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}
