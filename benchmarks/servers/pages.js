/**
 * What the handlers of all servers have in common: the values of a session, and the answers. They are
 * the same in each, so that only the session makes a difference.
 */

/** The pages of a server without sessions. */
const PAGES = ['/read', '/write', '/untouched', '/login', '/increment']

/** Values whose JSON has about `bytes` bytes: a user, a secret, and a cart that fills the rest. */
function valuesOf(bytes) {
  const values = { user: { id: 4711, name: 'Ada', roles: ['editor'] }, secret: 'k'.repeat(24) }
  const cart = []
  const item = (n) => ({ sku: `A-${100_000 + n}`, title: 'A notebook, blue', price: 1900, n })
  const size = () => JSON.stringify({ ...values, cart }).length
  const each = JSON.stringify(item(100)).length + 1
  const count = Math.max(Math.floor((bytes - size()) / each), 0)
  for (let n = 0; n < count; n++) {
    cart.push(item(n))
  }
  return { ...values, cart, note: 'x'.repeat(Math.max(bytes - size() - ',"note":""'.length, 0)) }
}

/** The answer of each page, about 30 bytes. */
function answer(user) {
  return { user: user ? user.id : 4711 }
}

let writes = 0

/** Another value in each request of this process, so that every write is a change. */
function nextWrite() {
  return ++writes
}

module.exports = { PAGES, valuesOf, answer, nextWrite }
