import { performance } from 'perf_hooks'
import type { SessionInfo } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../SessionManager'
import { inWords, SessionCommand } from './SessionCommand'

/** How often the progress is shown. */
const EVERY_IN_MS = 200

interface Stats {
  sessions: number
  tagged: number
  tags: number
  bytes: number
  largestBytes: number
  largest: string | null
  oldest: Date | null
  newest: Date | null
}

/** `node ace session:stats`: shows how many sessions there are, and how old and how large they are. */
export default class SessionStats extends SessionCommand {
  public static commandName = 'session:stats'
  public static description = 'Show how many sessions there are, and how old and how large they are'

  protected async answer(Session: SessionManager) {
    const { tags, ...stats } = await this.collect(Session)
    if (this.json) {
      return this.print(JSON.stringify({ ...stats, tags: tags.size }, null, 2))
    }
    const { sessions, tagged, bytes, largest, largestBytes, oldest, newest } = stats
    this.printTable(
      ['Sessions', String(sessions)],
      [
        ['with a tag', `${tagged} (different tags: ${tags.size})`],
        ['average size', inBytes(sessions ? bytes / sessions : 0)],
        ['largest', largest ? `${inBytes(largestBytes)}, ${largest}` : ''],
        ['oldest created', inWords(oldest)],
        ['newest created', inWords(newest)],
      ]
    )
  }

  private async collect(Session: SessionManager) {
    const stats: Omit<Stats, 'tags'> & { tags: Set<string> } = {
      ...{ sessions: 0, tagged: 0, tags: new Set(), bytes: 0, largestBytes: 0 },
      ...{ largest: null, oldest: null, newest: null },
    }
    let writtenAt = 0
    for await (const session of Session.list()) {
      add(stats, session)
      if (performance.now() - writtenAt > EVERY_IN_MS) {
        writtenAt = performance.now()
        this.progress(`${stats.sessions} sessions so far`)
      }
    }
    this.progress('')
    return stats
  }
}

function add(stats: Omit<Stats, 'tags'> & { tags: Set<string> }, session: SessionInfo) {
  const { handle, tag, createdAt, data } = session
  const bytes = Buffer.byteLength(JSON.stringify(data))
  stats.sessions++
  stats.bytes += bytes
  if (tag !== null) {
    stats.tagged++
    stats.tags.add(tag)
  }
  if (bytes > stats.largestBytes) {
    Object.assign(stats, { largest: handle, largestBytes: bytes })
  }
  if (createdAt && (!stats.oldest || createdAt < stats.oldest)) {
    stats.oldest = createdAt
  }
  if (createdAt && (!stats.newest || createdAt > stats.newest)) {
    stats.newest = createdAt
  }
}

function inBytes(bytes: number): string {
  return bytes < 1024 ? `${Math.round(bytes)} bytes` : `${(bytes / 1024).toFixed(1)} KB`
}
