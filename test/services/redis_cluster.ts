import Redis from 'ioredis'
import { setTimeout as wait } from 'timers/promises'
import { RedisServer, startRedis } from './redis'

const SLOTS = 16384
const MASTERS = 3

/** A node talks to the others on a second port, this far from the first. */
const BUS_DISTANCE = 10_000

/** How long the nodes may take to agree: they gossip once a second, and twice the nodes take twice. */
const DEADLINE_IN_MS = 30_000

export interface RedisClusterOptions {
  /** Gives each master a replica, which takes over when the master is killed. */
  replicas?: boolean

  /** How long a node may be silent before the others hold it for dead. Absent: 2000. */
  nodeTimeoutInMs?: number
}

export interface RedisCluster {
  masters: RedisServer[]
  /** In the order of their masters; empty without `replicas`. */
  replicas: RedisServer[]
  /** Start nodes, for `new Redis.Cluster(nodes)` and `clusters` of `config/redis`. */
  nodes: { host: string; port: number }[]
  /** Settles when every node that runs finds the cluster whole, such as after a fail-over. */
  ready(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a Redis Cluster on the loopback interface: three masters with a third of the slots each.
 *
 * Done with commands rather than `redis-cli --cluster create`, which sleeps between its steps.
 */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const servers: RedisServer[] = []
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())))

  try {
    for (let i = 0; i < (options.replicas ? 2 : 1) * MASTERS; i++) {
      servers.push(await startNode(options.nodeTimeoutInMs ?? 2000))
    }
    await join(servers)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    masters: servers.slice(0, MASTERS),
    replicas: servers.slice(MASTERS),
    nodes: servers.map(({ host, port }) => ({ host, port })),
    ready: () => whole(servers.filter((server) => server.isRunning)),
    stop,
  }
}

function startNode(nodeTimeoutInMs: number): Promise<RedisServer> {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${nodeTimeoutInMs}`]
  return startRedis({ distances: [BUS_DISTANCE], args: cluster })
}

/** Makes one cluster of empty nodes: the first three become masters, the others their replicas. */
async function join(servers: RedisServer[]): Promise<void> {
  await withClients(servers, async (clients) => {
    const [first] = servers
    await Promise.all(
      clients.map(async (client, i) => {
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
        if (i < MASTERS) {
          await client.call('CLUSTER', 'ADDSLOTS', ...slotsOf(i))
        }
        if (i > 0) {
          await client.call('CLUSTER', 'MEET', first.host, first.port)
        }
      })
    )

    await until('know each other', async () => {
      const known = await Promise.all(clients.map((client) => infoOf(client)))
      return known.every((info) => info.cluster_known_nodes === String(servers.length))
    })

    const ids = await Promise.all(clients.map((client) => client.call('CLUSTER', 'MYID')))
    await Promise.all(
      clients.slice(MASTERS).map((client, i) => client.call('CLUSTER', 'REPLICATE', `${ids[i]}`))
    )
  })
  await whole(servers)
}

/** A third of the slots: a range, of which there are few to list. */
function slotsOf(master: number): number[] {
  const begin = (i: number) => Math.floor((i * SLOTS) / MASTERS)
  const length = begin(master + 1) - begin(master)
  return Array.from({ length }, (_, i) => begin(master) + i)
}

/** Waits until every node finds all slots served, and every replica has its master's data. */
async function whole(servers: RedisServer[]): Promise<void> {
  await withClients(servers, (clients) =>
    until('serve all slots', async () => {
      const states = await Promise.all(
        clients.map(async (client) => {
          const replication = await client.info('replication')
          return (
            (await infoOf(client)).cluster_state === 'ok' &&
            !replication.includes('master_link_status:down')
          )
        })
      )
      return states.every(Boolean)
    })
  )
}

/** The answer of `CLUSTER INFO`, a line `name:value` each, as an object. */
async function infoOf(client: Redis): Promise<Record<string, string>> {
  const text = String(await client.call('CLUSTER', 'INFO'))
  return Object.fromEntries(
    text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(':'))
  )
}

async function withClients<T>(servers: RedisServer[], action: (clients: Redis[]) => Promise<T>) {
  const clients = servers.map(({ port, host }) => new Redis(port, host))
  try {
    return await action(clients)
  } finally {
    clients.forEach((client) => client.disconnect())
  }
}

/** Asks again and again, as there is no event to wait for. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_IN_MS
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`The nodes of the Redis Cluster do not ${what} after ${DEADLINE_IN_MS} ms`)
    }
    await wait(20)
  }
}
