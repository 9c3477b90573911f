export interface Sums {
  passed: number
  failed: number
  skipped: number
}

/** The sums of a run on a line of their own, which a machine can read. */
export function sumLine({ passed, failed, skipped }: Sums): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`
}

/** What such a line says; `null` for any other line. */
export function readSums(line: string): Sums | null {
  const [all, ...numbers] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line) ?? []
  const [passed, failed, skipped = 0] = numbers.map((number) => Number(number ?? 0))
  return all ? { passed, failed, skipped } : null
}
