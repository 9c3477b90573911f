import type { RequestContract } from '@ioc:Adonis/Core/Request'

/** Where the URL stands that a visitor wanted before the login; `@adonisjs/session` 8.1 uses the same key. */
export const INTENDED_URL = 'redirect.intendedUrl'

/** Browsers read `//host` and `/\host` as another site, and drop tabs and line ends before they look. */
const LOCAL_PATH = /^\/(?!\/)[^\\\s\p{Cc}]*$/u

/** The path of a URL of this site; `null`: it leads elsewhere, or is no URL. */
export function localUrl(url: unknown, request: RequestContract): string | null {
  if (typeof url !== 'string') {
    return null
  }
  const site = `${request.protocol()}://${request.host()}`
  const path = url.startsWith(`${site}/`) ? url.slice(site.length) : url
  return LOCAL_PATH.test(path) ? path : null
}

/**
 * The page that a visitor is about to be kept from: the URL of the request, or of the page that it came from,
 * where it is one that cannot be opened again.
 */
export function wantedUrl(request: RequestContract): string | null {
  const isPage = ['GET', 'HEAD'].includes(request.method()) && !request.ajax()
  return localUrl(isPage ? request.url(true) : request.header('referer'), request)
}
