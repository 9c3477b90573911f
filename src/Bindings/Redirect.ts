import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type { RedirectContract } from '@ioc:Adonis/Core/Response'
import { wantedUrl } from '../Session/intendedUrl'

/** Adds the redirects of a login to the redirects of AdonisJS, whose class is not exported. */
export function defineRedirects(sample: RedirectContract) {
  const contextOf = (redirect: any): HttpContextContract => redirect.response.ctx

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
