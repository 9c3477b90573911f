import { Operation } from '../Values/operations'
import { rootOf } from '../Values/paths'

type Put = Extract<Operation, { verb: 'put' }>

/**
 * What was done to a store, in order, as far as it matters: what a later operation overwrites is not kept,
 * so that a loop that puts one key a thousand times keeps one value. What another one was built on is kept.
 */
export class OperationLog {
  private kept = new Set<Operation>()

  /** By the root of its key, the put after which nothing was done below that root: nothing depends on it. */
  private puts = new Map<string, Put>()

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
        this.addPut(operation)
        break
      default:
        this.puts.delete(rootOf(operation.key))
    }
    this.kept.add(operation)
  }

  private addPut(operation: Put) {
    const root = rootOf(operation.key)
    const last = this.puts.get(root)
    if (last?.key === operation.key) {
      this.kept.delete(last)
    }
    this.puts.set(root, operation)
  }

  public forget(operations: Operation[]) {
    operations.forEach((operation) => this.kept.delete(operation))
    this.puts.clear()
  }
}
