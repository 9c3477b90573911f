import type { SessionInfo } from '@ioc:Adonis/Addons/Session'
import { string } from '@ioc:Adonis/Core/Helpers'

/** What a page shows about a session. The handle identifies it, and can't be used as a session id. */
export interface Device {
  handle: string
  name: string
  ip: string
  lastSeen: string
  isCurrent: boolean
}

/** The first match counts, because the user agents of most browsers also name other browsers. */
const BROWSERS: [pattern: RegExp, name: string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [pattern: RegExp, name: string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

function nameIn(list: [RegExp, string][], userAgent: string): string | undefined {
  return list.find(([pattern]) => pattern.test(userAgent))?.[1]
}

export function describe({ handle, ip, userAgent, lastSeenAt, isCurrent }: SessionInfo): Device {
  const browser = nameIn(BROWSERS, userAgent ?? '')
  const system = nameIn(SYSTEMS, userAgent ?? '')
  const sinceInMs = lastSeenAt ? Date.now() - lastSeenAt.getTime() : 0
  return {
    handle,
    name: [browser ?? 'A browser', system].filter(Boolean).join(' on '),
    ip: ip ?? 'an unknown address',
    lastSeen: sinceInMs < 60_000 ? 'just now' : `${string.prettyMs(sinceInMs, { long: true })} ago`,
    isCurrent,
  }
}
