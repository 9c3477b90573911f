import { setTimeout as wait } from 'timers/promises'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { AppOptions } from '../helpers/app'

/** A store of endings that counts what it is asked, and can be slow, silent or down. */
export class Marks extends MemoryDriver {
  public static calls: string[] = []
  public static trouble: 'none' | 'fails' | 'is silent' = 'none'
  public static delayInMs = 0

  public static reset() {
    Object.assign(Marks, { calls: [], trouble: 'none', delayInMs: 0 })
  }

  public load: MemoryDriver['load'] = (...args) => this.asked('load', () => super.load(...args))
  public retire: MemoryDriver['retire'] = (...args) =>
    this.asked('retire', () => super.retire(...args))
  public replace: MemoryDriver['replace'] = (...args) =>
    this.asked('replace', () => super.replace(...args))

  private async asked<T>(call: string, answer: () => Promise<T>): Promise<T> {
    Marks.calls.push(call)
    Marks.delayInMs && (await wait(Marks.delayInMs))
    switch (Marks.trouble) {
      case 'fails':
        throw new Error('connection refused')
      case 'is silent':
        return new Promise(() => {})
      default:
        return answer()
    }
  }
}

/** What an app needs to keep sessions in cookies, and endings there. */
export function onMarks(session: Record<string, any> = {}): AppOptions {
  return {
    session: {
      driver: 'cookie',
      touchEvery: '1m',
      saveUninitialized: false,
      revocation: { driver: 'marks' },
      ...session,
    },
    boot: (app) => app.container.use('Adonis/Addons/Session').extend('marks', () => new Marks()),
  }
}
