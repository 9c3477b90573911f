import type { ServerContract } from '@ioc:Adonis/Core/Server'
import type { HttpContextConstructorContract } from '@ioc:Adonis/Core/HttpContext'
import type { RequestConstructorContract } from '@ioc:Adonis/Core/Request'
import { noteBody } from '../Flash/page'
import type { SessionManager } from '../SessionManager'
import { defineRedirects } from './Redirect'

/**
 * Gives each HTTP context its session, and the server one hook before and one after the handler. With
 * sessions disabled there are no hooks.
 */
export function defineServerBindings(
  HttpContext: HttpContextConstructorContract,
  Request: RequestConstructorContract,
  Server: ServerContract,
  Session: SessionManager
) {
  HttpContext.getter(
    'session',
    function session() {
      return Session.create(this)
    },
    true
  )

  Request.macro('session', function session() {
    return this.ctx!.session
  })

  if (!Session.isEnabled()) {
    return
  }
  defineRedirects(HttpContext.create('/', {}).response.redirect())
  Server.hooks.before(({ session }) => session.initiate(false))
  const { pruner } = Session
  Server.hooks.after((ctx) => {
    pruner.after(ctx.response.response)
    noteBody(ctx)
    return ctx.session.commit()
  })
}
