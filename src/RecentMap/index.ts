/**
 * A map that holds what was set or asked for lately, and no more than twice `size`: when the recent entries fill it,
 * those before them are forgotten. An entry counts as one, or as much as it is said to weigh, such as its bytes.
 */
export class RecentMap<Value> {
  private recent = new Map<string, Entry<Value>>()
  private before = new Map<string, Entry<Value>>()
  private filled = 0

  constructor(private size: number) {}

  public set(key: string, value: Value, weight = 1) {
    this.add(key, { value, weight })
  }

  public get(key: string): Value | undefined {
    const recent = this.recent.get(key)
    if (recent) {
      return recent.value
    }
    const before = this.before.get(key)
    if (before) {
      this.add(key, before)
    }
    return before?.value
  }

  private add(key: string, entry: Entry<Value>) {
    if (this.filled + entry.weight > this.size) {
      this.before = this.recent
      this.recent = new Map()
      this.filled = 0
    }
    this.filled += entry.weight - (this.recent.get(key)?.weight ?? 0)
    this.recent.set(key, entry)
  }
}

interface Entry<Value> {
  value: Value
  weight: number
}
