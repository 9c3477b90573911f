import type { EmitterContract, EventsList } from '@ioc:Adonis/Core/Event'
import type { LoggerContract } from '@ioc:Adonis/Core/Logger'

export type SessionEvent = Extract<keyof EventsList, `session:${string}`>

/** Tells listeners, and does not wait for them. One that fails is a line in the log. */
export function announce<Event extends SessionEvent>(
  emitter: EmitterContract | undefined,
  logger: LoggerContract,
  event: Event,
  data: EventsList[Event]
) {
  if (emitter && isHeard(emitter, event)) {
    emitter
      .emit(event, data)
      .catch((error) => logger.error(error, `A listener of "${event}" failed`))
  }
}

/** Is there a listener, or a test that fakes events? */
function isHeard(emitter: EmitterContract, event: SessionEvent): boolean {
  const { eventsToFake, trappingEvents } = emitter as any
  return emitter.hasListeners(event) || trappingEvents || eventsToFake?.size > 0
}
