import { ChildProcess, spawn, SpawnOptions } from 'child_process'
import { once } from 'events'
import { mkdtempSync, rmSync } from 'fs'
import { AddressInfo, createServer } from 'net'
import { tmpdir } from 'os'
import { join } from 'path'

const HOST = '127.0.0.1'

/** A free port may be taken before the server gets to it: another is then tried, this often. */
const ATTEMPTS = 5

/** What a server is, and how its program is run. */
export interface Program {
  name: string
  command: string
  /** The Debian package that has it, for whoever lacks it. */
  package: string
  args: (port: number, directory: string) => string[]
  /** It prints this when it accepts connections, and that when somebody else has its port. */
  ready: RegExp
  portTaken: RegExp
  /** Ends it at once; SIGKILL where it has no processes of its own to take along. */
  killSignal: NodeJS.Signals
  spawn?: SpawnOptions
  /** Fills the new directory of its data. */
  prepare?: (directory: string) => Promise<void>
}

export interface ServerOptions {
  /** The port to listen on. Absent: a free one. */
  port?: number

  /** Ports that must be free too, by their distance from the first. */
  distances?: number[]
}

/** Servers that run, for the one exit handler that ends what is left. */
const running = new Set<LocalServer>()
process.on('exit', () => running.forEach((server) => server.dispose()))

/** A port of the loopback interface that nobody listens on, nor on those at the given distances. */
export async function freePort(distances: number[] = []): Promise<number> {
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
 * One server of the tests' own, on the loopback interface, with its data in a directory of its own. It is
 * ended with the process that started it, whatever ends that.
 */
export class LocalServer {
  public readonly host = HOST
  private process?: ChildProcess
  private directory: string

  constructor(
    public readonly port: number,
    private program: Program
  ) {
    this.directory = mkdtempSync(join(tmpdir(), `session-${program.name}-`))
  }

  /** Starts one on a free port, or on the given one. */
  public static async start<Server extends LocalServer>(
    make: (port: number) => Server,
    { port, distances }: ServerOptions = {}
  ): Promise<Server> {
    for (let attempt = 1; ; attempt++) {
      const server = make(port ?? (await freePort(distances)))
      try {
        await server.program.prepare?.(server.directory)
        return await server.start()
      } catch (error) {
        await server.stop()
        if (port || attempt === ATTEMPTS || !server.program.portTaken.test(error.message)) {
          throw error
        }
      }
    }
  }

  /** The id of the process, which a restart changes. */
  public get pid(): number {
    if (!this.process?.pid) {
      throw new Error(`The ${this.program.name} server on port ${this.port} does not run`)
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
    const { name, command, args, ready } = this.program
    const child = spawn(command, args(this.port, this.directory), {
      ...this.program.spawn,
      stdio: ['ignore', 'pipe', 'pipe'],
    })

    this.process = child
    running.add(this)

    let printed = ''
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        printed = (printed + chunk).slice(-4096)
        ready.test(printed) && resolve()
      }
      child.stdout!.on('data', listen)
      child.stderr!.on('data', listen)
      child.once('error', (error) => reject(missing(error, this.program)))
      child.once('exit', (code) =>
        reject(new Error(`${name} ended with code ${code}:\n${printed}`))
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
      this.process!.kill(this.program.killSignal)
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

  /** The same without waiting, for the end of the process. */
  public dispose(): void {
    running.delete(this)
    this.process?.kill(this.program.killSignal)
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Runs a program to its end, such as the one that makes a directory of data. */
export async function runProgram(
  { name, package: debian }: Pick<Program, 'name' | 'package'>,
  command: string,
  args: string[],
  options: SpawnOptions = {}
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  child.stdout!.on('data', (chunk) => (printed += chunk))
  child.stderr!.on('data', (chunk) => (printed += chunk))
  const code = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(missing(error, { name, command, package: debian })))
    child.once('close', resolve)
  })
  if (code !== 0) {
    throw new Error(`${command} ended with code ${code}:\n${printed}`)
  }
}

function missing(
  error: NodeJS.ErrnoException,
  program: Pick<Program, 'name' | 'command' | 'package'>
): Error {
  return error.code === 'ENOENT'
    ? new Error(
        `The tests need ${program.command}, which is not on this machine. Install it with: apt-get install ${program.package}`
      )
    : error
}
