import { join } from 'path'
import { existsSync, readFileSync, writeFileSync } from 'fs'
import type { logger as sinkLogger } from '@adonisjs/sink'

/** One addition to a file of the app. */
export interface Edit {
  file: string

  /** The text with the addition; the same text when it is there, `null` when it cannot be made. */
  change: (text: string) => string | null

  /** The addition, in the notation of sink's reports. */
  adds: string

  /** What is left to the user when it cannot be made. Without it an absent file is created. */
  advice?: string
}

/** The text of a file of the app; an empty string when there is no such file. */
export function readFrom(projectRoot: string, file: string): string {
  const path = join(projectRoot, file)
  return existsSync(path) ? readFileSync(path, 'utf-8') : ''
}

/** Makes an addition and reports it. A file that has it is not written. */
export function applyEdit(projectRoot: string, logger: typeof sinkLogger, edit: Edit): void {
  const before = readFrom(projectRoot, edit.file)
  const after = edit.change(before)

  if (after === null) {
    logger.action('update').skipped(edit.file, 'Not in the usual form')
    logger.warning(edit.advice!)
    return
  }
  if (after === before) {
    logger.action('update').skipped(edit.file, 'Nothing to add')
    return
  }
  writeFileSync(join(projectRoot, edit.file), after)
  logger.action(before ? 'update' : 'create').succeeded(`${edit.file} { ${edit.adds} }`)
}
