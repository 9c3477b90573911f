import { TestApp } from './app'

/** Request cookies with an id that this app has signed, whether or not it has a session. */
export function cookiesWithId({ app }: TestApp, id: string): { cookies: Record<string, string> } {
  const { verifier } = app.container.use('Adonis/Core/Encryption')
  const signed = `s:${verifier.sign(id, undefined, 'adonis-session')}`
  return { cookies: { 'adonis-session': encodeURIComponent(signed) } }
}
