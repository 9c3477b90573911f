/**
 * Runs all tests, or those that Japa's options choose (`--files session/paths.spec.ts`). `--without mariadb` leaves
 * out a database, or the browser.
 */
import getopts from 'getopts'
import { startServices } from '../test/services'
import { runAll } from './lanes'
import { runSpecs } from './specs'

/** An exit runs the handlers of `exit`, which end what the tests started. */
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

/** Nobody reads on, as with `| head`: without this each message about it would raise the next one. */
process.stdout.on('error', () => process.exit(1))

async function main() {
  const args = process.argv.slice(2)
  const { without, _, ...chosen } = getopts(args, { string: ['without'] })
  const left: string[] = without ? [without].flat() : []

  if (process.env.TEST_SERVICES !== 'running') {
    left.forEach((name) => console.log(`Without ${name}: its tests are left out`))
    if (!Object.keys(chosen).length) {
      process.exit(await runAll(left))
    }
    await startServices(left)
  }
  await runSpecs(args)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
