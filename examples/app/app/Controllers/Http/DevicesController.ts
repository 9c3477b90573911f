import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import Session from '@ioc:Adonis/Addons/Session'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { describe, Device } from 'App/Services/Devices'
import { DEMO_LOGIN, findUser, verify } from 'App/Services/Users'
import PasswordValidator from 'App/Validators/PasswordValidator'

/** The sessions of the user; `null` where the browsers keep them, and so nobody can list them. */
async function devicesOf(session: SessionContract): Promise<Device[] | null> {
  try {
    const sessions = await Session.tagged(session.get('userId')!, { current: session })
    return sessions.map(describe)
  } catch (error) {
    if (error.code === 'E_SESSION_TAGGING_NOT_SUPPORTED') {
      return null
    }
    throw error
  }
}

/** Also true where there is no list. */
const GONE = "That device isn't in the list: it may be logged out already."

/** Another device of the user. There is none once it's logged out, or where nobody can list them. */
async function findOther(session: SessionContract, handle: string): Promise<Device | undefined> {
  const devices = await devicesOf(session)
  return devices?.find((device) => device.handle === handle && !device.isCurrent)
}

function sayHowMany(ended: number | null): string {
  if (ended === null) {
    return 'All other devices are logged out.'
  }
  if (ended === 0) {
    return 'No other device was logged in.'
  }
  return ended === 1 ? 'One device is logged out.' : `${ended} devices are logged out.`
}

export default class DevicesController {
  /** Shows the sessions of the user: the current one, and all others. */
  public async show({ session, view }: HttpContextContract) {
    const devices = await devicesOf(session)
    return view.render('pages/devices', {
      isListed: devices !== null,
      isEnded: session.supportsTagging(),
      own: devices?.find(({ isCurrent }) => isCurrent),
      others: devices?.filter(({ isCurrent }) => !isCurrent) ?? [],
    })
  }

  /** Asks for the password, so that somebody else at an unlocked browser can't log the user out (ASVS 7.5.2). */
  public async confirm({ request, session, response, view }: HttpContextContract) {
    if (!session.supportsTagging()) {
      return response.redirect().toRoute('devices')
    }
    const handle = request.input('device')
    const device = handle && (await findOther(session, handle))
    if (handle && !device) {
      session.flash('notice', GONE)
      return response.redirect().toRoute('devices')
    }
    return view.render('pages/devices-end', { device, demo: DEMO_LOGIN })
  }

  /** Ends the session with this handle, or all sessions except the current one. */
  public async end({ request, session, response }: HttpContextContract) {
    if (!session.supportsTagging()) {
      return response.redirect().toRoute('devices')
    }
    const { password, device } = await request.validate(PasswordValidator)
    const user = findUser(session.get('userId'))!

    if (!(await verify(user, password))) {
      session.flash('errors', { password: ['This is not your password.'] })
      return response.redirect().withQs({ device }).toRoute('devices.confirm')
    }
    if (device && !(await findOther(session, device))) {
      session.flash('notice', GONE)
      return response.redirect().toRoute('devices')
    }
    const ended = await Session.destroyTagged(
      user.id,
      device ? { only: device } : { except: session }
    )
    session.flash('success', sayHowMany(ended))
    return response.redirect().toRoute('devices')
  }
}
