import type { SessionConfig, SessionVisitorContract } from '@ioc:Adonis/Addons/Session'
import { atomicDriver } from '../AtomicBridge/capabilities'
import { toMilliseconds } from '../Settings'
import { worded } from '../Settings/words'
import { aged } from './aging'
import { Jar } from './Jar'
import { Headers, Opened, StoredSession } from './StoredSession'

/** A visitor of the app in a test: keeps cookies from one request to the next, as a browser does. */
export class Visitor extends StoredSession implements SessionVisitorContract {
  private jar: Jar

  /** When the visitor made a request, in milliseconds since the epoch. */
  private usedAt = Date.now()

  constructor(config: SessionConfig, make: (headers: Headers) => Opened, jar = new Jar()) {
    super(config, make, jar)
    this.jar = jar
  }

  /** All that are kept, whichever path they are for. */
  public cookies(): string {
    return this.jar.headers().cookie
  }

  public cookieHeader(url: string): string {
    return this.jar.headerFor(url)
  }

  public receive(lines: string[], url: string): void {
    this.usedAt = Date.now()
    this.jar.receive(lines, url)
    this.open(this.jar.headers())
  }

  public async travel(time: string | number): Promise<void> {
    const timeInMs = toMilliseconds(time)
    if (timeInMs === null || timeInMs < 0) {
      throw new Error(
        `Cannot travel ${worded(time)}. Give a time such as "2 hours", or a number of milliseconds`
      )
    }
    const { ctx, driver, id } = this.open(this.jar.headers())
    const { usedAt, settings } = this
    if (id !== null) {
      await aged(
        atomicDriver(driver, settings),
        id,
        timeInMs,
        ({ age = settings.ageInMs }) => usedAt + age
      )
    }
    this.usedAt -= timeInMs
    this.jar.age(timeInMs)
    if (id !== null) {
      await this.take(ctx, id)
    }
  }

  public closeBrowser(): void {
    this.jar.closeBrowser()
  }
}
