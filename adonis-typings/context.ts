declare module '@ioc:Adonis/Core/HttpContext' {
  import type { SessionContract } from '@ioc:Adonis/Addons/Session'

  interface HttpContextContract {
    session: SessionContract
  }
}

declare module '@ioc:Adonis/Core/Response' {
  interface RedirectContract {
    /**
     * Keeps the URL of this request in the session, for `toIntended` after the login. Of a form or an AJAX
     * request it is the page that it came from.
     */
    withIntendedUrl(): this

    /** Redirects to the kept URL, and forgets it; to the fallback when there is none. */
    toIntended(fallback?: string): void

    /** Redirects to the kept URL, and forgets it; to a route when there is none. */
    toIntendedRoute(...route: Parameters<RedirectContract['toRoute']>): void
  }
}

declare module '@ioc:Adonis/Core/Request' {
  import type { SessionContract } from '@ioc:Adonis/Addons/Session'

  interface RequestContract {
    /** The same session as `ctx.session`. */
    session(): SessionContract
  }
}
