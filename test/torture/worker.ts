import { startGatedApp } from './gated_app'
import { Gates } from './gates'

/**
 * One process of the app. Its parent tells it which one to start and which gates to open; it tells where it
 * listens and which gates were reached. It ends with its parent.
 */
const gates = new Gates((reached) => process.send!({ reached }))

async function start({ driver, options }: any) {
  const { url } = await startGatedApp(driver, gates, options)
  process.send!({ url })
}

process.on('message', (message: any) => {
  if (message.start) {
    void start(message.start)
  } else {
    gates.release(message.release)
  }
})
process.on('disconnect', () => process.exit(0))
