import type { Finding } from '@ioc:Adonis/Addons/Session'
import { findingOfClock } from './clock'

interface Client {
  time(): Promise<(string | number)[]>
  info(section: string): Promise<string>
  options: { scaleReads?: unknown; keyPrefix?: string }
}

export async function findingsOfRedis(client: any): Promise<Finding[]> {
  return [await clockOf(client), ...(await memoryOf(client))]
}

async function clockOf(client: Client): Promise<Finding> {
  const askedAt = Date.now()
  const [seconds, micros] = await client.time()
  return findingOfClock(Number(seconds) * 1000 + Number(micros) / 1000, askedAt, 'store')
}

/** Checks what Redis does when its memory is full. If it evicts a key, a session is lost. */
async function memoryOf(client: Client): Promise<Finding[]> {
  const info = await client.info('memory')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1])
  if (!policy) {
    return [
      { level: 'unknown', what: 'Redis does not report what it does when its memory is full' },
    ]
  }
  if (policy !== 'noeviction') {
    return [
      {
        level: 'error',
        what: `Redis removes keys when its memory is full (maxmemory-policy ${policy}). This logs users out, and can hide sessions from "Session.destroyTagged"`,
        advice: 'Set "maxmemory-policy noeviction", or use a separate Redis server for sessions',
      },
    ]
  }
  return [
    { level: 'ok', what: 'Redis keeps sessions when its memory is full (noeviction)' },
    ...(limit === 0
      ? [
          {
            level: 'warning' as const,
            what: 'Redis has no memory limit, so the system may kill it when memory runs out',
            advice: 'Set "maxmemory"',
          },
        ]
      : []),
  ]
}
