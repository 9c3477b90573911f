import { createServer, IncomingMessage, request, Server, ServerResponse } from 'http'
import type { AddressInfo } from 'net'

/** A request on its way: it waits before it reaches the app, or its response before it reaches the browser. */
interface Hold {
  /** Its method and path. */
  what: string
  at: 'request' | 'response'
  /** Resolves when the request, or the response, is there. */
  arrived: Promise<void>
  release(): void
}

/** The network between a browser and an app: it lets everything through, except for what is held back. */
export class Gate {
  private holds: (Hold & { reach(): Promise<void> })[] = []
  private server: Server

  private constructor(private target: string) {
    this.server = createServer((incoming, outgoing) => {
      this.forward(incoming, outgoing).catch((error) => outgoing.destroy(error))
    })
  }

  public static async before(target: string): Promise<Gate> {
    const gate = new Gate(target)
    await new Promise<void>((resolve) => gate.server.listen(0, '127.0.0.1', resolve))
    return gate
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Holds back the next request with this method and path, or its response. */
  public hold(at: Hold['at'], what: string): Hold {
    let release!: () => void
    let arrive!: () => void
    const released = new Promise<void>((resolve) => (release = resolve))
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    const reach = () => {
      arrive()
      return released
    }
    const hold = { what, at, arrived, release, reach }
    this.holds.push(hold)
    return hold
  }

  public stop(): void {
    this.holds.forEach((hold) => hold.release())
    this.server.close()
  }

  private async pass(at: Hold['at'], { method, url }: IncomingMessage): Promise<void> {
    const what = `${method} ${url}`
    const index = this.holds.findIndex((hold) => hold.at === at && hold.what === what)
    if (index >= 0) {
      await this.holds.splice(index, 1)[0].reach()
    }
  }

  private async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    await this.pass('request', incoming)
    const { method, headers } = incoming
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const forwarded = request(this.target + incoming.url, { method, headers }, resolve)
      forwarded.on('error', reject)
      incoming.pipe(forwarded)
    })
    await this.pass('response', incoming)
    outgoing.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(outgoing)
  }
}
