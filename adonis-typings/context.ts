declare module '@ioc:Adonis/Core/HttpContext' {
  import type { SessionContract } from '@ioc:Adonis/Addons/Session'

  interface HttpContextContract {
    session: SessionContract
  }
}

declare module '@ioc:Adonis/Core/Response' {
  interface RedirectContract {
    /**
     * Saves the URL of this request in the session, for `toIntended` after login. For a form submission or
     * an AJAX request, it saves the page that the request came from.
     */
    withIntendedUrl(): this

    /** Redirects to the saved URL and forgets it. If there is none, redirects to the fallback. */
    toIntended(fallback?: string): void

    /** Redirects to the saved URL and forgets it. If there is none, redirects to a route. */
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
