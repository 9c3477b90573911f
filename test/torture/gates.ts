/** The points at which a request can be held: its handler, and each call of its driver. */
export type Point =
  | 'handler'
  | `${'before' | 'after'} ${'load' | 'replace' | 'touch' | 'retire' | 'read' | 'write' | 'destroy'}`

/** What a request asks for in its headers: where to stop, and where to fail. */
export interface Wishes {
  gate?: string
  fail?: string
}

/**
 * Holds requests at exact points until they are released. A request names its gate and its point in
 * the header `x-gate: <id> <point>`; `report` tells whoever waits that it got there.
 */
export class Gates {
  private held = new Map<string, () => void>()
  private used = new Set<string>()

  constructor(private report: (id: string) => void) {}

  public async pass({ gate, fail }: Wishes, point: Point): Promise<void> {
    if (fail === point) {
      throw new Error(`injected failure ${point}`)
    }

    const [id, ...wanted] = (gate ?? '').split(' ')
    if (wanted.join(' ') !== point || this.used.has(id)) {
      return
    }
    this.used.add(id)
    const released = new Promise<void>((resolve) => this.held.set(id, resolve))
    this.report(id)
    await released
  }

  public release(id: string) {
    this.held.get(id)?.()
    this.held.delete(id)
  }
}
