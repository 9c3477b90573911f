import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'

/** Navigations to what a user looks at; `empty` is one that a service worker passes on. */
const PAGES = ['document', 'iframe', 'frame', 'fencedframe', 'empty']

const HTML = /\b(text\/html|application\/xhtml\+xml)\b/i

/** Browsers and Turbo name the reason of a request in advance. */
const IN_ADVANCE = /prefetch|preview/i

/** Headers that say whether a request asks for a page that a user will see. The first one that matches counts. */
const TELLING: [header: string, value: RegExp, asksForPage: boolean][] = [
  // Requests in advance, by browsers, Turbo and htmx.
  ['sec-purpose', IN_ADVANCE, false],
  ['purpose', IN_ADVANCE, false],
  ['x-sec-purpose', IN_ADVANCE, false],
  ['x-purpose', IN_ADVANCE, false],
  ['x-moz', IN_ADVANCE, false],
  ['hx-preloaded', /true/i, false],
  // Requests of scripts: for a whole page, or for a part of one.
  ['hx-boosted', /true/i, true],
  ['hx-history-restore-request', /true/i, true],
  ['hx-request', /true/i, false],
  ['x-inertia-partial-component', /./, false],
  ['x-inertia', /true/i, true],
  ['turbo-frame', /./, false],
  // Apps on Android send the name of the app instead, with navigations too.
  ['x-requested-with', /^XMLHttpRequest$/i, false],
]

/**
 * Is a request made to show a page to a user? Browsers say so with Fetch metadata, except over plain HTTP. Without
 * it, and for requests of scripts, what counts is whether `Accept` names HTML, as that of navigations does.
 */
export function asksForPage({ request }: HttpContextContract): boolean {
  const { method, headers } = request.request
  if (method === 'HEAD') {
    return false
  }
  const told = TELLING.find(([header, value]) => value.test(String(headers[header] ?? '')))
  if (told) {
    return told[2]
  }
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest = 'empty' } = headers
  return mode === 'navigate'
    ? PAGES.includes(String(dest))
    : dest === 'empty' && HTML.test(String(headers.accept))
}

/** Headers with which a response of htmx or Inertia sends the browser on. */
const SENDING_ON = ['hx-redirect', 'hx-location', 'hx-refresh', 'x-inertia-location']

/** Does a redirect send the browser on? */
export function isRedirect({ response }: HttpContextContract): boolean {
  const status = response.getStatus()
  return status >= 300 && status < 400 && response.getHeader('location') !== undefined
}

/** Requests whose handlers have left no body. */
const bodiless = new WeakSet<HttpContextContract>()

/** The handler of a request is done: if there's no body by now, AdonisJS sends an empty one. */
export function noteBody(ctx: HttpContextContract) {
  const { hasLazyBody, isPending } = ctx.response
  if (!hasLazyBody && isPending) {
    bodiless.add(ctx)
  }
}

/**
 * Will a user see the response as a page? Not a redirect or a download, nor one that leaves the browser where it is,
 * nor the page of an error of the server, which is in place of the one that had something to show.
 */
export function showsPage(ctx: HttpContextContract): boolean {
  const { response } = ctx
  const status = response.getStatus()
  if (status >= 500 || (status >= 300 && status < 400) || status === 204 || status === 205) {
    return false
  }
  const isAttachment = /^\s*attachment/i.test(String(response.getHeader('content-disposition')))
  if (isAttachment || SENDING_ON.some((header) => response.getHeader(header) !== undefined)) {
    return false
  }
  if (isEmpty(ctx)) {
    return false
  }
  const type = response.getHeader('content-type')
  return type === undefined ? !response.isStreamResponse : /html|json/i.test(String(type))
}

/** What a stream sends isn't known, nor what comes after a commit in the middle of a handler. */
function isEmpty(ctx: HttpContextContract): boolean {
  const { response } = ctx
  const { hasLazyBody, isStreamResponse } = response
  if (!hasLazyBody) {
    return bodiless.has(ctx)
  }
  const body = response.getBody() ?? ''
  const isNothing = body === '' || (Buffer.isBuffer(body) && body.length === 0)
  return !isStreamResponse && isNothing
}
