import { schema } from '@ioc:Adonis/Core/Validator'

/** The most of one product that a cart takes. */
export const MOST = 20

/** As a form sends them. */
const AMOUNTS = Array.from({ length: MOST + 1 }, (_, amount) => String(amount))

export default class AmountValidator {
  public schema = schema.create({
    amount: schema.enum(AMOUNTS),
  })

  public messages = {
    '*': () => `Choose a whole number from 0 to ${MOST}.`,
  }
}
