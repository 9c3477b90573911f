import '@japa/api-client'
import { InspectOptions } from 'util'
import { AllowedSessionValues, SessionClientContract } from '@ioc:Adonis/Addons/Session'

declare module '@japa/api-client' {
  interface ApiRequest {
    sessionClient: SessionClientContract

    /** Sends session values with the request. */
    session(session: Record<string, AllowedSessionValues>): this

    /** Sends flash messages with the request. */
    flashMessages(messages: Record<string, AllowedSessionValues>): this
  }

  interface ApiResponse {
    /** A copy of the session, as the response left it. */
    sessionJar: {
      session: Record<string, any>
      flashMessages: Record<string, any> | null
    }

    /** The session values. */
    session(): Record<string, any>

    /** Prints the session values and flash messages. */
    dumpSession(options?: InspectOptions): this

    /** The flash messages for the next request. */
    flashMessages(): Record<string, any>

    /** Asserts that the session has a key (a dotted path or a literal key), and its value if one is given. */
    assertSession(key: string, value?: any): void

    /** Asserts that the session doesn't have a key. */
    assertSessionMissing(key: string): void

    /** Asserts that there is a flash message, and its value if one is given. */
    assertFlashMessage(key: string, value?: any): void

    /** Asserts that there is no such flash message. */
    assertFlashMissing(key: string): void
  }
}
