/** Two would do to drop more than are added. */
const LOOKED_AT_PER_SET = 4

/** A map of this process whose entries end by themselves. A few are looked at whenever one is added. */
export class ExpiringMap<Value> {
  private entries = new Map<string, { value: Value; until: number }>()

  /** Where the search for entries that are over stands. */
  private sweep = this.entries.entries()

  public set(key: string, value: Value, ttlInMs: number) {
    this.dropSomeOver()
    this.entries.delete(key)
    this.entries.set(key, { value, until: Date.now() + ttlInMs })
  }

  public get(key: string): Value | null {
    return this.live(key)?.value ?? null
  }

  /** When an entry ends, in milliseconds since the epoch; `null`: there is none. */
  public endOf(key: string): number | null {
    return this.live(key)?.until ?? null
  }

  public delete(key: string) {
    this.entries.delete(key)
  }

  /** Also those that have ended, and were not looked at since. */
  public keys(): string[] {
    return [...this.entries.keys()]
  }

  public get size(): number {
    return this.entries.size
  }

  private live(key: string) {
    const found = this.entries.get(key)
    return found && found.until > Date.now() ? found : null
  }

  private dropSomeOver() {
    for (let looks = 0; looks < LOOKED_AT_PER_SET; looks++) {
      const { done, value } = this.sweep.next()
      if (done) {
        this.sweep = this.entries.entries()
        return
      }
      const [key, { until }] = value
      if (until <= Date.now()) {
        this.entries.delete(key)
      }
    }
  }
}
