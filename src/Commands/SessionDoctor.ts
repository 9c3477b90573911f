import type { Finding } from '@ioc:Adonis/Addons/Session'
import type { SessionManager } from '../SessionManager'
import { isUnanswered } from '../Doctor'
import { SessionCommand } from './SessionCommand'

/** `node ace session:doctor`: checks the config and the store, and says what to change. */
export default class SessionDoctor extends SessionCommand {
  public static commandName = 'session:doctor'
  public static description = 'Check the session config and the store for problems'

  protected async answer(Session: SessionManager) {
    const findings = await Session.examine()
    if (findings.some(({ level }) => level === 'error')) {
      this.exitCode = 1
    }
    if (this.json) {
      this.print(JSON.stringify(findings, null, 2))
    } else {
      findings.forEach((finding) => this.show(finding))
    }
    if (findings.some(isUnanswered)) {
      await this.endWithoutStore()
    }
  }

  private show({ level, what, advice }: Finding) {
    const { colors } = this
    const marks = {
      ok: colors.green('ok     '),
      warning: colors.yellow('warning'),
      error: colors.red('error  '),
      unknown: colors.dim('unknown'),
    }
    this.print(`${marks[level]}  ${what}`)
    if (advice) {
      this.print(`         ${colors.dim(advice)}`)
    }
  }
}
