import type { SessionInfo } from '@ioc:Adonis/Addons/Session'
import { BaseCommand, flags } from '@adonisjs/core/build/standalone'
import type { SessionManager } from '../SessionManager'

/** What the user of a session chose, such as the tag or the browser, may hold commands for the terminal. */
const CONTROL_CHARACTERS = /\p{Cc}/gu

/** How long the app may take to shut down when the store is down: as long as AdonisJS gives it on SIGTERM. */
const SHUTDOWN_IN_MS = 3000

/** The base of the session commands: provides the manager, JSON output, and errors without a stack trace. */
export abstract class SessionCommand extends BaseCommand {
  public static settings = { loadApp: true }

  @flags.boolean({ description: 'Print JSON' })
  public json: boolean | undefined

  /**
   * Ace marks a class once it has lists of its own for arguments and flags. A subclass inherits the mark of its base:
   * without this, all commands would add theirs to the same lists.
   */
  public static boot() {
    if (!Object.prototype.hasOwnProperty.call(this, 'booted')) {
      this.booted = false
    }
    super.boot()
  }

  public async run() {
    try {
      await this.answer(this.manager)
    } catch (error) {
      if (!String(error.code).startsWith('E_')) {
        throw error
      }
      this.refuse(error.message)
      if (error.code === 'E_SESSION_STORE_UNAVAILABLE') {
        await this.endWithoutStore()
      }
    }
  }

  private get manager(): SessionManager {
    return this.application.container.use('Adonis/Addons/Session') as SessionManager
  }

  protected abstract answer(Session: SessionManager): Promise<void>

  protected refuse(reason: string) {
    this.logger.error(reason)
    this.exitCode = 1
  }

  /**
   * A store that's down must not keep the process: what shuts the app down may wait for it as well, or fail, and AdonisJS
   * then doesn't exit. A process that only runs the command among other things goes on.
   */
  protected async endWithoutStore() {
    if (this.isMain) {
      await this.manager.abandonStore()
      setTimeout(() => process.exit(this.exitCode), SHUTDOWN_IN_MS)
    }
  }

  protected print(text: string) {
    this.logger.log(text)
  }

  /** The border of a table of `ui` has its colour without a terminal, too. */
  protected printTable(head: string[], rows: string[][]) {
    const { supportsColors, consoleRenderer } = this.ui
    const log = (text: string) => this.print(supportsColors ? text : withoutColors(text))
    const table = this.ui
      .table()
      .useRenderer(Object.assign(Object.create(consoleRenderer), { log }))
      .head(head)
    rows.forEach((row) => table.row(row.map((cell) => cell.replace(CONTROL_CHARACTERS, ''))))
    table.render()
  }

  /** Prints sessions as a table, or as a JSON array. */
  protected printSessions(sessions: SessionInfo[]) {
    if (this.json) {
      this.print(JSON.stringify(sessions, null, 2))
      return
    }
    this.printTable(
      ['Handle', 'Tag', 'Created', 'Last seen', 'Expires', 'Client'],
      sessions.map(({ handle, tag, createdAt, lastSeenAt, expiresAt, ip, userAgent }) => {
        const times = [createdAt, lastSeenAt, expiresAt].map(inWords)
        return [handle, tag ?? '', ...times, [ip, userAgent].filter(Boolean).join(', ')]
      })
    )
  }

  /** Shows the progress on a terminal, in a single line that is overwritten each time. */
  protected progress(text: string) {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${text}`)
    }
  }
}

function withoutColors(text: string): string {
  return text.replace(/\p{Cc}\[[\d;]*m/gu, '')
}

/** `rounded`: so many seconds are missing at most for the next smaller unit to be rounded up to one of these. */
const UNITS: { unit: Intl.RelativeTimeFormatUnit; seconds: number; rounded: number }[] = [
  { unit: 'day', seconds: 86_400, rounded: 1800 },
  { unit: 'hour', seconds: 3600, rounded: 30 },
  { unit: 'minute', seconds: 60, rounded: 0 },
  { unit: 'second', seconds: 1, rounded: 0 },
]

/** A time relative to now, such as `3 hours ago`. */
export function inWords(time: Date | null): string {
  if (time === null) {
    return ''
  }
  const inSeconds = Math.round((time.getTime() - Date.now()) / 1000)
  const found = UNITS.find((unit) => Math.abs(inSeconds) >= unit.seconds - unit.rounded)
  const { unit, seconds } = found ?? UNITS[UNITS.length - 1]
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
  return format.format(Math.round(inSeconds / seconds), unit)
}
