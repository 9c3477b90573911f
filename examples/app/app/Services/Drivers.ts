/** The drivers of the package, and where each keeps a session. */
export const DRIVERS = [
  { name: 'file', keeps: 'One file per session, in tmp/sessions' },
  { name: 'redis', keeps: 'One key per session, on the server at REDIS_HOST and REDIS_PORT' },
  { name: 'database', keeps: 'One row per session, in the table sessions' },
  { name: 'cookie', keeps: 'Encrypted, in the browser' },
  { name: 'memory', keeps: 'In this process, gone when it ends' },
]
