import type { Finding } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { findingOfClock } from './clock'

const TABLE = 'sessions'

/** At least this share of the updates should not write indexes (HOT). Not checked below `TOUCHES` updates. */
const HOT_SHARE = 0.9
const TOUCHES = 1000

/** The part of knex that is used here. */
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

/** For each dialect, by its name in Lucid: how to read rows and the time in milliseconds, and which checks to run. */
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
      what: 'The connection pool has only one connection, so requests have to wait for each other',
      advice: 'Set a larger "pool.max" in "config/database"',
    },
  ]
}

/** Pruning searches rows by `sweep_at`, and tags are searched by `tag`. */
function missingIndexes(table: string, indexed: string[]): Finding[] {
  const missing = ['sweep_at', 'tag'].filter((column) => !indexed.includes(column))
  return missing.length
    ? missing.map((column) => ({
        level: 'error' as const,
        what: `The table "${table}" has no index on "${column}", so every search by this column reads the whole table`,
        advice: 'Create the table with the migration that "node ace make:session-table" writes',
      }))
    : [{ level: 'ok', what: `The table "${table}" has the required indexes` }]
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
    `SELECT n_tup_upd AS updated, n_tup_hot_upd AS hot, n_live_tup AS live, n_dead_tup AS dead,
       array_to_string(reloptions, ',') AS options
     FROM pg_stat_user_tables JOIN pg_class ON oid = relid WHERE relid = to_regclass(?)`,
    [quoted(table)]
  )
  const hasRoom = /fillfactor=[1-9]\d?\b/.test(rows[0]?.options ?? '')
  const [updated, hot, live, dead] = ['updated', 'hot', 'live', 'dead'].map((key) =>
    Number(rows[0]?.[key] ?? 0)
  )
  if (dead > live + 10_000) {
    return [
      {
        level: 'warning',
        what: `The table "${table}" has ${dead} dead rows, and live rows: ${live}`,
        advice: 'Check that autovacuum runs, and check its settings for this table',
      },
    ]
  }
  if (updated < TOUCHES) {
    return [
      {
        level: 'unknown',
        what: 'There were too few updates to check whether they avoid index writes',
      },
    ]
  }
  const share = hot / updated
  const what = `${Math.round(share * 100)}% of the updates of "${table}" did not write an index`
  return share < HOT_SHARE && !hasRoom
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

/** Ids must be compared byte by byte, and session data is binary. */
async function columnsOfMysql({ knex, table }: Context): Promise<Finding[]> {
  const [rows] = await knex.raw('SHOW FULL COLUMNS FROM ??', [table])
  const of = (name: string) => rows.find(({ Field: field }: any) => field === name) ?? {}
  const findings: Finding[] = []
  if (of('id').Collation !== 'ascii_bin') {
    findings.push({
      level: 'error',
      what: `The column "id" of "${table}" has the collation ${of('id').Collation}, so different ids may be treated as equal`,
      advice: 'Create the table with the migration that "node ace make:session-table" writes',
    })
  }
  if (!/^(medium|long)blob$/.test(of('data').Type)) {
    findings.push({
      level: 'error',
      what: `The column "data" of "${table}" has the type ${of('data').Type}, which may alter or truncate session data`,
      advice: 'Create the table with the migration that "node ace make:session-table" writes',
    })
  }
  return findings
}

async function modeOfSqlite({ knex }: Context): Promise<Finding[]> {
  const [{ journal_mode: mode }] = await knex.raw('PRAGMA journal_mode')
  return mode === 'wal'
    ? [{ level: 'ok', what: 'In SQLite, requests can read while another request writes (WAL)' }]
    : [
        {
          level: 'warning',
          what: `In SQLite, no request can read while another request writes (journal_mode ${mode})`,
          advice: 'Run "PRAGMA journal_mode = WAL" when a connection is opened',
        },
      ]
}

function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}
