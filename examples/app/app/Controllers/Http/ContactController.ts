import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import ContactValidator, { TOPICS } from 'App/Validators/ContactValidator'

export default class ContactController {
  public async show({ view }: HttpContextContract) {
    return view.render('pages/contact', { topics: TOPICS })
  }

  /** When a field is wrong, the validator flashes `errors` and the input, and redirects back. */
  public async send({ request, session, response }: HttpContextContract) {
    const { name } = await request.validate(ContactValidator)

    session.flash(
      'success',
      `Thank you, ${name}. This example sends nothing, but the form is valid.`
    )
    return response.redirect().toRoute('contact')
  }
}
