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

/**
 * Gives every page the user, the size of the cart, and the facts about the session. Browsers don't keep the pages of a
 * user: the back button would show them after the logout. Nor do they keep a page with a message: when the back button
 * leads to a redirect to it, the old message would show again, and the new one on another page.
 */
export default class SharePageData {
  public async handle(ctx: HttpContextContract, next: () => Promise<void>) {
    const { session, response, view } = ctx
    const startedAt = await session.remember('startedAt', () => Date.now())
    const user = findUser(session.get('userId'))
    if (user || !session.flashMessages.isEmpty) {
      response.header('cache-control', 'no-store')
    }

    view.share({
      user,
      cartCount: readCart(session).count,
      facts: {
        driver: Config.get('session.driver'),
        id: shorten(session.sessionId),
        fresh: session.fresh,
        age: ageSince(startedAt),
        idle: string.prettyMs(string.toMs(Config.get('session.age')), { long: true }),
      },
    })
    await next()
  }
}
