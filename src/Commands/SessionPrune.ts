import { flags } from '@adonisjs/core/build/standalone'
import type { SessionManager } from '../SessionManager'
import { toMilliseconds } from '../Settings'
import { SessionCommand } from './SessionCommand'

/** `node ace session:prune`: removes ended sessions from files or a database. */
export default class SessionPrune extends SessionCommand {
  public static commandName = 'session:prune'
  public static description = 'Remove ended sessions from files or a database'

  @flags.string({
    description: 'Stop after this time, such as "10m". Default: no limit',
  })
  public maxTime: string | undefined

  protected async answer(Session: SessionManager) {
    const timeInMs = this.maxTime === undefined ? Infinity : toMilliseconds(this.maxTime)
    if (timeInMs === null || timeInMs <= 0) {
      return this.refuse(
        `--max-time is "${this.maxTime}", which is not a duration of more than zero, such as "10m"`
      )
    }
    const removed = await Session.prune({
      timeInMs,
      onProgress: (count) => this.progress(`${count} removed so far`),
    })
    this.progress('')
    if (this.json) {
      this.print(JSON.stringify({ removed }))
    } else if (Session.whyUnpruned) {
      this.logger.info(Session.whyUnpruned)
    } else {
      this.logger.success(`${removed} ${removed === 1 ? 'session' : 'sessions'} removed`)
    }
  }
}
