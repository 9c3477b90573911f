import { LocalServer, Program, ServerOptions } from './server'

export interface RedisOptions extends ServerOptions {
  /** Arguments after our own, which they override, such as `['--maxmemory', '3mb']`. */
  args?: string[]
}

/** It keeps nothing on disk unless its arguments say so. */
function redis(own: string[]): Program {
  const UNSAVED = ['--save', '', '--appendonly', 'no']
  return {
    name: 'redis',
    command: 'redis-server',
    package: 'redis-server',
    args: (port, directory) => [
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory],
      ...UNSAVED,
      ...own,
    ],
    ready: /ready to accept connections/i,
    portTaken: /address already in use|could not create server tcp listening socket/i,
    // One that is paused hears no other.
    killSignal: 'SIGKILL',
  }
}

export class RedisServer extends LocalServer {}

/** Starts a Redis server on a free port, or on the given one. */
export function startRedis({ args = [], ...options }: RedisOptions = {}): Promise<RedisServer> {
  return LocalServer.start((port) => new RedisServer(port, redis(args)), options)
}
