import { AddressInfo, connect, createServer, Server, Socket } from 'net'
import { setTimeout as wait } from 'timers/promises'

const HOST = '127.0.0.1'

interface Address {
  host: string
  port: number
}

/** A break to come: when so many more round trips have begun. */
interface Break {
  inTrips: number
  /** Does Redis hear of the last one? */
  isDone: boolean
}

/**
 * A wire between an app and its Redis, for what a server does not do on request: answering late,
 * breaking before it heard what it was asked or before the answer is here, and dying without a word.
 */
export class Wire {
  public readonly host = HOST
  /** How often a client spoke: commands that are sent together count as one. */
  public roundTrips = 0

  private sockets = new Set<Socket>()
  private delayInMs = 0
  private hurry = new AbortController()
  private break?: Break

  private constructor(
    private target: Address,
    private server: Server
  ) {}

  public static async to(target: Address): Promise<Wire> {
    const server = createServer()
    const wire = new this(target, server)
    server.on('connection', (client) => wire.join(client))
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
    return wire
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** From now on every answer comes this late. 0: what waits comes at once. */
  public delay(delayInMs: number) {
    this.delayInMs = delayInMs
    this.hurry.abort()
    this.hurry = new AbortController()
  }

  /** Redis does what the nth round trip from now asks for, and its answer is lost. */
  public loseAnswer(n: number) {
    this.break = { inTrips: n, isDone: true }
  }

  /** The nth round trip from now never gets to Redis. */
  public loseQuestion(n: number) {
    this.break = { inTrips: n, isDone: false }
  }

  /** Did the work since the last call get as far as the break? If not, the wire holds again. */
  public hasBroken(): boolean {
    const isStillToCome = this.break !== undefined
    this.break = undefined
    return !isStillToCome
  }

  /** The connections of now carry nothing any more, and nobody is told. New ones work. */
  public fallSilent() {
    this.sockets.forEach((socket) => socket.removeAllListeners('data').pause())
  }

  /** Breaks all connections. New ones are accepted. */
  public cut() {
    this.sockets.forEach((socket) => socket.destroy())
  }

  public async stop() {
    this.hurry.abort()
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private join(client: Socket) {
    const redis = connect(this.target)
    let isMute = false
    let answers: Promise<unknown> = Promise.resolve()

    client.on('data', (chunk) => {
      this.roundTrips++
      const broken = this.breaks()
      if (broken && !broken.isDone) {
        client.destroy()
        return
      }
      isMute = broken !== null
      redis.write(chunk)
    })
    redis.on('data', (chunk) => {
      if (isMute) {
        client.destroy()
        return
      }
      answers = answers
        .then(() => this.delayInMs && wait(this.delayInMs, null, { signal: this.hurry.signal }))
        .catch(() => {})
        .then(() => client.writable && client.write(chunk))
    })
    this.tie(client, redis)
    this.tie(redis, client)
  }

  private breaks(): Break | null {
    const { break: next } = this
    if (!next || --next.inTrips > 0) {
      return null
    }
    this.break = undefined
    return next
  }

  private tie(socket: Socket, other: Socket) {
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      other.destroy()
    })
  }
}
