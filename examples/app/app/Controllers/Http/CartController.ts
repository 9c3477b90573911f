import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import AmountValidator, { MOST } from 'App/Validators/AmountValidator'
import { readCart } from 'App/Services/Cart'
import { findProduct, PRODUCTS } from 'App/Services/Products'

/** The cart is kept as `cart.items.<id>`, each with its amount. */
export default class CartController {
  public async show({ session, view }: HttpContextContract) {
    return view.render('pages/cart', { products: PRODUCTS, cart: readCart(session), most: MOST })
  }

  public async add({ params, session, response }: HttpContextContract) {
    const product = findProduct(params.id)
    if (!product) {
      return response.notFound('There is no such product')
    }

    const key = `cart.items.${product.id}` as const
    if (session.get(key, 0) < MOST) {
      session.increment(key)
      session.flash('success', `${product.name} is in your cart.`)
    } else {
      session.flash('notice', `${MOST} of one tea is the most we send.`)
    }
    return response.redirect().toRoute('cart')
  }

  public async change({ params, request, session, response }: HttpContextContract) {
    const { amount } = await request.validate(AmountValidator)
    const key = `cart.items.${params.id}` as const

    if (amount === 0) {
      session.forget(key)
    } else if (session.has(key)) {
      session.put(key, amount)
    }
    return response.redirect().toRoute('cart')
  }

  public async remove({ params, session, response }: HttpContextContract) {
    session.forget(`cart.items.${params.id}`)
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
