import type { CookieClientContract } from '@ioc:Adonis/Core/CookieClient'
import type {
  SessionClientContract,
  SessionConfig,
  SessionDriverContract,
} from '@ioc:Adonis/Addons/Session'
import { Flash } from '../Flash'
import { isId, newId } from '../IdCookie'
import { extract } from '../Serializer'
import { settingsOf } from '../Settings'
import { Store } from '../Store'
import { FLASH_KEY } from '../Values/messages'
import { Values } from '../Values/paths'
import { toJson } from '../Values/storable'
import { CookieJar, parseLines } from './CookieJar'

/**
 * Prepares a session before a request of a test, and reads it after the response. One client, one
 * session.
 */
export class SessionClient extends Store implements SessionClientContract {
  public flashMessages = new Flash({})

  private sessionId = newId()

  /** The id that the response left the session with. */
  private loadedId: string | undefined

  constructor(
    private config: SessionConfig,
    private driver: SessionDriverContract,
    private cookieClient: CookieClientContract,
    values: Values | null
  ) {
    super(values)
  }

  public isEnabled(): boolean {
    return this.config.enabled
  }

  /**
   * The session behind the cookies of a response; without a session cookie, the one it was sent. The
   * Set-Cookie lines are for the cookie driver, whose sessions are in them.
   */
  public async load(cookies: Record<string, any>, lines: string[] = []) {
    const cookie = cookies[this.cookieName]
    this.loadedId = cookie ? cookie.value : this.sessionId
    if (this.driver instanceof CookieJar) {
      this.driver.receive(lines)
    }

    const stored = isId(this.loadedId) ? await this.driver.read(this.loadedId) : null
    const { [FLASH_KEY]: flashMessages = null, ...session } = extract(stored ?? {}).values
    return { session: session as Values, flashMessages: flashMessages as Values | null }
  }

  /** Forgets the session of a response that the test does not get to see, since its request failed. */
  public async forgetAfter(lines: string[]): Promise<void> {
    const signed = parseLines(lines)[this.cookieName]
    this.loadedId = signed && this.cookieClient.unsign(this.cookieName, signed)
    await this.forget()
  }

  /** Stores the values and flash messages, for the request that is sent next. */
  public async commit() {
    const { sessionId, cookieName } = this
    const messages = this.flashMessages.all()
    if (Object.keys(messages).length) {
      this.set(FLASH_KEY, messages)
    }
    if (!this.isEmpty) {
      await this.driver.write(sessionId, JSON.parse(toJson(this.all())))
    }

    this.clear()
    this.flashMessages.clear()
    return {
      sessionId,
      cookieName,
      signedSessionId: this.cookieClient.sign(cookieName, sessionId)!,
      cookies: this.driver instanceof CookieJar ? { ...this.driver.cookies } : {},
    }
  }

  /** Removes the session from the store, also under the id that it was given meanwhile. */
  public async forget(): Promise<void> {
    this.clear()
    this.flashMessages.clear()
    for (const id of new Set([this.sessionId, this.loadedId])) {
      if (isId(id)) {
        await this.driver.destroy(id)
      }
    }
  }

  private get cookieName(): string {
    return settingsOf(this.config).cookieName
  }
}
