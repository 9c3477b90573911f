import { ChildProcess, spawn } from 'child_process'
import { randomBytes } from 'crypto'
import { once } from 'events'
import { join } from 'path'
import { ROOT } from './app'
import { databaseConfig } from './databases'
import { configName } from './drivers'
import { freePort } from '../services/server'

/** The example as `npm run example` starts it. */
export interface Example {
  process: ChildProcess
  url: string
  port: number
  stop(): Promise<number | null>
}

export function launchExample(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, 'examples/start.js')], {
    env: { ...process.env, HOST: '127.0.0.1', NODE_ENV: 'development', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

/** What the example is told of each database: a new one on the servers of the tests. */
const ENVIRONMENT: Record<string, (name: string) => Promise<Record<string, string>>> = {
  async postgres(name) {
    const { Client } = require('pg')
    const { connection } = databaseConfig().connections.postgres
    const client = new Client(connection)
    await client.connect()
    await client.query(`CREATE DATABASE ${name}`)
    await client.end()
    return { DB_CONNECTION: 'pg', ...addressOf(connection), DB_NAME: name }
  },
  async mariadb(name) {
    const { connection } = databaseConfig().connections.mariadb
    const client = await require('mysql2/promise').createConnection(connection)
    await client.query(`CREATE DATABASE ${name}`)
    await client.end()
    return { DB_CONNECTION: 'mysql', ...addressOf(connection), DB_NAME: name }
  },
  async sqlite(name) {
    return { DB_CONNECTION: 'sqlite', DB_FILE: `${process.env.TEST_SQLITE_FILE}.${name}` }
  },
}

function addressOf({ host, port, user }: Record<string, any>) {
  return { DB_HOST: host, DB_PORT: String(port), DB_USER: user }
}

/** Starts the example on a driver; what a test adds is merged in. Resolves once it has printed its address. */
export async function startExample(
  driver: string,
  env: Record<string, string> = {}
): Promise<Example> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const name = `example_${randomBytes(4).toString('hex')}`
  const child = launchExample({
    PORT: String(port),
    SESSION_DRIVER: configName(driver),
    ...(await ENVIRONMENT[driver]?.(name)),
    ...env,
  })

  await new Promise<void>((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk
      if (output.includes(url)) {
        resolve()
      }
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.once('exit', (code) => reject(new Error(`The example ended with ${code}:\n${output}`)))
  })

  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill()
    return (await ended)[0]
  }
  return { process: child, url, port, stop }
}
