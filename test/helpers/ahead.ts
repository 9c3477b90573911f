import { cpus } from 'os'

/**
 * For tests that wait for other processes: does the work for all items from the first question on, as many at once
 * as there are cores, and answers for one of them.
 */
export function ahead<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>
): (item: Item) => Promise<Result> {
  const results = new Map<Item, Promise<Result>>()

  function begin() {
    const lanes = cpus().map(() => Promise.resolve<unknown>(undefined))
    items.forEach((item, index) => {
      const lane = index % lanes.length
      const result = lanes[lane].then(() => work(item))
      results.set(item, result)
      lanes[lane] = result.catch(() => {})
    })
  }

  return (item) => {
    if (!results.size) {
      begin()
    }
    return results.get(item)!
  }
}
