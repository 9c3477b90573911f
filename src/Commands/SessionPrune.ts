import { flags } from '@adonisjs/core/build/standalone'
import type { SessionManager } from '../SessionManager'
import { toMilliseconds } from '../Settings'
import { SessionCommand } from './SessionCommand'

/** `node ace session:prune`: removes what has ended from files or a table. */
export default class SessionPrune extends SessionCommand {
  public static commandName = 'session:prune'
  public static description = 'Remove sessions that have ended from files or a table'

  @flags.string({
    description: 'Stop after this time, such as "10m". Default: when all are removed',
  })
  public maxTime: string | undefined

  protected async answer(Session: SessionManager) {
    const timeInMs = this.maxTime === undefined ? Infinity : toMilliseconds(this.maxTime)
    if (timeInMs === null) {
      return this.refuse(`--max-time is "${this.maxTime}", which is not a duration such as "10m"`)
    }
    const removed = await Session.prune({
      timeInMs,
      onProgress: (count) => this.progress(`${count} removed so far`),
    })
    this.progress('')
    if (this.json) {
      this.print(JSON.stringify({ removed }))
    } else {
      this.logger.success(`${removed} ${removed === 1 ? 'session' : 'sessions'} removed`)
    }
  }
}
