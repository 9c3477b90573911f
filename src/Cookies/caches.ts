import type { ResponseContract } from '@ioc:Adonis/Core/Response'

function directivesOf(response: ResponseContract): string[] {
  const header = response.getHeader('cache-control')
  return header === undefined ? [] : parsed(String(header))
}

function parsed(header: string): string[] {
  return header.split(',').flatMap((directive) => directive.trim().toLowerCase() || [])
}

/** With these the app says that shared caches may keep a response (RFC 9111, section 5.2.2). */
function isShared(directive: string): boolean {
  return directive === 'public' || directive.startsWith('s-maxage')
}

/** May a cache between the app and its browsers hand the response to others, as the app says? */
export function isForSharedCaches(response: ResponseContract): boolean {
  return directivesOf(response).some(isShared)
}

/** The response is for one browser, whatever the app says of caches beside. */
export function keepFromSharedCaches(response: ResponseContract) {
  if (response.getHeader('cache-control') === 'private') {
    return
  }
  const directives = directivesOf(response)
  if (!directives.some((directive) => /^(private|no-store)\b/.test(directive))) {
    const others = directives.filter((directive) => !isShared(directive))
    response.header('cache-control', [...others, 'private'].join(', '))
  }
}
