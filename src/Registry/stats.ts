import type { SessionInfo, SessionStats } from '@ioc:Adonis/Addons/Session'

/** Counts sessions. Calls `onProgress` with the number of those counted so far. */
export async function statsOf(
  sessions: AsyncIterable<SessionInfo>,
  onProgress: (counted: number) => void = () => {}
): Promise<SessionStats> {
  const tags = new Set<string>()
  const stats: SessionStats = {
    ...{ sessions: 0, tagged: 0, tags: 0, bytes: 0, largestBytes: 0 },
    ...{ largest: null, oldest: null, newest: null },
  }
  for await (const session of sessions) {
    add(stats, tags, session)
    onProgress(stats.sessions)
  }
  return { ...stats, tags: tags.size }
}

function add(stats: SessionStats, tags: Set<string>, session: SessionInfo) {
  const { handle, tag, createdAt, data } = session
  const bytes = Buffer.byteLength(JSON.stringify(data))
  stats.sessions++
  stats.bytes += bytes
  if (tag !== null) {
    stats.tagged++
    tags.add(tag)
  }
  if (bytes > stats.largestBytes) {
    Object.assign(stats, { largest: handle, largestBytes: bytes })
  }
  if (createdAt && (!stats.oldest || createdAt < stats.oldest)) {
    stats.oldest = createdAt
  }
  if (createdAt && (!stats.newest || createdAt > stats.newest)) {
    stats.newest = createdAt
  }
}
