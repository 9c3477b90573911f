import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import LoginValidator from 'App/Validators/LoginValidator'
import { shorten } from 'App/Services/SessionId'
import { attempt, DEMO_LOGIN, findUser } from 'App/Services/Users'

export default class AuthController {
  public async show({ session, response, view }: HttpContextContract) {
    if (findUser(session.get('userId'))) {
      return response.redirect().toRoute('account')
    }
    return view.render('pages/login', { demo: DEMO_LOGIN })
  }

  /** The login changes the id, so that an id that somebody knew before is useless. */
  public async login({ request, session, response }: HttpContextContract) {
    const { email, password } = await request.validate(LoginValidator)
    const user = await attempt(email, password)

    if (!user) {
      session.flash('errors', { email: ['No account has this address and password.'] })
      session.flashOnly(['email'])
      return response.redirect().toRoute('login')
    }

    const idBefore = shorten(session.sessionId)
    session.regenerate()
    session.put('userId', user.id)
    if (session.supportsTagging()) {
      session.tag(user.id)
    }
    session.flash({
      success: `Welcome, ${user.name}.`,
      idChange: { before: idBefore, after: shorten(session.sessionId) },
    })
    return response.redirect().toIntendedRoute('account')
  }

  public async account({ view }: HttpContextContract) {
    return view.render('pages/account')
  }

  /** Everything goes, the cart too. The message is flashed to the new, empty session. */
  public async logout({ session, response }: HttpContextContract) {
    session.invalidate()
    session.flash('success', 'You are logged out.')
    return response.redirect().toRoute('login')
  }
}
