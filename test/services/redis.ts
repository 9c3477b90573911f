import { ChildProcess, spawn } from 'child_process'
import { once } from 'events'
import { mkdtempSync, rmSync } from 'fs'
import { AddressInfo, createServer } from 'net'
import { tmpdir } from 'os'
import { join } from 'path'

const HOST = '127.0.0.1'

/** A free port may be taken before the server gets to it: another is then tried, this often. */
const ATTEMPTS = 5

const READY = /ready to accept connections/i
const PORT_TAKEN = /address already in use|could not create server tcp listening socket/i
const MISSING =
  'The tests need redis-server, which is not on this machine. Install it with: apt-get install redis-server'

export interface RedisOptions {
  /** The port to listen on. Absent: a free one. */
  port?: number

  /** Ports that must be free too, by their distance from the first: the bus of a cluster node. */
  distances?: number[]

  /** Arguments after our own, which they override, such as `['--maxmemory', '3mb']`. */
  args?: string[]
}

/** Servers that run, for the one exit handler that ends what is left. */
const running = new Set<RedisServer>()
process.on('exit', () => running.forEach((server) => server.dispose()))

/** A port of the loopback interface that nobody listens on, nor on those at the given distances. */
async function freePort(distances: number[] = []): Promise<number> {
  for (;;) {
    const port = await listenOn(0)
    const others = distances.map((distance) => port! + distance)
    if (others.some((other) => other > 65535)) {
      continue
    }
    if ((await Promise.all(others.map(listenOn))).every((other) => other !== null)) {
      return port!
    }
  }
}

/** Takes a port and gives it back; `null`: it is taken. */
function listenOn(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, HOST, () => {
      const { port: taken } = server.address() as AddressInfo
      server.close(() => resolve(taken))
    })
  })
}

/**
 * One Redis server of the tests' own, on the loopback interface. It keeps nothing on disk unless its
 * arguments say so, and it is ended with the process that started it, whatever ends that.
 */
export class RedisServer {
  public readonly host = HOST
  private process?: ChildProcess
  private directory = mkdtempSync(join(tmpdir(), 'session-redis-'))

  constructor(
    public readonly port: number,
    private args: string[]
  ) {}

  /** The id of the process, which a restart changes. */
  public get pid(): number {
    if (!this.process?.pid) {
      throw new Error(`The Redis server on port ${this.port} does not run`)
    }
    return this.process.pid
  }

  public get isRunning(): boolean {
    const child = this.process
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /**
   * Starts the server, again on the same port after `kill`. Settles when it accepts connections.
   *
   * @throws when it ends before that, with what it printed
   */
  public async start(): Promise<this> {
    const own = ['--port', `${this.port}`, '--bind', HOST, '--dir', this.directory]
    const unsaved = ['--save', '', '--appendonly', 'no']
    const child = spawn('redis-server', [...own, ...unsaved, ...this.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })

    this.process = child
    running.add(this)

    let printed = ''
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        printed = (printed + chunk).slice(-4096)
        READY.test(printed) && resolve()
      }
      child.stdout!.on('data', listen)
      child.stderr!.on('data', listen)
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new Error(MISSING) : error)
      )
      child.once('exit', (code) =>
        reject(new Error(`redis-server ended with code ${code}:\n${printed}`))
      )
    })
    return this
  }

  /** Stops answering, with all connections open: an outage that only a deadline notices. */
  public pause(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  /** Answers again, first what was asked meanwhile. */
  public resume(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  /** Ends the server as a crash does. `start` brings it back on the same port. */
  public async kill(): Promise<void> {
    if (this.isRunning) {
      this.process!.kill('SIGKILL')
      await once(this.process!, 'exit')
    }
    this.process = undefined
  }

  /** Crashes and starts the server, on the same port. */
  public async restart(): Promise<this> {
    await this.kill()
    return this.start()
  }

  /** Ends the server for good. */
  public async stop(): Promise<void> {
    await this.kill()
    this.dispose()
  }

  /** The same without waiting, for the end of the process. SIGKILL: a paused server hears no other. */
  public dispose(): void {
    running.delete(this)
    this.process?.kill('SIGKILL')
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Starts a Redis server on a free port, or on the given one. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new RedisServer(
      options.port ?? (await freePort(options.distances)),
      options.args ?? []
    )
    try {
      return await server.start()
    } catch (error) {
      await server.stop()
      if (options.port || attempt === ATTEMPTS || !PORT_TAKEN.test(error.message)) {
        throw error
      }
    }
  }
}
