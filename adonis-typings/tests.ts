import '@japa/api-client'
import { InspectOptions } from 'util'
import { AllowedSessionValues, SessionClientContract } from '@ioc:Adonis/Addons/Session'

declare module '@japa/api-client' {
  interface ApiRequest {
    sessionClient: SessionClientContract

    /** Send session values with the request. */
    session(session: Record<string, AllowedSessionValues>): this

    /** Send flash messages with the request. */
    flashMessages(messages: Record<string, AllowedSessionValues>): this
  }

  interface ApiResponse {
    /** A copy of the session as the response left it. */
    sessionJar: {
      session: Record<string, any>
      flashMessages: Record<string, any> | null
    }

    /** The session values. */
    session(): Record<string, any>

    /** Print the session values and flash messages. */
    dumpSession(options?: InspectOptions): this

    /** The flash messages for the next request. */
    flashMessages(): Record<string, any>

    /** Assert that the session has a key, dotted or literal, and optionally its value. */
    assertSession(key: string, value?: any): void

    /** Assert that the session does not have a key. */
    assertSessionMissing(key: string): void

    /** Assert that there is a flash message, and optionally its value. */
    assertFlashMessage(key: string, value?: any): void

    /** Assert that there is no such flash message. */
    assertFlashMissing(key: string): void
  }
}
