import { schema } from '@ioc:Adonis/Core/Validator'

export default class PasswordValidator {
  public schema = schema.create({
    password: schema.string(),
    device: schema.string.optional(),
  })

  public messages = {
    '*': () => 'Enter your password.',
  }
}
