declare module '@ioc:Adonis/Core/Event' {
  import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
  import type { SessionContract, SessionOutcome } from '@ioc:Adonis/Addons/Session'

  interface EventsList {
    /** A session was loaded for a request. */
    'session:initiated': { ctx: HttpContextContract; session: SessionContract }

    /** A session was committed; `outcome` says what that did. */
    'session:committed': {
      ctx: HttpContextContract
      session: SessionContract
      outcome: SessionOutcome
    }

    /** A session has a new id. */
    'session:migrated': {
      ctx: HttpContextContract
      session: SessionContract
      fromSessionId: string
      toSessionId: string
    }

    /** A record or cookie could not be read; the request began with an empty session. */
    'session:unreadable': { ctx: HttpContextContract; session: SessionContract; reason: string }
  }
}
