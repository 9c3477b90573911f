export interface Product {
  id: string
  name: string
  note: string
  /** In cents. */
  price: number
}

/** The ids look like numbers on purpose: under `cart.items` they are keys, not places in an array. */
export const PRODUCTS: Product[] = [
  { id: '1001', name: 'Sencha', note: 'Green, fresh, from Shizuoka', price: 890 },
  { id: '1002', name: 'Darjeeling', note: 'Black, first flush', price: 1240 },
  { id: '1003', name: 'Rooibos', note: 'Red, mild, no caffeine', price: 650 },
  { id: '1004', name: 'Peppermint', note: 'Whole leaves, grown nearby', price: 490 },
]

export function findProduct(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id)
}
