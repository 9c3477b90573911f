import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { DRIVERS } from 'App/Services/Drivers'
import { sessionContents } from 'App/Services/SessionContents'

export default class VisitsController {
  public async show({ session, view }: HttpContextContract) {
    const visits = session.increment('visits')

    return view.render('pages/home', {
      visits,
      drivers: DRIVERS,
      contents: sessionContents(session),
    })
  }
}
