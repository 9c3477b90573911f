import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { findUser } from 'App/Services/Users'

/** Sends guests to the login page, and remembers which page they wanted. */
export default class Auth {
  public async handle({ response, session }: HttpContextContract, next: () => Promise<void>) {
    if (!findUser(session.get('userId'))) {
      session.flash('notice', 'Log in to see this page.')
      return response.redirect().withIntendedUrl().toRoute('login')
    }
    await next()
  }
}
