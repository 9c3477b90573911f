import { rules, schema } from '@ioc:Adonis/Core/Validator'

export const TOPICS = ['An order', 'A question', 'Something else']

export default class ContactValidator {
  public schema = schema.create({
    name: schema.string({ trim: true }, [rules.minLength(2), rules.maxLength(60)]),
    email: schema.string({ trim: true }, [rules.email()]),
    topic: schema.enum(TOPICS),
    message: schema.string({ trim: true }, [rules.minLength(10), rules.maxLength(500)]),
    copy: schema.boolean.optional(),
  })

  public messages = {
    'name.required': 'Tell us your name.',
    'name.minLength': 'A name has at least two letters.',
    'email.required': 'We need an address to answer to.',
    'email.email': 'This does not look like an email address.',
    'topic.required': 'Choose a topic.',
    'topic.enum': 'Choose one of the topics.',
    'message.required': 'Write us something.',
    'message.minLength': 'A little more, please: at least 10 letters.',
    maxLength: 'This is too long.',
    '*': () => 'This is not what the form asks for. Enter it again.',
  }
}
