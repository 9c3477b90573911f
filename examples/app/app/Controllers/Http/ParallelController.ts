import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { sessionContents } from 'App/Services/SessionContents'

/** Counts requests that a page sends all at once. */
export default class ParallelController {
  public async show({ session }: HttpContextContract) {
    return { count: session.get('parallel', 0), contents: sessionContents(session) }
  }

  public async count({ session, request, response }: HttpContextContract) {
    session.increment('parallel')

    if (request.accepts(['html', 'json']) === 'json') {
      return response.noContent()
    }
    return response.redirect().toRoute('home')
  }
}
