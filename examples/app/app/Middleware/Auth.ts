import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { findUser } from 'App/Services/Users'

/** Sends guests to the login page, and remembers where they were going. */
export default class Auth {
  public async handle(
    { request, response, session }: HttpContextContract,
    next: () => Promise<void>
  ) {
    if (!findUser(session.get('userId'))) {
      session.put('intendedUrl', request.url())
      session.flash('notice', 'Log in to see this page.')
      return response.redirect().toRoute('login')
    }
    await next()
  }
}
