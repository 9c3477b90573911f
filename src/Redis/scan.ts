/** What is used of a client, be it of one server or of a cluster. */
interface Client {
  nodes?: (role: 'master') => Client[]
  scan?: (cursor: string, ...options: any[]) => Promise<[string, string[]]>
}

/** So many keys a command: the server does nothing else meanwhile. */
const COUNT = 500

/** The keys of texts that begin with a prefix, on every master. A key may come twice while others change. */
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
