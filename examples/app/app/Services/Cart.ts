import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { findProduct, Product } from 'App/Services/Products'

export interface CartLine {
  product: Product
  amount: number
  /** In cents. */
  sum: number
}

/** What the cart of a session holds, at today's prices: the session keeps ids and amounts only. */
export function readCart(session: SessionContract) {
  const items = session.get('cart.items', {})

  const lines = Object.entries(items).flatMap(([id, amount]): CartLine[] => {
    const product = findProduct(id)
    return product ? [{ product, amount, sum: product.price * amount }] : []
  })

  return {
    lines,
    count: lines.reduce((count, line) => count + line.amount, 0),
    total: lines.reduce((total, line) => total + line.sum, 0),
  }
}
