/** Before the imports, where it is read: without a terminal, errors would be printed a word a line. */
process.stdout.columns ||= 100

import { assert } from '@japa/assert'
import getopts from 'getopts'
import { configure, processCliArgs, run, Runner } from '@japa/runner'
import { specReporter } from '@japa/spec-reporter'
import { startServices } from '../test/services'

/** The runner of this run, once it has begun: a spec that does not load ends the run before that. */
let runner: Runner | undefined

/**
 * The last word of a run, whatever ended it: the sums on a line of their own, which a machine can
 * read. A failure outside of a test (a hook, a file that does not load) counts as one, and a run
 * that found no test has failed.
 */
process.on('exit', (code) => {
  const { aggregates, hasError } = runner?.getSummary() ?? { aggregates: null, hasError: true }
  const { total = 0, passed = 0, regression = 0, failed = 0 } = aggregates ?? {}
  const skipped = (aggregates?.skipped ?? 0) + (aggregates?.todo ?? 0)
  const failures = hasError || code || !total ? Math.max(failed, 1) : failed

  process.exitCode = code || (failures ? 1 : 0)
  console.log(
    `\n${passed + regression} passed, ${failures} failed${skipped ? `, ${skipped} skipped` : ''}`
  )
})

/** An exit runs the handlers of `exit`, which end what the tests started. */
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

/** Nobody reads on, as with `| head`: without this each message about it would raise the next one. */
process.stdout.on('error', () => process.exit(1))

async function main() {
  const args = processCliArgs(process.argv.slice(2))
  const { without } = getopts(process.argv.slice(2), { string: ['without'] })
  const left: string[] = without ? [without].flat() : []
  await startServices(left)
  left.forEach((name) => console.log(`Without ${name}: its tests are left out`))

  configure({
    files: ['test/**/*.spec.ts', '!test/fixtures/**'],
    timeout: 30_000,
    ...args,
    plugins: [assert()],
    reporters: [specReporter(), (started) => void (runner = started)],
    importer: (path) => import(path),
    forceExit: true,
  })
  await run()
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
