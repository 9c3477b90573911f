import { basename, dirname, join } from 'path'
import type { Found } from '@ioc:Adonis/Addons/Session'
import { decode, decodeTombstone } from '../Serializer'
import { FileText, isForeign, readText } from './index'

/** What a file contains: `absent` if it has expired, `null` if it can't be decoded. */
export function foundIn(
  { text, modifiedAt }: FileText,
  sessionId: string,
  ageInMs: number
): Found | null {
  const retired = decodeTombstone(text)
  if (retired) {
    const { tombstone, until } = retired
    return until > Date.now()
      ? { state: 'retired', tombstone, expiresAt: until }
      : { state: 'absent' }
  }
  const decoded = decode(sessionId, text)
  if (!decoded) {
    return null
  }
  const { values, json, meta } = decoded
  const lastUsedAt = Math.max(modifiedAt, meta.updatedAt ?? 0)
  const expiresAt = lastUsedAt + (meta.age ?? ageInMs)
  return expiresAt > Date.now()
    ? { state: 'stored', record: { values, json, meta, version: text, expiresAt } }
    : { state: 'absent' }
}

/** When a session was last used that has so much time left: the time of its file says so. */
export function usedAt(
  file: FileText,
  sessionId: string,
  leftInMs: number | undefined,
  ageInMs: number
): number {
  if (leftInMs === undefined || leftInMs === ageInMs) {
    return Date.now()
  }
  const found = foundIn(file, sessionId, ageInMs)
  const { age = ageInMs } = found?.state === 'stored' ? found.record.meta : {}
  return Date.now() + Math.min(leftInMs - age, 0)
}

/** Whether this could be the beginning of a session that is still being written. */
export function mayBeTorn(text: string): boolean {
  const start = '{"message":'
  const begun = text.trim()
  return start.startsWith(begun.slice(0, start.length)) && !begun.endsWith('}')
}

/** The path under which the content of a damaged file is kept. */
export function asideOf(path: string): string {
  return `${path}.${Date.now()}.unreadable`
}

/** A path for a log line: enough of the id to find the file, not enough to use it. */
export function shorten(path: string): string {
  return join(dirname(path), `${basename(path).slice(0, 8)}…unreadable`)
}

/** The text of a session file, `null` if there is none, or `foreign` if it belongs to another system user. */
export async function textOf(path: string): Promise<FileText | null | 'foreign'> {
  try {
    return await readText(path)
  } catch (error) {
    if (await isForeign(path, error)) {
      return 'foreign'
    }
    throw error
  }
}
