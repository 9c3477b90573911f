import { performance } from 'perf_hooks'
import type { SessionManager } from '../SessionManager'
import { inWords, SessionCommand } from './SessionCommand'

/** How often the progress is shown. */
const EVERY_IN_MS = 200

/** `node ace session:stats`: shows how many sessions there are, and how old and how large they are. */
export default class SessionStats extends SessionCommand {
  public static commandName = 'session:stats'
  public static description = 'Show how many sessions there are, and how old and how large they are'

  protected async answer(Session: SessionManager) {
    const stats = await this.collect(Session)
    if (this.json) {
      return this.print(JSON.stringify(stats, null, 2))
    }
    const { sessions, tagged, tags, bytes, largest, largestBytes, oldest, newest } = stats
    this.printTable(
      ['Sessions', String(sessions)],
      [
        ['with a tag', `${tagged} (different tags: ${tags})`],
        ['average size', inBytes(sessions ? bytes / sessions : 0)],
        ['largest', largest ? `${inBytes(largestBytes)}, ${largest}` : ''],
        ['oldest created', inWords(oldest)],
        ['newest created', inWords(newest)],
      ]
    )
  }

  private async collect(Session: SessionManager) {
    let writtenAt = 0
    const onProgress = (counted: number) => {
      if (performance.now() - writtenAt > EVERY_IN_MS) {
        writtenAt = performance.now()
        this.progress(`${counted} sessions so far`)
      }
    }
    const stats = await Session.stats({ onProgress })
    this.progress('')
    return stats
  }
}

function inBytes(bytes: number): string {
  return bytes < 1024 ? `${Math.round(bytes)} bytes` : `${(bytes / 1024).toFixed(1)} KB`
}
