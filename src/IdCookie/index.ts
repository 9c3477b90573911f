import { randomFillSync } from 'crypto'
import type {
  HttpContextConstructorContract,
  HttpContextContract,
} from '@ioc:Adonis/Core/HttpContext'
import { base64, MessageBuilder } from '@poppinss/utils/build/helpers'
import {
  cookieLine,
  cookieValues,
  dropCookie,
  putBefore,
  setCookie,
  unshared,
  withdrawCookie,
  writeAsIs,
} from '../Cookies'
import { KeyRing, keyRingOf } from '../KeyRing'
import { RecentMap } from '../RecentMap'
import { Settings } from '../Settings'

/** 160 bits (ASVS 5, 7.2.3 asks for 128), in characters that file systems and stores leave alone. */
const ID_BYTES = 20

/**
 * What may be an id: ours, the `cuid` of 6.4.0, or one that an app has signed itself. Anything else
 * reaches no driver: no path, no separator, no device name of Windows.
 */
const ID_FORM = /^(?!(?:con|nul|aux|prn|com\d|lpt\d)$)[a-z0-9][\w-]{0,127}$/i

/** Random bytes in stock: to ask for a few costs as much as to ask for many. None is used twice. */
const stock = Buffer.alloc(128 * ID_BYTES)
let used = stock.length

/** A new session id. */
export function newId(): string {
  if (used === stock.length) {
    randomFillSync(stock)
    used = 0
  }
  return stock.toString('hex', used, (used += ID_BYTES))
}

/** Could this be a session id? */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_FORM.test(value)
}

/** Each is some hundred bytes, and the id. */
const REMEMBERED_TEXTS = 5_000

/**
 * The ids of signed texts that were verified lately, for each app. A browser sends the same text with
 * every request, and to verify it costs more than all the rest of a read: the very same text has the
 * same signature.
 */
const verified = new WeakMap<Settings, RecentMap<string>>()

function verifiedBy(settings: Settings): RecentMap<string> {
  let known = verified.get(settings)
  if (!known) {
    known = new RecentMap<string>(REMEMBERED_TEXTS)
    verified.set(settings, known)
  }
  return known
}

/** A browser has one cookie for each path and domain. More than a few are somebody who wants work done. */
const COOKIES_LOOKED_AT = 5

/**
 * The ids in the signed cookies of a request: more than one when the browser has several of the name.
 * `isUnreadable`: there is a cookie, and none that this app has signed.
 */
export function readIds(ctx: HttpContextContract, settings: Settings) {
  const texts = cookieValues(ctx.request, settings.cookieName).slice(0, COOKIES_LOOKED_AT)
  const ids = texts.map((text) => idIn(text, ctx, settings)).filter(isId)
  return { ids: [...new Set(ids)], isUnreadable: texts.length > 0 && ids.length === 0 }
}

function idIn(text: string, ctx: HttpContextContract, settings: Settings): string | null {
  const { cookieName } = settings
  const known = verifiedBy(settings).get(text)
  if (known !== undefined) {
    return known
  }
  const { value: id, isFirst } = ringOf(ctx, settings).verify(cookieName, text) ?? {}
  if (!isId(id)) {
    return null
  }
  // What an older key has signed is signed anew when it is sent.
  if (isFirst && isOurs(text, cookieName, id)) {
    verifiedBy(settings).set(unshared(text), id)
  }
  return id
}

function ringOf(ctx: HttpContextContract, settings: Settings): KeyRing {
  const { app } = ctx.constructor as HttpContextConstructorContract
  return keyRingOf(app!, settings)
}

/** An HMAC with SHA-256, as Base64 without padding. */
const SIGNATURE = /^[\w-]{43}$/

/**
 * Is a verified text what `writeId` signs, and not a byte more? One that an app has signed itself may
 * have an expiry inside, and what follows the signature nobody verifies.
 */
function isOurs(text: string, cookieName: string, id: string): boolean {
  const message = base64.urlEncode(new MessageBuilder().build(id, undefined, cookieName))
  const start = `s:${message}.`
  return text.startsWith(start) && SIGNATURE.test(text.slice(start.length))
}

/**
 * Puts the id into the signed cookie of the response, for as long as the session lives. An id that came
 * with the request goes back as it came, signature and all.
 */
export function writeId(
  ctx: HttpContextContract,
  settings: Settings,
  id: string,
  cookieAgeInMs: number | null
) {
  const { request, response } = ctx
  const { cookieName: name } = settings
  const cookie = { name, attributes: settings.cookieFor(ctx), ageInMs: cookieAgeInMs }
  const came = cookieValues(request, name).find((text) => verifiedBy(settings).get(text) === id)
  const text = came ?? ringOf(ctx, settings).sign(name, id)

  setCookie(response, cookie, (options) => writeAsIs(response, name, text, options))
  // The cookies of the cookie driver come after it, as with 6.4.0.
  putBefore(response, name, id)
}

/** Takes back the cookie that an earlier commit of the request put on its response. */
export function withdrawId({ response }: HttpContextContract, { cookieName }: Settings) {
  withdrawCookie(response, cookieName)
}

/** Asks the browser to drop the cookie, if it has one or was about to get one. */
export function dropId(ctx: HttpContextContract, settings: Settings) {
  const { cookieName } = settings
  if (ctx.request.cookiesList()[cookieName] !== undefined || cookieLine(ctx.response, cookieName)) {
    dropCookie(ctx.response, cookieName, settings.cookieFor(ctx))
  }
}
