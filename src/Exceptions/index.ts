import { Exception } from '@poppinss/utils'

/** The size of a session, and what the store accepts, in words. */
interface Excess {
  bytes: number
  limit: string
}

/**
 * Every error of this package: its code, its HTTP status and its sentence stand side by side.
 * A published code never changes. A sentence says what happened, with which key, file or driver,
 * and what to do about it.
 */
export class SessionException extends Exception {
  /** The error of the store beneath, without the id and the data it was about. */
  public cause?: Error

  /** Set if the session is too large for the store. */
  public excess?: Excess

  /** A verb was used before `initiate`: the session hooks did not run for this request. */
  public static notInitiated() {
    return new this(
      'Session store is not initiated yet. Make sure sessions are enabled inside "config/session" and you are using the session hook, or call "session.initiate" yourself',
      500,
      'E_RUNTIME_EXCEPTION'
    )
  }

  /** A verb that changes the session was used on one that was initiated with `initiate(true)`. */
  public static readonly() {
    return new this(
      'Session store is in readonly mode and cannot be mutated. Initiate it with "session.initiate(false)" to write',
      500,
      'E_RUNTIME_EXCEPTION'
    )
  }

  /** `Session.current()` has nothing to look in. */
  public static asyncLocalStorageDisabled() {
    return new this(
      '"Session.current" needs the async local storage of the HTTP server. Set "http.useAsyncLocalStorage" to true inside the "config/app" file',
      500,
      'E_RUNTIME_EXCEPTION'
    )
  }

  /** `driver` names neither a built-in nor a driver added with `Session.extend`. */
  public static invalidDriver(driver: string, known: string[], key = 'driver') {
    const variable = key === 'driver' ? ' (SESSION_DRIVER)' : ''
    // A value that was put there by mistake, such as the URL of a store, may hold a password.
    const given = /^[\w.-]{1,50}$/.test(driver) ? `"${driver}"` : 'The value of the key'
    return new this(
      `${given} is not a valid session driver. Set "${key}" inside the "config/session" file${variable} to one of ${known.join(', ')}, or add it with "Session.extend" in the "boot" method of a provider`,
      500,
      'E_INVALID_SESSION_DRIVER'
    )
  }

  /** The section of a driver is missing or cannot work. `reason` is a whole sentence. */
  public static invalidDriverConfig(reason: string) {
    return new this(reason, 500, 'E_INVALID_SESSION_DRIVER_CONFIG')
  }

  /** A key of the session config has a value that cannot work. */
  public static invalidConfig(key: string, problem: string) {
    return new this(
      `Invalid "session" config. "${key}" ${problem}. Make sure to set it inside the "config/session" file`,
      500,
      'E_SESSION_INVALID_CONFIG'
    )
  }

  /** `session.setAge` was not given a valid duration of one second or more. */
  public static invalidAge(given: string) {
    return new this(
      `"session.setAge" was given ${given}. It takes a duration of one second or more: a number of milliseconds or a string such as "30 days"`,
      500,
      'E_SESSION_INVALID_AGE'
    )
  }

  /** A value that JSON cannot hold. Raised by the verb that brings it, or by the commit. */
  public static unserializable(path: string, problem: string) {
    return new this(
      `Cannot store "${path}" in the session: ${problem}. Store strings, numbers, booleans, dates, arrays or plain objects`,
      500,
      'E_SESSION_UNSERIALIZABLE'
    )
  }

  public static notANumber(verb: 'increment' | 'decrement', key: string) {
    return new this(
      `Cannot ${verb} "${key}", since original value is not a number`,
      500,
      'E_SESSION_NOT_A_NUMBER'
    )
  }

  public static notAnArray(key: string) {
    return new this(
      `Cannot push to "${key}", since original value is not an array`,
      500,
      'E_SESSION_NOT_AN_ARRAY'
    )
  }

  /** The session does not fit into the cookies that `maxCookieBytes` allows. */
  public static cookieTooLarge(bytes: number, limit: number, largest: string[]) {
    return new this(
      `The session needs ${bytes} bytes of cookies, and "maxCookieBytes" inside the "config/session" file is ${limit}. The largest keys are ${largest.join(', ')}. Store less, or use a driver that keeps sessions on the server`,
      500,
      'E_SESSION_COOKIE_TOO_LARGE'
    )
  }

  /** The session is larger than the store accepts. `limit` is the limit of the store, or what it answered. */
  public static rowTooLarge({ bytes, limit }: Excess, largest: string[]) {
    const error = new this(
      `The session has ${bytes} bytes, which is too large for the store (${limit}). The largest keys are ${largest.join(', ')}. Store less in the session`,
      500,
      'E_SESSION_TOO_LARGE'
    )
    error.excess = { bytes, limit }
    return error
  }

  /** The driver can't list sessions. */
  public static taggingNotSupported(driver: string) {
    return new this(
      `The "${driver}" session driver can't list sessions. Use the file, redis, database or memory driver${driver === 'cookie' ? '. To end sessions of the cookie driver by their tag, set "revocation" inside the "config/session" file' : ''}`,
      500,
      'E_SESSION_TAGGING_NOT_SUPPORTED'
    )
  }

  /** A login exceeded `registry.maxPerTag`, with `registry.whenFull: 'refuse'`. */
  public static sessionLimit(limit: number) {
    return new this(
      `The user already has ${limit === 1 ? '1 session' : `${limit} sessions`}, the limit set by "registry.maxPerTag" inside the "config/session" file. Log out on another device first`,
      403,
      'E_SESSION_LIMIT'
    )
  }

  /** The message doesn't have the value: a model that was passed by mistake may hold secrets. */
  public static invalidTag(tag: unknown) {
    const given = typeof tag === 'string' ? `a string of ${tag.length} characters` : typeof tag
    return new this(
      `A tag must be a finite number, or a string of 1 to 190 Unicode characters other than NUL. It was given: ${given}`,
      500,
      'E_SESSION_INVALID_TAG'
    )
  }

  /** Two packages serve `ctx.session`, and each would load and commit it. npm installs the peer of shield again. */
  public static installedTwice(hasShield: boolean) {
    return new this(
      hasShield
        ? 'Two session packages are registered, and "@adonisjs/shield" needs the name of one of them. Run "npm rm adonis5-session && npm i @adonisjs/session@npm:adonis5-session", and remove "adonis5-session" from "providers" inside the ".adonisrc.json" file. Name "@adonisjs/session" there, in "commands", in the "tsconfig.json" file and in the "config/session" file'
        : 'Two session packages are registered. Remove "@adonisjs/session" from "providers" inside the ".adonisrc.json" file, and uninstall it',
      500,
      'E_SESSION_INSTALLED_TWICE'
    )
  }

  /** The cookie driver stores in the response alone. */
  public static responseSent() {
    return new this(
      'The session cannot be stored: the "cookie" driver stores it in the response, which has left. Call "session.commit({ flushHeaders: true })" before the response is written to, or use a driver that keeps sessions on the server',
      500,
      'E_SESSION_RESPONSE_SENT'
    )
  }

  /** `session.flashValidationErrors` was not given what a validator raises. */
  public static notAValidationError() {
    return new this(
      '"session.flashValidationErrors" was given an error without messages of fields. Pass the error that the validator has raised: its "messages" are lists of strings by field, or a list of objects with "field" and "message"',
      500,
      'E_SESSION_NOT_A_VALIDATION_ERROR'
    )
  }

  /** The driver failed, refused or did not answer in time. Answered with 503. */
  public static storeUnavailable(driver: string, operation: string, cause: unknown) {
    const lean = withoutSessionData(cause)
    const reason = QUOTABLE_DRIVERS.includes(driver) ? lean.message : 'see the cause of this error'
    const error = new this(
      `The "${driver}" session store could not ${operation} a session: ${reason}`,
      503,
      'E_SESSION_STORE_UNAVAILABLE'
    )
    error.cause = lean
    return error
  }
}

/** Drivers whose error messages hold no session data. Those of an app's own may, as SQL errors do. */
const QUOTABLE_DRIVERS = ['cookie', 'file', 'redis', 'memory', 'database', 'dynamodb']

/**
 * An error that can be logged: a file error names the file, and with it the session id; an error of
 * Redis carries its command, and with it the session. Neither belongs into a log (ASVS 5, 16.2.5).
 */
function withoutSessionData(cause: unknown): Error & { code?: string } {
  if (!(cause instanceof Error)) {
    return new Error(String(cause))
  }
  const { stack = '', code, path, dest } = cause as NodeJS.ErrnoException & { dest?: string }
  const message = messageOf(cause)
  const files = [path, dest].filter((file): file is string => Boolean(file))
  const hide = (text: string) =>
    files.reduce((shown, file) => shown.split(file).join(withoutSession(file)), text)

  return Object.assign(new Error(hide(message)), { code, stack: hide(stack) })
}

/** The directory of a session file: its name has the id. */
function withoutSession(file: string): string {
  return file.replace(/[^/\\]+\.txt.*$/s, '…')
}

/** One that stands for several has no text of its own: a host with several addresses was not reached. */
function messageOf(error: Error & { errors?: Error[] }): string {
  return error.message || (error.errors ?? []).map(({ message }) => message).join(', ')
}

/** A noun with its article. A `U` is read as in `URLSearchParams` and `Uint8Array`. */
export function withArticle(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`
}
