/** Enough of a session id to see it change, too little to use it. */
export function shorten(sessionId: string): string {
  return `${sessionId.slice(0, 6)}…`
}
