import { AddressInfo, createServer, Socket } from 'net'
import { test } from '@japa/runner'
import { freshApp, FreshApp, removeApps } from '../helpers/fresh_app'

const NAME = 'adonis5-session'

/** How a store is down: nobody listens on its port, or somebody accepts connections and says nothing. */
type Outage = 'refused' | 'silent'

const CLIENTS: Record<string, string> = { postgres: 'pg', mysql: 'mysql2' }

/** Takes a port of this machine that is down in this way. */
async function portOf(outage: Outage): Promise<{ port: number; close: () => void }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  }
  if (outage === 'refused') {
    close()
  }
  return { port, close }
}

/** An app whose store is on this port. */
async function appOn(store: string, port: number): Promise<FreshApp> {
  const app = freshApp(NAME)
  const driver = CLIENTS[store] ? 'database' : store
  app.write('.env', app.read('.env').trimEnd() + `\nSESSION_DRIVER=${driver}\n`)
  await app.configure(NAME)
  const provider = driver === 'database' ? '@adonisjs/lucid' : '@adonisjs/redis'
  app.edit('.adonisrc.json', '"@adonisjs/core"', `"@adonisjs/core", "${provider}"`)
  app.edit('config/session.ts', `storeTimeout: '5s'`, 'storeTimeout: 500')
  app.edit(
    'config/session.ts',
    `redisConnection: 'local'`,
    `redisConnection: 'local',
    dynamodb: {
      client: {
        endpoint: 'http://127.0.0.1:${port}',
        region: 'local',
        credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      },
    }`
  )
  const connection = `{ host: '127.0.0.1', port: ${port}, user: 'none', database: 'none' }`
  app.write(
    'config/redis.ts',
    `export default { connection: 'local', connections: { local: ${connection} } }`
  )
  app.write(
    'config/database.ts',
    `export default {
      connection: 'own',
      connections: { own: { client: '${CLIENTS[store]}', connection: ${connection} } },
    }`
  )
  return app
}

/** How long a command may take: to start, to wait for the store, and for the app to shut down. */
const LONGEST_IN_MS = 12_000

test.group('Commands whose store is down', (group) => {
  let close = () => {}
  group.each.teardown(() => {
    close()
    removeApps()
  })
  group.each.timeout(120_000)

  const down = async (store: string, outage: Outage) => {
    const taken = await portOf(outage)
    close = taken.close
    return { app: await appOn(store, taken.port), port: taken.port }
  }
  const run = async (app: FreshApp, command: string) => {
    const began = Date.now()
    const { code, output } = await app.ace(command)
    return { code, output, tookInMs: Date.now() - began }
  }

  test('end with 1 and the reason, and nothing else is printed: Redis', async ({ assert }) => {
    const { app, port } = await down('redis', 'refused')
    for (const command of [
      ...['session:doctor', 'session:list', 'session:list --tag=ada', 'session:stats'],
      ...['session:revoke some', 'session:revoke --tag=ada --force'],
    ]) {
      const { code, output, tookInMs } = await run(app, command)
      assert.equal(code, 1, output)
      assert.include(output, `connect ECONNREFUSED 127.0.0.1:${port}`)
      assert.notMatch(output, /max retries|exit handler|\[ warn \]|\n +at /)
      assert.isBelow(tookInMs, LONGEST_IN_MS, command)
    }
    const { code, output } = await run(app, 'session:doctor --json')
    assert.equal(code, 1, output)
    assert.equal(JSON.parse(output).pop().level, 'error')
  })

  for (const [store, outage] of [
    ['redis', 'silent'],
    ['postgres', 'refused'],
    ['postgres', 'silent'],
    ['mysql', 'refused'],
    ['mysql', 'silent'],
    ['dynamodb', 'refused'],
    ['dynamodb', 'silent'],
  ] as const) {
    test(`end soon, and with 1: ${store}, ${outage}`, async ({ assert }) => {
      const { app } = await down(store, outage)
      const { code, output, tookInMs } = await run(app, 'session:doctor')
      assert.equal(code, 1, output)
      assert.include(output, `The store of the "${CLIENTS[store] ? 'database' : store}" driver`)
      assert.isBelow(tookInMs, LONGEST_IN_MS)
    })
  }

  test('prune tells it in a line, as the others do', async ({ assert }) => {
    const { app, port } = await down('postgres', 'refused')
    const { code, output } = await run(app, 'session:prune')
    assert.equal(code, 1, output)
    assert.match(
      output,
      new RegExp(`^.+"database" session store could not prune.+ECONNREFUSED 127.0.0.1:${port}\n+$`)
    )
  })

  test('the app still shuts down by its own code', async ({ assert }) => {
    const { app } = await down('redis', 'refused')
    app.edit(
      'providers/AppProvider.ts',
      'public ',
      `public async shutdown() {
        await new Promise((resolve) => setTimeout(resolve, 1000))
        console.log('shut down')
      }
      public `
    )
    const { code, output } = await run(app, 'session:list')
    assert.equal(code, 1, output)
    assert.match(output, /shut down\n$/)
  })

  test('a process that does other things, too, goes on', async ({ assert }) => {
    const { app } = await down('redis', 'refused')
    app.write(
      'app/Nightly.ts',
      `import { BaseCommand } from '@adonisjs/core/build/standalone'

      export default class Nightly extends BaseCommand {
        public static commandName = 'nightly'
        public static settings = { loadApp: true }
        public async run() {
          await this.kernel.exec('session:list', [])
          await new Promise((resolve) => setTimeout(resolve, 3500))
          console.log(this.application.container.use('Adonis/Addons/Redis').activeConnectionsCount)
          process.exit(3)
        }
      }`
    )
    app.edit('.adonisrc.json', '"commands": [', '"commands": ["./app/Nightly", ')
    await app.ace('generate:manifest')
    const { code, output } = await run(app, 'nightly')
    assert.equal(code, 3, output)
    assert.match(output, /ECONNREFUSED.+\n1\n/)
  })
})
