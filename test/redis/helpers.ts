import Redis from 'ioredis'
import { Group } from '@japa/runner'
import { setTimeout as wait } from 'timers/promises'
import type { AppOptions } from '../helpers/app'
import { RedisOptions, RedisServer, startRedis } from '../services/redis'

interface Address {
  host: string
  port: number
}

/** An app on a Redis of the test's own. The connection is that of the template of `@adonisjs/redis`. */
export function appOn(
  { host, port }: Address,
  session: AppOptions['session'] = {},
  connection: Record<string, any> = {}
): AppOptions {
  const local = { host, port, password: '', db: 0, keyPrefix: '', ...connection }
  return {
    session: { redisConnection: 'local', ...session },
    config: { redis: { connection: 'local', connections: { local } } },
  }
}

/** An app on a Redis Cluster. */
export function appOnCluster(
  clusters: Address[],
  session: AppOptions['session'] = {},
  clusterOptions: Record<string, any> = {}
): AppOptions {
  const connections = { local: { clusters, clusterOptions } }
  return {
    session: { redisConnection: 'local', ...session },
    config: { redis: { connection: 'local', connections } },
  }
}

/** A Redis for the tests of a group, and a client of it that no app uses. */
export function redisOf(group: Group, options: RedisOptions = {}) {
  const running = {} as { server: RedisServer; admin: Redis }
  group.setup(async () => {
    running.server = await startRedis(options)
    running.admin = new Redis(running.server.port, running.server.host)
    running.admin.on('error', () => {})
    return async () => {
      running.admin.disconnect()
      await running.server.stop()
    }
  })
  return running
}

/** Clients of the single servers of a Redis Cluster: they follow no redirection, and a dead one tells at once. */
export function clientsOf(servers: Address[]): Redis[] {
  return servers.map(({ host, port }) => {
    const client = new Redis(port, host, { maxRetriesPerRequest: 0 })
    client.on('error', () => {})
    return client
  })
}

/** Asks again and again until it is so: for what a server does in its own time. */
export async function until(what: string, condition: () => Promise<boolean>, boundInMs = 20_000) {
  const deadline = Date.now() + boundInMs
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`After ${boundInMs} ms it is still not so: ${what}`)
    }
    await wait(10)
  }
}

/** The commands that a server is sent during some work, scripts as one command each. */
export async function commandsDuring({ host, port }: Address, work: () => Promise<unknown>) {
  // A command that is seen before the watcher is told that it watches would be taken for that answer.
  const watcher = new Redis(port, host, { lazyConnect: true })
  const admin = new Redis(port, host)
  await admin.ping()
  try {
    const commands: string[][] = []
    const monitor = await watcher.monitor()
    const ended = new Promise<void>((resolve) =>
      monitor.on('monitor', (_: string, command: string[], source: string) => {
        if (command[1] === 'the end of the work') {
          resolve()
        } else if (source !== 'lua') {
          commands.push(command)
        }
      })
    )
    await work()
    await admin.echo('the end of the work')
    await ended
    monitor.disconnect()
    return commands.map(([name, ...args]) => [name.toLowerCase(), ...args])
  } finally {
    watcher.disconnect()
    admin.disconnect()
  }
}

/** Rejections that nobody handles, which would end the process of an app. */
export function unhandledRejections(group: Group): unknown[] {
  const reasons: unknown[] = []
  const note = (reason: unknown) => void reasons.push(reason)
  group.setup(() => {
    process.on('unhandledRejection', note)
    return () => void process.off('unhandledRejection', note)
  })
  return reasons
}
