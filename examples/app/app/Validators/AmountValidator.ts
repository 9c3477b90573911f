import { rules, schema } from '@ioc:Adonis/Core/Validator'

/** The most of one product that a cart takes. */
export const MOST = 20

export default class AmountValidator {
  public schema = schema.create({
    amount: schema.number([rules.range(0, MOST)]),
  })

  public messages = {
    '*': `Choose an amount from 0 to ${MOST}.`,
  }
}
