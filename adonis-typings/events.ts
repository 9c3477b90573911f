declare module '@ioc:Adonis/Core/Event' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type {
    SessionContract,
    SessionOutcome,
    SessionTombstone,
  } from '@ioc:Adonis/Addons/Session'

  interface EventsList {
    /** The session of a request was loaded. */
    'session:initiated': { ctx: HttpContextContract; session: SessionContract }

    /** A session was committed; `outcome` says what the commit did. */
    'session:committed': {
      ctx: HttpContextContract
      session: SessionContract
      outcome: SessionOutcome
    }

    /** A session got a new id. */
    'session:migrated': {
      ctx: HttpContextContract
      session: SessionContract
      fromSessionId: string
      toSessionId: string
    }

    /**
     * A session was ended by `Session.destroy`, `Session.destroyTagged`, a command or `registry.maxPerTag`. A
     * logout doesn't emit this event: it emits `session:committed` with the outcome `destroyed`.
     */
    'session:destroyed': { handle: string; tag: string | null }

    /**
     * A request had the id of a session that has ended, and started with an empty session. `reason` is what ended it:
     * `invalidated` or `revoked`. If it's `regenerated` or `rotated`, the id was replaced longer ago than `retireFor`.
     * This also happens to requests of an honest user that were sent just before a logout.
     */
    'session:rejected': {
      ctx: HttpContextContract
      session: SessionContract
      reason: SessionTombstone['reason']
    }

    /** A record or cookie could not be read; the request started with an empty session. */
    'session:unreadable': { ctx: HttpContextContract; session: SessionContract; reason: string }
  }
}
