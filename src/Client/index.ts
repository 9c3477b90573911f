import type {
  SessionClientContract,
  SessionConfig,
  SessionDriverContract,
} from '@ioc:Adonis/Addons/Session'
import { Flash } from '../Flash'
import { isId, newId } from '../IdCookie'
import { CookieSealer } from '../KeyRing'
import { Repository } from '../Repository'
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

  /** The id that the last response left the session with. */
  private loadedId: unknown = this.sessionId

  /** All ids that the session had. */
  private ids = new Set<unknown>([this.sessionId])

  constructor(
    private config: SessionConfig,
    private driver: SessionDriverContract,
    private cookieClient: CookieSealer,
    values: Values | null
  ) {
    super(values)
  }

  public isEnabled(): boolean {
    return this.config.enabled
  }

  /**
   * The session behind the cookies of a response; without a session cookie, the one it was sent. The
   * Set-Cookie lines are for the cookie driver, whose sessions are in them, and for an id that is signed with one of
   * the `keys` in the config.
   */
  public async load(cookies: Record<string, any>, lines: string[] = []) {
    const cookie = cookies[this.cookieName]
    this.ids.add((this.loadedId = cookie ? cookie.value : this.loadedId))
    this.takeSignedId(lines)

    const stored = isId(this.loadedId) ? await this.repository.find(this.loadedId) : null
    const { [FLASH_KEY]: flashMessages = null, ...session } = stored?.values ?? {}
    return { session: session as Values, flashMessages: flashMessages as Values | null }
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
      encryptedCookies: this.driver instanceof CookieJar ? this.driver.encrypted : {},
    }
  }

  /** Removes the session from the store, under each id that it had. */
  public async forget(): Promise<void> {
    this.clear()
    this.flashMessages.clear()
    for (const id of this.ids) {
      if (isId(id)) {
        await this.driver.destroy(id)
      }
    }
  }

  private takeSignedId(lines: string[]) {
    if (this.driver instanceof CookieJar) {
      this.driver.receive(lines)
    }
    const signed = parseLines(lines)[this.cookieName]
    if (signed) {
      this.ids.add((this.loadedId = this.cookieClient.unsign(this.cookieName, signed)))
    }
  }

  private get repository(): Repository {
    return new Repository(this.driver, settingsOf(this.config))
  }

  private get cookieName(): string {
    return settingsOf(this.config).cookieName
  }
}
