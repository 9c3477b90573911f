import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import Config from '@ioc:Adonis/Core/Config'
import { string } from '@ioc:Adonis/Core/Helpers'
import { readCart } from 'App/Services/Cart'
import { shorten } from 'App/Services/SessionId'
import { findUser } from 'App/Services/Users'

function ageSince(startedAt: number): string {
  const age = Date.now() - startedAt
  return age < 1000 ? 'new' : string.prettyMs(age, { long: true })
}

/** Gives every page the user, the size of the cart, and the facts about the session. */
export default class SharePageData {
  public async handle({ session, view }: HttpContextContract, next: () => Promise<void>) {
    const startedAt = await session.remember('startedAt', () => Date.now())

    view.share({
      user: findUser(session.get('userId')),
      cartCount: readCart(session).count,
      facts: {
        driver: Config.get('session.driver'),
        id: shorten(session.sessionId),
        fresh: session.fresh,
        age: ageSince(startedAt),
        idle: Config.get('session.age'),
      },
    })
    await next()
  }
}
