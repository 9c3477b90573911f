import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'

export default class SessionController {
  /** The same values under a new id. */
  public async regenerate({ session, response }: HttpContextContract) {
    session.regenerate()
    session.flash('success', 'The session has a new id and has kept everything.')
    return response.redirect().toRoute('home')
  }

  /** Nothing left, and a new id. What is flashed now belongs to the new session. */
  public async invalidate({ session, response }: HttpContextContract) {
    session.invalidate()
    session.flash('success', 'The session was ended, and a new one began.')
    return response.redirect().toRoute('home')
  }
}
