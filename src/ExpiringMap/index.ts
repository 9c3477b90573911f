/**
 * A map of this process whose entries end by themselves. Those of one map live about as long as each
 * other: what is over stands in front, and is dropped when something is added.
 */
export class ExpiringMap<Value> {
  private entries = new Map<string, { value: Value; until: number }>()

  public set(key: string, value: Value, ttlInMs: number) {
    this.dropOver()
    this.entries.delete(key)
    this.entries.set(key, { value, until: Date.now() + ttlInMs })
  }

  public get(key: string): Value | null {
    const found = this.entries.get(key)
    return found && found.until > Date.now() ? found.value : null
  }

  public delete(key: string) {
    this.entries.delete(key)
  }

  private dropOver() {
    for (const [key, { until }] of this.entries) {
      if (until > Date.now()) {
        return
      }
      this.entries.delete(key)
    }
  }
}
