import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import { TestApp } from './app'
import { Browser } from './browser'
import { contextWith } from './contexts'

/**
 * The context that a Socket.IO app makes of a handshake: with the cookies of a browser, and a response
 * that is never sent.
 */
export function handshake({ app }: TestApp, browser: Browser): HttpContextContract {
  return contextWith(app, new Map(Object.entries(browser.cookies())))
}

/** The Set-Cookie lines on the response of a context. */
export function setCookiesOn({ response }: HttpContextContract): string[] {
  return [response.getHeader('set-cookie') ?? []].flat().map(String)
}
