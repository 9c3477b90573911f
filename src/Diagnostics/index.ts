import { channel, Channel } from 'diagnostics_channel'
import { performance } from 'perf_hooks'

/** Channels for metrics and traces. Messages are published only while a channel has subscribers. */
const CHANNELS = {
  load: channel('adonis.session.load'),
  commit: channel('adonis.session.commit'),
  prune: channel('adonis.session.prune'),
}

/**
 * Runs `work`, and publishes how long it took and its result: what `tell` returns for the answer, or the code of an
 * error. Messages never contain session ids or values.
 */
export async function measured<Answer>(
  name: keyof typeof CHANNELS,
  driver: string,
  work: () => Promise<Answer>,
  tell: (answer: Answer) => Record<string, unknown>
): Promise<Answer> {
  const { [name]: found } = CHANNELS
  if (!found.hasSubscribers) {
    return work()
  }
  const began = performance.now()
  const publish = (message: Record<string, unknown>) => send(found, began, { driver, ...message })
  try {
    const answer = await work()
    publish(tell(answer))
    return answer
  } catch (error) {
    publish({ error: error.code ?? error.name })
    throw error
  }
}

function send(to: Channel, began: number, message: Record<string, unknown>) {
  to.publish({ ...message, durationInMs: performance.now() - began })
}
