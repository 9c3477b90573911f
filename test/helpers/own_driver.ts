import type { SessionDriverContract } from '@ioc:Adonis/Addons/Session'

/** One call of a driver: its method and arguments. */
export type Call = [method: string, ...args: any[]]

/** A driver of an app, which writes down what it is asked to do. Its methods do not return promises. */
export class OwnDriver implements SessionDriverContract {
  public calls: Call[] = []
  public sessions = new Map<string, string>()

  public read(sessionId: string) {
    this.calls.push(['read', sessionId])
    return JSON.parse(this.sessions.get(sessionId) ?? 'null')
  }

  public write(sessionId: string, values: Record<string, any>) {
    this.calls.push(['write', sessionId, values])
    this.sessions.set(sessionId, JSON.stringify(values))
  }

  public destroy(sessionId: string) {
    this.calls.push(['destroy', sessionId])
    this.sessions.delete(sessionId)
  }

  public touch(sessionId: string) {
    this.calls.push(['touch', sessionId])
  }

  /** The methods that were called since the last time, in order. */
  public drain(): Call[] {
    return this.calls.splice(0)
  }
}
