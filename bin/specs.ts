/** Before the imports, where it is read: without a terminal, errors would be printed a word a line. */
process.stdout.columns ||= 100

import { assert } from '@japa/assert'
import { configure, processCliArgs, run, Runner } from '@japa/runner'
import { specReporter } from '@japa/spec-reporter'
import { sumLine } from './sums'

/**
 * Runs the specs that Japa's options choose, with the services that the environment tells of, and ends the process.
 * The last word, whatever ends it, are the sums. A failure outside of a test (a hook, a file that does not load)
 * counts as one. A run that found no test, or ended before its last one, has failed.
 */
export async function runSpecs(args: string[]) {
  let runner: Runner | undefined
  let isDone = false
  process.on('exit', (code) => {
    const { aggregates, hasError } = runner?.getSummary() ?? { aggregates: null, hasError: true }
    const { total = 0, passed = 0, regression = 0, failed = 0 } = aggregates ?? {}
    const skipped = (aggregates?.skipped ?? 0) + (aggregates?.todo ?? 0)
    const failures = hasError || code || !total || !isDone ? Math.max(failed, 1) : failed

    process.exitCode = code || (failures ? 1 : 0)
    console.log(`\n${sumLine({ passed: passed + regression, failed: failures, skipped })}`)
  })

  configure({
    files: ['test/**/*.spec.ts', '!test/fixtures/**'],
    timeout: 30_000,
    ...processCliArgs(args),
    plugins: [assert()],
    reporters: [
      specReporter(),
      (started, emitter) => {
        runner = started
        emitter.on('runner:end', () => void (isDone = true))
      },
    ],
    importer: (path) => import(path),
    forceExit: true,
  })
  await run()
}
