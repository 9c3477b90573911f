declare module '@ioc:Adonis/Core/HttpContext' {
  import type { SessionContract } from '@ioc:Adonis/Addons/Session'

  interface HttpContextContract {
    session: SessionContract
  }
}

declare module '@ioc:Adonis/Core/Request' {
  import type { SessionContract } from '@ioc:Adonis/Addons/Session'

  interface RequestContract {
    /** The same session as `ctx.session`. */
    session(): SessionContract
  }
}
