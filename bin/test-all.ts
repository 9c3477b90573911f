/**
 * Runs all specs in two processes at once, which takes less time: `npm run test:run`. The output of the second process
 * follows that of the first. The last line has the sums of both. Options are passed on to bin/test.ts.
 */
import { ChildProcess, spawn } from 'child_process'
import getopts from 'getopts'
import { join } from 'path'
import { buildPackage } from '../test/helpers/ecosystem'
import { requireSqlite } from '../test/services/sqlite'

const PARTS = ['1', '2']
const OPTIONS = process.argv.slice(2)
const SUMS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm

const children: ChildProcess[] = []

interface Ended {
  code: number | null
  text: string
}

/** One of the two processes. Its output is kept back until `show` is called. */
function start(part: string): { show: () => void; ended: Promise<Ended> } {
  const args = ['-r', join(__dirname, 'register'), join(__dirname, 'test.ts'), ...OPTIONS]
  const child = spawn(process.execPath, [...args, `--part=${part}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  })
  children.push(child)

  const output: Buffer[] = []
  let isShown = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output.push(chunk)
      isShown && process.stdout.write(chunk)
    })
  }
  return {
    show() {
      isShown = true
      process.stdout.write(Buffer.concat(output))
    },
    ended: new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, text: Buffer.concat(output).toString() }))
    }),
  }
}

/** A part without sums has failed before or after its tests. */
function sumsOf({ code, text }: Ended): number[] {
  const [, passed, failed, skipped] = [...text.matchAll(SUMS)].pop() ?? []
  const failures = Number(failed ?? 1)
  return [Number(passed ?? 0), code ? Math.max(failures, 1) : failures, Number(skipped ?? 0)]
}

async function main() {
  // What both processes need is made before: making it twice at the same time fails.
  const left = [getopts(OPTIONS, { string: ['without'] }).without].flat()
  left.includes('sqlite') || requireSqlite()
  buildPackage()

  const sums: number[][] = []
  for (const part of PARTS.map(start)) {
    part.show()
    sums.push(sumsOf(await part.ended))
  }
  const [passed, failed, skipped] = [0, 1, 2].map((n) => sums.reduce((sum, one) => sum + one[n], 0))
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed ? 1 : 0
}

const stop = () => children.forEach((child) => child.kill())

process.once('SIGINT', stop)
process.once('SIGTERM', stop)

/** Nobody reads on, as with `| head`. */
process.stdout.on('error', stop)

main().catch((error) => {
  console.error(`${error.message}\n\n0 passed, 1 failed`)
  process.exitCode = 1
})
