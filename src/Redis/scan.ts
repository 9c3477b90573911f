/** The part of a client that is used here, for a single server or a cluster. */
interface Client {
  nodes?: (role: 'master') => Client[]
  scan?: (cursor: string, ...options: any[]) => Promise<[string, string[]]>
}

/** How many keys one command scans. The server is blocked during a command, so this is a small number. */
const COUNT = 500

/** The string keys that begin with a prefix, on every master. A key may be returned twice while keys change. */
export async function* keysOf(client: Client, prefix: string): AsyncGenerator<string> {
  const match = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`
  for (const node of client.nodes?.('master') ?? [client]) {
    let cursor = '0'
    do {
      const options = ['MATCH', match, 'COUNT', COUNT, 'TYPE', 'string']
      const [next, keys] = await node.scan!(cursor, ...options)
      for (const key of keys) {
        yield key
      }
      cursor = next
    } while (cursor !== '0')
  }
}
