/**
 * Runs specs in the order given, and stops at the first test that fails: `npm run mutants` calls it with
 * one line of the source broken.
 */
import { assert } from '@japa/assert'
import { configure, run } from '@japa/runner'
import { join } from 'path'
import { startServices } from '../test/services'

async function main() {
  const { TEST_DRIVERS: drivers } = process.env
  await startServices(['postgres', 'mariadb'].filter((name) => drivers && !drivers.includes(name)))

  const specs = process.argv
    .slice(2)
    .map((spec) => join(__dirname, '..', 'test', `${spec}.spec.ts`))
  configure({
    suites: [{ name: 'specs', files: async () => specs }],
    timeout: 30_000,
    plugins: [assert()],
    reporters: [
      (_, emitter) => {
        emitter.on(
          'test:end',
          ({ hasError, title }) => void (hasError && stop(`noticed by: ${title}`))
        )
        emitter.on(
          'group:end',
          ({ hasError, title }) => void (hasError && stop(`noticed by: ${title}`))
        )
      },
    ],
    importer: (path) => import(path),
    forceExit: true,
  })
  await run()
}

function stop(reason: string) {
  console.log(reason)
  process.exit(1)
}

main().catch((error) => stop(error.message))
