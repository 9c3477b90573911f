import { flags } from '@adonisjs/core/build/standalone'
import type { SessionInfo } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../SessionManager'
import { SessionCommand } from './SessionCommand'

const LIMIT = 50

/** `node ace session:list`: lists sessions, or only those with a tag, up to a limit. */
export default class SessionList extends SessionCommand {
  public static commandName = 'session:list'
  public static description = 'List sessions, or only those with a tag'

  @flags.string({ description: 'List only the sessions with this tag, such as the id of a user' })
  public tag: string | undefined

  @flags.number({ description: `The maximum number of sessions to list. Default: ${LIMIT}` })
  public limit: number | undefined

  protected async answer(Session: SessionManager) {
    const limit = this.limit ?? LIMIT
    if (!Number.isInteger(limit) || limit < 1) {
      return this.refuse(`--limit is ${limit}, and must be a whole number of 1 or more`)
    }
    const sessions =
      this.tag === undefined
        ? await first(Session.list(), limit + 1)
        : await Session.tagged(this.tag)
    this.printSessions(sessions.slice(0, limit))
    if (!this.json && sessions.length > limit) {
      const more = this.tag === undefined ? 'more' : `${sessions.length - limit} more`
      this.logger.info(`There are ${more}. Raise --limit to list them`)
    }
  }
}

async function first(sessions: AsyncIterable<SessionInfo>, count: number) {
  const found: SessionInfo[] = []
  for await (const session of sessions) {
    found.push(session)
    if (found.length === count) {
      break
    }
  }
  return found
}
