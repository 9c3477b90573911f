import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { RedirectContract, ResponseContract } from '@ioc:Adonis/Core/Response'
import { wantedUrl } from '../Session/intendedUrl'

/** The requests behind the responses: a redirect knows no other way to its session. */
const contexts = new WeakMap<ResponseContract, HttpContextContract>()

export function rememberContext(ctx: HttpContextContract) {
  contexts.set(ctx.response, ctx)
}

/** Adds the redirects of a login to the redirects of AdonisJS, whose class is not exported. */
export function defineRedirects(sample: RedirectContract) {
  const contextOf = (redirect: any) => contexts.get(redirect.response)!

  Object.assign(Object.getPrototypeOf(sample), {
    withIntendedUrl(this: RedirectContract) {
      const { session, request } = contextOf(this)
      const url = wantedUrl(request)
      session.clearIntendedUrl()
      url === null || session.setIntendedUrl(url)
      return this
    },

    toIntended(this: RedirectContract, fallback: string = '/') {
      this.toPath(contextOf(this).session.pullIntendedUrl(fallback))
    },

    toIntendedRoute(this: RedirectContract, ...route: Parameters<RedirectContract['toRoute']>) {
      const url = contextOf(this).session.pullIntendedUrl()
      return url === null ? this.toRoute(...route) : this.toPath(url)
    },
  })
}
