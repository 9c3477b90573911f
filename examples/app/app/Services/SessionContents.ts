import type { SessionContract } from '@ioc:Adonis/Addons/Session'

/** All values of a session as JSON to look at, without the secret of the CSRF tokens. */
export function sessionContents(session: SessionContract): string {
  const values = session.all()
  return JSON.stringify({ ...values, 'csrf-secret': '(hidden)' }, null, 2)
}
