import { RowsError } from '../Rows'

/** What an error of a database means for the driver, by the codes of the systems. */
const KINDS = {
  /** Another transaction was in the way: what was asked may work when it is asked again. */
  retryable: [
    ...['40001', '40P01', '55P03'],
    ...['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
    ...['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED'],
  ],
  duplicate: ['ER_DUP_ENTRY'],
  missingTable: ['42P01', '3F000', 'ER_NO_SUCH_TABLE'],
  otherColumns: ['42703', 'ER_BAD_FIELD_ERROR'],
  full: ['53100', 'ER_RECORD_FILE_FULL', 'ER_DISK_FULL', 'SQLITE_FULL'],
  disconnected: ['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST'],
  tooLarge: ['54000', 'ER_NET_PACKET_TOO_LARGE', 'ER_DATA_TOO_LONG', 'SQLITE_TOOBIG'],
}

type Kind = keyof typeof KINDS

/** SQLite has one code for all that is wrong with a statement. */
const SQLITE_TEXTS: [Kind, RegExp][] = [
  ['missingTable', /no such table/],
  ['otherColumns', /no such column|has no column/],
]

interface SqlError extends Error {
  code?: unknown
}

export function isOfKind(error: SqlError, kind: Kind): boolean {
  const code = String(error.code)
  const isTold = SQLITE_TEXTS.some(([of, text]) => of === kind && text.test(reasonOf(error)))
  return KINDS[kind].includes(code) || (code.startsWith('SQLITE_') && isTold)
}

/**
 * What a database said. Its client puts the statement before it, with the session and the id that it was
 * about: neither belongs into an error (ASVS 5, 16.2.5).
 */
function reasonOf({ message }: Error): string {
  return message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '')
}

/** An error as it may be shown and logged, with what to do where that is known. */
export function withoutStatement(error: SqlError, table: string): RowsError {
  const advice = isOfKind(error, 'missingTable')
    ? `. Make the table "${table}" with "node ace make:session-table" and "node ace migration:run"`
    : isOfKind(error, 'otherColumns')
      ? `. The table "${table}" is not one of this package: name another one in "database.table" inside the "config/session" file, and make it with "node ace make:session-table"`
      : ''
  const kind = (['tooLarge', 'full'] as const).find((one) => isOfKind(error, one))
  return new RowsError(reasonOf(error) + advice, error.code, kind)
}
