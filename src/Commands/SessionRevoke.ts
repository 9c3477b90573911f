import { args, flags } from '@adonisjs/core/build/standalone'
import type { SessionInfo } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../SessionManager'
import { SessionCommand } from './SessionCommand'

/** `node ace session:revoke`: ends a session by its handle, or all sessions with a tag. */
export default class SessionRevoke extends SessionCommand {
  public static commandName = 'session:revoke'
  public static description = 'End a session by its handle, or all sessions with a tag'

  @args.string({
    description: 'The handle of the session, as shown by session:list',
    required: false,
  })
  public session: string | undefined

  @flags.string({
    description:
      'End all sessions with this tag. With a handle, end only the session that has both',
  })
  public tag: string | undefined

  @flags.boolean({ description: 'End more than one session without asking for confirmation' })
  public force: boolean | undefined

  protected async answer(Session: SessionManager) {
    if (this.session === undefined && this.tag === undefined) {
      return this.refuse('Pass the handle of a session, or a tag with --tag')
    }
    const sessions = await this.find(Session)
    if (sessions?.length === 0) {
      return this.refuse(`No session has ${this.words}`)
    }
    if (sessions?.length !== 1 && !(await this.isMeant(sessions))) {
      return this.refuse('No session was ended')
    }
    const ended = await this.end(Session, sessions)
    if (this.json) {
      this.print(JSON.stringify({ ended }))
    } else {
      const which = ended === 1 ? '1 session has' : `${ended ?? 'The'} sessions have`
      this.logger.success(`${which} ended`)
    }
  }

  private get words(): string {
    const handle = this.session === undefined ? [] : [`the handle "${this.session}"`]
    return [...handle, ...(this.tag === undefined ? [] : [`the tag "${this.tag}"`])].join(' and ')
  }

  /** Without a tag, searches all sessions for the handle. `null`: the driver can end sessions, but not find them. */
  private async find(Session: SessionManager): Promise<SessionInfo[] | null> {
    if (this.tag !== undefined) {
      const sessions = await Session.tagged(this.tag).catch(onlyUnlisted)
      return (
        sessions &&
        sessions.filter(({ handle }) => this.session === undefined || handle === this.session)
      )
    }
    for await (const session of Session.list()) {
      if (session.handle === this.session) {
        return [session]
      }
    }
    return []
  }

  /** Returns how many have ended; `null`: not known. */
  private async end(
    Session: SessionManager,
    sessions: SessionInfo[] | null
  ): Promise<number | null> {
    if (this.tag !== undefined) {
      return Session.destroyTagged(this.tag, { only: this.session })
    }
    await Session.destroy(sessions![0].id)
    return 1
  }

  private async isMeant(sessions: SessionInfo[] | null): Promise<boolean> {
    if (this.force) {
      return true
    }
    const count = sessions?.length ?? 'An unknown number of'
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      this.logger.error(`${count} sessions have ${this.words}. Pass --force to end them`)
      return false
    }
    return this.prompt.confirm(`${count} sessions have ${this.words}. End them?`)
  }
}

/** The driver can't list sessions. */
function onlyUnlisted(error: Error & { code?: string }): null {
  if (error.code === 'E_SESSION_TAGGING_NOT_SUPPORTED') {
    return null
  }
  throw error
}
