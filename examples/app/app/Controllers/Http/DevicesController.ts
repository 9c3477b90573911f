import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import Session from '@ioc:Adonis/Addons/Session'
import { describe } from 'App/Services/Devices'
import { DEMO_LOGIN, findUser, verify } from 'App/Services/Users'
import PasswordValidator from 'App/Validators/PasswordValidator'

export default class DevicesController {
  /** Shows the sessions of the user: the current one, and all others. */
  public async show({ session, response, view }: HttpContextContract) {
    response.header('cache-control', 'no-store')
    const sessions = session.supportsTagging()
      ? await Session.tagged(session.get('userId')!, { current: session })
      : []
    const devices = sessions.map(describe)
    return view.render('pages/devices', {
      isSupported: session.supportsTagging(),
      own: devices.find(({ isCurrent }) => isCurrent),
      others: devices.filter(({ isCurrent }) => !isCurrent),
    })
  }

  /** Asks for the password, so that somebody else at an unlocked browser can't log the user out (ASVS 7.5.2). */
  public async confirm({ request, view }: HttpContextContract) {
    return view.render('pages/devices-end', { handle: request.input('device'), demo: DEMO_LOGIN })
  }

  /** Ends the session with this handle, or all sessions except the current one. */
  public async end({ request, session, response }: HttpContextContract) {
    const { password, device } = await request.validate(PasswordValidator)
    const user = findUser(session.get('userId'))!

    if (!(await verify(user, password))) {
      session.flash('errors', { password: ['This is not your password.'] })
      return response.redirect().withQs({ device }).toRoute('devices.confirm')
    }
    const ended = await Session.destroyTagged(
      user.id,
      device ? { only: device } : { except: session }
    )
    session.flash(
      'success',
      ended === 1 ? 'One device is logged out.' : `${ended} devices are logged out.`
    )
    return response.redirect().toRoute('devices')
  }
}
