/**
 * A map that holds what was set or asked for lately, and no more than twice `size` entries: when the
 * recent ones are that many, those before them are forgotten.
 */
export class RecentMap<Value> {
  private recent = new Map<string, Value>()
  private before = new Map<string, Value>()

  constructor(private size: number) {}

  public set(key: string, value: Value) {
    if (this.recent.size >= this.size) {
      this.before = this.recent
      this.recent = new Map()
    }
    this.recent.set(key, value)
  }

  public get(key: string): Value | undefined {
    const recent = this.recent.get(key)
    if (recent !== undefined) {
      return recent
    }
    const before = this.before.get(key)
    if (before !== undefined) {
      this.set(key, before)
    }
    return before
  }
}
