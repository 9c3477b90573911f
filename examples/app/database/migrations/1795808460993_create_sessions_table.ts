import BaseSchema from '@ioc:Adonis/Lucid/Schema'

/**
 * The table of the session database driver. Times are in milliseconds since the
 * epoch, so that time zones don't matter. Ids are stored as hashes. `sweep_at`
 * is the time from which pruning may remove a row.
 */
const STATEMENTS: Record<string, string[]> = {
  'postgres': [
    // The fillfactor leaves room in each page, so that the expiry of a session
    // can be refreshed without writing to the indexes.
    `CREATE TABLE sessions (
      id         varchar(64) COLLATE "C" PRIMARY KEY,
      data       text,
      tombstone  text,
      version    varchar(64) COLLATE "C" NOT NULL,
      tag        varchar(190),
      created_at bigint NOT NULL,
      expires_at bigint NOT NULL,
      sweep_at   bigint NOT NULL
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.1)`,
    `CREATE INDEX sessions_sweep_at_index ON sessions (sweep_at)`,
    `CREATE INDEX sessions_tag_index ON sessions (tag) WHERE tag IS NOT NULL`,
  ],

  'mysql': [
    // Sessions are stored as bytes and ids as ASCII, so that the character set
    // of a connection can't change them.
    `CREATE TABLE sessions (
      id         varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      data       mediumblob NULL,
      tombstone  mediumblob NULL,
      version    varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      tag        varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      created_at bigint NOT NULL,
      expires_at bigint NOT NULL,
      sweep_at   bigint NOT NULL,
      KEY sessions_sweep_at_index (sweep_at),
      KEY sessions_tag_index (tag)
    ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
  ],

  'sqlite3': [
    `CREATE TABLE sessions (
      id         text NOT NULL PRIMARY KEY,
      data       text,
      tombstone  text,
      version    text NOT NULL,
      tag        text,
      created_at integer NOT NULL,
      expires_at integer NOT NULL,
      sweep_at   integer NOT NULL
    )`,
    `CREATE INDEX sessions_sweep_at_index ON sessions (sweep_at)`,
    `CREATE INDEX sessions_tag_index ON sessions (tag) WHERE tag IS NOT NULL`,
  ],
}

export default class extends BaseSchema {
  public async up() {
    const { name } = this.db.dialect
    const statements = STATEMENTS[name === 'better-sqlite3' ? 'sqlite3' : name]
    if (!statements) {
      throw new Error(`Sessions cannot be stored in "${name}"`)
    }
    statements.forEach((statement) => this.schema.raw(statement))
  }

  public async down() {
    this.schema.dropTable('sessions')
  }
}
