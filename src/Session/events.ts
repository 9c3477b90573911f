import type { EmitterContract } from '@ioc:Adonis/Core/Event'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'

/** Tells listeners, and does not wait for them. One that fails is a line in the log. */
export function announce(
  emitter: EmitterContract | undefined,
  event: string,
  data: { ctx: HttpContextContract; session: SessionContract }
) {
  if (emitter && isHeard(emitter, event)) {
    emitter
      .emit(event, data)
      .catch((error) => data.ctx.logger.error(error, `A listener of "${event}" failed`))
  }
}

/** Is there a listener, or a test that fakes events? */
function isHeard(emitter: EmitterContract, event: string): boolean {
  const { eventsToFake, trappingEvents } = emitter as any
  return emitter.hasListeners(event) || trappingEvents || eventsToFake?.size > 0
}
