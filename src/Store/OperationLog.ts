import { Operation } from '../Values/operations'

/**
 * What was done to a store, in order, as far as it matters: what a later operation overwrites is not kept,
 * so that a loop that puts one key a thousand times keeps one value.
 */
export class OperationLog {
  private kept = new Set<Operation>()

  /** The last put of each key, while nothing was done since that may make the key another one. */
  private puts = new Map<string, Operation>()

  public get isEmpty(): boolean {
    return this.kept.size === 0
  }

  public get operations(): Operation[] {
    return [...this.kept]
  }

  public add(operation: Operation) {
    switch (operation.verb) {
      case 'replace':
        this.kept.clear()
        this.puts.clear()
        break
      case 'merge':
        this.puts.clear()
        break
      case 'put':
        this.kept.delete(this.puts.get(operation.key)!)
        this.puts.set(operation.key, operation)
        break
      default:
    }
    this.kept.add(operation)
  }

  public forget(operations: Operation[]) {
    operations.forEach((operation) => this.kept.delete(operation))
    this.puts.clear()
  }
}
