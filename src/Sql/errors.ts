import { RowsError } from '../Rows'

/** What an error means for the driver, with the error codes of each database. */
const KINDS = {
  /** Another transaction was in the way. The statement may succeed if it's repeated. */
  retryable: [
    ...['40001', '40P01', '55P03'],
    ...['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
    ...['SQLITE_LOCKED', 'SQLITE_LOCKED_SHAREDCACHE'],
    ...['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_BUSY_TIMEOUT'],
  ],
  /** SQLite has no queue for its one lock: whoever asks again often enough gets it. */
  locked: ['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_BUSY_TIMEOUT', 'SQLITE_LOCKED'],
  duplicate: ['ER_DUP_ENTRY'],
  missingTable: ['42P01', '3F000', 'ER_NO_SUCH_TABLE'],
  otherColumns: ['42703', 'ER_BAD_FIELD_ERROR'],
  full: ['53100', 'ER_RECORD_FILE_FULL', 'ER_DISK_FULL', 'SQLITE_FULL'],
  disconnected: ['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST'],
  tooLarge: ['54000', 'ER_NET_PACKET_TOO_LARGE', 'ER_DATA_TOO_LONG', 'SQLITE_TOOBIG'],
}

type Kind = keyof typeof KINDS

/** SQLite has a single code for everything that is wrong with a statement, so its messages are compared. */
const SQLITE_TEXTS: [Kind, RegExp][] = [
  ['missingTable', /no such table/],
  ['otherColumns', /no such column|has no column/],
]

interface SqlError extends Error {
  code?: unknown
  /** A host of several addresses answers with the errors of all of them, and no message. */
  errors?: Error[]
}

export function isOfKind(error: SqlError, kind: Kind): boolean {
  const code = String(error.code)
  const isTold = SQLITE_TEXTS.some(([of, text]) => of === kind && text.test(reasonOf(error)))
  return KINDS[kind].includes(code) || (code.startsWith('SQLITE_') && isTold)
}

/**
 * The message of the database, without the statement. The client puts the statement in front of the message,
 * with the session and its id, which must not be in an error (ASVS 5, 16.2.5).
 */
function reasonOf(error: SqlError): string {
  const message = error.message || error.errors?.[0]?.message || String(error.code ?? error.name)
  return message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '')
}

/** An error that can be shown and logged. If it's known what to do about it, the message says so. */
export function withoutStatement(error: SqlError, table: string): RowsError {
  const advice = isOfKind(error, 'missingTable')
    ? `. Create the table "${table}" with "node ace make:session-table" and "node ace migration:run"`
    : isOfKind(error, 'otherColumns')
      ? `. The table "${table}" does not have the columns that this package needs. Set "database.table" inside the "config/session" file to the name of another table, and create it with "node ace make:session-table" and "node ace migration:run"`
      : ''
  if (error.name === 'KnexTimeoutError') {
    return new RowsError('the database has not answered in time', 'ETIMEDOUT')
  }
  const kind = (['tooLarge', 'full'] as const).find((one) => isOfKind(error, one))
  return new RowsError(reasonOf(error) + advice, error.code, kind)
}
