import '@japa/api-client'
import { InspectOptions } from 'util'
import {
  AllowedSessionValues,
  SessionClientContract,
  SessionVisitorContract,
} from '@ioc:Adonis/Addons/Session'

declare module '@japa/api-client' {
  interface ApiClient {
    /**
     * A client whose requests share cookies, and so a session. Each call makes another visitor, who begins without
     * cookies.
     */
    visitor(): ApiClient & SessionVisitorContract
  }

  interface ApiRequest {
    sessionClient: SessionClientContract

    /** Sends session values with the request. */
    session(session: Record<string, AllowedSessionValues>): this

    /** Sends flash messages with the request. */
    flashMessages(messages: Record<string, AllowedSessionValues>): this

    /** The same as `session`. */
    withSession(session: Record<string, AllowedSessionValues>): this

    /** The same as `flashMessages`. */
    withFlashMessages(messages: Record<string, AllowedSessionValues>): this
  }

  interface ApiResponse {
    /** A copy of the session, as the response left it. */
    sessionJar: {
      session: Record<string, any>
      flashMessages: Record<string, any> | null
    }

    /** The same as `session()` and `flashMessages()`, in one object. */
    readonly sessionBag: { values: Record<string, any>; flashMessages: Record<string, any> }

    /** The session values, or the one of a key (a dotted path or a literal key). */
    session(): Record<string, any>
    session(key: string): any

    /** Prints the session values and flash messages. */
    dumpSession(options?: InspectOptions): this

    /** The flash messages for the next request. */
    flashMessages(): Record<string, any>

    /** The flash message of a key (a dotted path or a literal key). */
    flashMessage(key: string): any

    /** Asserts that the session has a key (a dotted path or a literal key), and its value if one is given. */
    assertSession(key: string, value?: any): void

    /** Asserts that the session doesn't have a key. */
    assertSessionMissing(key: string): void

    /** Asserts that there is a flash message, and its value if one is given. */
    assertFlashMessage(key: string, value?: any): void

    /** Asserts that there is no such flash message. */
    assertFlashMissing(key: string): void

    /** Asserts that the validator has flashed an error of a field. */
    assertHasValidationError(field: string): void

    /** Asserts that the validator has flashed no error of a field. */
    assertDoesNotHaveValidationError(field: string): void

    /** Asserts that a message is among the validation errors of a field. */
    assertValidationError(field: string, message: string): void

    /** Asserts that these are the validation errors of a field. */
    assertValidationErrors(field: string, messages: string[]): void

    /**
     * Asserts that the validator has flashed errors: of a field, of several, or with the given messages:
     * `{ title: 'required' }`. Without an argument: of any field.
     */
    assertSessionHasErrors(fields?: string | string[] | Record<string, string | string[]>): void

    /** Asserts that the validator has flashed no errors. */
    assertSessionHasNoErrors(): void

    /** Asserts that the request gave its session a new id, by `regenerate` or `invalidate`. */
    assertRegenerated(): void

    /** Asserts that neither the response nor a redirect before it sets or removes the session cookie. */
    assertNoSessionCookie(): void
  }
}
