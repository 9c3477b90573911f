import { Exception } from '@adonisjs/core/build/standalone'
import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import AmountValidator, { MOST } from 'App/Validators/AmountValidator'
import { readCart } from 'App/Services/Cart'
import { findProduct, Product, PRODUCTS } from 'App/Services/Products'

/** The product of an address. One that isn't sold has no page. */
function productOf({ id }: Record<string, string>): Product {
  const product = findProduct(id)
  if (!product) {
    throw new Exception('There is no such product', 404, 'E_PRODUCT_NOT_FOUND')
  }
  return product
}

function keyOf({ id }: Product) {
  return `cart.items.${id}` as const
}

/** The cart is kept as `cart.items.<id>`, each with its amount. */
export default class CartController {
  public async show({ session, view }: HttpContextContract) {
    return view.render('pages/cart', { products: PRODUCTS, cart: readCart(session), most: MOST })
  }

  public async add({ params, session, response }: HttpContextContract) {
    const product = productOf(params)
    const key = keyOf(product)

    if (session.get(key, 0) < MOST) {
      session.increment(key)
      session.flash('success', `${product.name} is in your cart.`)
    } else {
      session.flash('notice', `${MOST} of one tea is the most we send.`)
    }
    return response.redirect().toRoute('cart')
  }

  public async change({ params, request, session, response }: HttpContextContract) {
    const key = keyOf(productOf(params))
    const { amount } = await request.validate(AmountValidator)

    if (amount === '0') {
      session.forget(key)
    } else if (session.has(key)) {
      session.put(key, Number(amount))
    }
    return response.redirect().toRoute('cart')
  }

  public async remove({ params, session, response }: HttpContextContract) {
    session.forget(keyOf(productOf(params)))
    return response.redirect().toRoute('cart')
  }

  /**
   * A bank sends the buyer back by a POST from its own site: without the cookie, so there is no session here (see `skip`
   * in `config/session.ts`). On the page that follows, there is.
   */
  public async paid({ response }: HttpContextContract) {
    return response.redirect().toRoute('cart')
  }

  public async clear({ session, response }: HttpContextContract) {
    session.forget('cart')
    session.flash('success', 'Your cart is empty.')
    return response.redirect().toRoute('cart')
  }
}
