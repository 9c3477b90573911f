import { channel, Channel } from 'diagnostics_channel'
import { performance } from 'perf_hooks'

/** What goes on, for metrics and traces: published only while somebody has subscribed. */
const CHANNELS = {
  load: channel('adonis.session.load'),
  commit: channel('adonis.session.commit'),
  prune: channel('adonis.session.prune'),
}

/**
 * Does some work, and publishes how long it took, and what came of it: an answer, or the code of an error. No message
 * has an id or a value of a session.
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
