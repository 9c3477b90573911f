import Hash from '@ioc:Adonis/Core/Hash'

export interface User {
  id: number
  name: string
  email: string
}

/** What the login page tells everybody. */
export const DEMO_LOGIN = { email: 'ada@example.com', password: 'enchantress' }

const USERS = [
  {
    id: 1,
    name: 'Ada Lovelace',
    email: DEMO_LOGIN.email,
    password:
      '$scrypt$n=16384,r=8,p=1$0MmQMHJcHQkiSVUBZVPh3g$rWB5Hk/6ZLFnbEhYPm28OuORQZMzaS2ugP2jfxVyMpFEaaBVY33jN/wDOleyUpjPpQVs7Q1BALG4WthfRzCqvg',
  },
]

/** Stands in for an unknown address, so that the answer takes as long as for a known one. */
const NOBODY = { id: 0, password: USERS[0].password }

export function findUser(id: unknown): User | undefined {
  return USERS.find((user) => user.id === id)
}

/** Is this the password of a user? */
export async function verify({ id }: User, password: string): Promise<boolean> {
  return Hash.verify(USERS.find((user) => user.id === id)!.password, password)
}

/** The user of these credentials, or `null`. */
export async function attempt(email: string, password: string): Promise<User | null> {
  const user = USERS.find((item) => item.email === email.trim().toLowerCase())
  const matches = await Hash.verify((user ?? NOBODY).password, password)
  return user && matches ? user : null
}
