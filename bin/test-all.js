/**
 * Runs all specs in two processes at once, which takes about half the time: `npm run test:run`. The output of the
 * second process follows that of the first. The last line has the sums of both. Options are passed on to bin/test.ts.
 */
const { spawn } = require('child_process')
const { join } = require('path')

const PARTS = ['1', '2']
const SUMS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm

const children = []

function start(part) {
  const script = join(__dirname, 'test.ts')
  const args = ['-r', join(__dirname, 'register'), script, ...process.argv.slice(2)]
  const child = spawn(process.execPath, [...args, `--part=${part}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  })
  const output = []
  let show = (chunk) => void output.push(chunk)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => show(chunk))
  }
  const text = []
  child.stdout.on('data', (chunk) => text.push(chunk))
  children.push(child)
  const ended = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, text: Buffer.concat(text).toString() }))
  })
  return {
    ended,
    show() {
      output.forEach((chunk) => process.stdout.write(chunk))
      show = (chunk) => process.stdout.write(chunk)
    },
  }
}

/** A part without sums has failed before or after its tests. */
function sumsOf({ code, text }) {
  const [, passed, failed, skipped] = [...text.matchAll(SUMS)].pop() ?? []
  const failures = Number(failed ?? 1)
  return [Number(passed ?? 0), code ? Math.max(failures, 1) : failures, Number(skipped ?? 0)]
}

async function main() {
  const parts = PARTS.map(start)
  const sums = []
  for (const part of parts) {
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

main()
