import { IncomingMessage, ServerResponse } from 'http'
import { Socket } from 'net'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'

/** The cookies of a client that calls classes of the package without a server. */
export type Jar = Map<string, string>

/** A context whose request carries the cookies of the jar, as a package builds one for itself. */
export function contextWith(app: ApplicationContract, jar: Jar = new Map()): HttpContextContract {
  const request = new IncomingMessage(new Socket())
  request.headers.cookie = [...jar].map((pair) => pair.join('=')).join('; ')
  const HttpContext = app.container.use('Adonis/Core/HttpContext')
  return HttpContext.create('/', {}, request, new ServerResponse(request))
}

/** Takes the cookies of a response into the jar, and drops those that it clears. */
export function keepCookies({ response }: HttpContextContract, jar: Jar) {
  const lines = [response.getHeader('set-cookie') ?? []].flat().map(String)
  for (const line of lines) {
    const [pair] = line.split('; ')
    const at = pair.indexOf('=')
    if (/Max-Age=-|Expires=Thu, 01 Jan 1970/.test(line)) {
      jar.delete(pair.slice(0, at))
    } else {
      jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
}
