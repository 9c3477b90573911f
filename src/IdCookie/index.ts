import { randomBytes } from 'crypto'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { cookieLine, dropCookie, setCookie } from '../Cookies'
import { Settings } from '../Settings'

/** 160 bits (ASVS 5, 7.2.3 asks for 128), in characters that file systems and stores leave alone. */
const ID_BYTES = 20

/**
 * What may be an id: ours, the `cuid` of 6.4.0, or one that an app has signed itself. Anything else
 * reaches no driver: no path, no separator, no device name of Windows.
 */
const ID_FORM = /^(?!(?:con|nul|aux|prn|com\d|lpt\d)$)[a-z0-9][\w-]{0,127}$/i

/** A new session id. */
export function newId(): string {
  return randomBytes(ID_BYTES).toString('hex')
}

/** Could this be a session id? */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_FORM.test(value)
}

/** The id in the signed cookie of a request; `null`: no cookie; `unreadable`: not signed by us. */
export function readId({ request }: HttpContextContract, { cookieName }: Settings) {
  if (request.cookiesList()[cookieName] === undefined) {
    return null
  }
  try {
    const id = request.cookie(cookieName)
    return isId(id) ? { id } : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

/** Puts the id into the signed cookie of the response, for as long as the session lives. */
export function writeId(
  { response }: HttpContextContract,
  { cookieName: name, cookie: attributes, clearWithBrowser }: Settings,
  id: string,
  ttlInMs: number
) {
  const maxAgeInSeconds = clearWithBrowser ? null : Math.ceil(ttlInMs / 1000)
  setCookie(response, { name, attributes, maxAgeInSeconds }, (options) =>
    response.cookie(name, id, options)
  )
}

/** Asks the browser to drop the cookie, if it has one or was about to get one. */
export function dropId({ request, response }: HttpContextContract, settings: Settings) {
  const { cookieName, cookie } = settings
  if (request.cookiesList()[cookieName] !== undefined || cookieLine(response, cookieName)) {
    dropCookie(response, cookieName, cookie)
  }
}
