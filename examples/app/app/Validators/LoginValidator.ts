import { schema } from '@ioc:Adonis/Core/Validator'

export default class LoginValidator {
  public schema = schema.create({
    email: schema.string({ trim: true }),
    password: schema.string(),
  })

  public messages = {
    'email.required': 'Enter your email address.',
    'password.required': 'Enter your password.',
    '*': () => 'This is not text. Enter it again.',
  }
}
