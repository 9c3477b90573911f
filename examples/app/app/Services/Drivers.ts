/** The drivers of the package, and where each keeps a session. */
export const DRIVERS = [
  { name: 'file', keeps: 'One file per session, in tmp/sessions' },
  { name: 'redis', keeps: 'One key per session, on the server at REDIS_HOST and REDIS_PORT' },
  { name: 'cookie', keeps: 'Encrypted, in the browser; nothing on the server' },
  { name: 'memory', keeps: 'In this process, gone when it ends' },
]
