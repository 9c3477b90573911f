import { schema } from '@ioc:Adonis/Core/Validator'

export default class PasswordValidator {
  public schema = schema.create({
    password: schema.string(),
    device: schema.string.optional(),
  })

  public messages = {
    'password.required': 'Enter your password.',
  }
}
