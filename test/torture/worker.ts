import { startGatedApp } from './gated_app'
import { Gates } from './gates'

/**
 * One process of the app. It tells its parent where it listens and which gates were reached, and is
 * told which to open. It ends with its parent.
 */
async function main() {
  const { driver, options } = JSON.parse(process.argv[2])
  const gates = new Gates((reached) => process.send!({ reached }))

  process.on('message', ({ release }: { release: string }) => gates.release(release))
  process.on('disconnect', () => process.exit(0))

  const { url } = await startGatedApp(driver, gates, options)
  process.send!({ url })
}

void main()
