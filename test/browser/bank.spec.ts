import { createServer, Server } from 'http'
import type { AddressInfo } from 'net'
import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { cookiesOf, DRIVERS, follow, inBrowser, isLoggedIn, logIn, textOf } from './helpers'

/** Another site: a page whose only form posts to this address. */
async function siteThatPostsTo(action: string): Promise<Server> {
  const html = `<!DOCTYPE html><title>Bank</title>
    <form method="post" action="${action}"><button>Back to the shop</button></form>`
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** `localhost` is another site than 127.0.0.1, where the example is. */
const addressOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}`

/** The user goes to another site, and from there by its form to an address of the example. */
async function postFromElsewhere(page: Page, action: string): Promise<void> {
  const site = await siteThatPostsTo(action)
  try {
    await page.goto(addressOf(site))
    await follow(page, 'Back to the shop')
  } finally {
    site.close()
  }
}

for (const driver of DRIVERS) {
  inBrowser('POST from another site', driver, ({ url, open }) => {
    test('a bank sends the buyer back: the cart is there, and the login', async ({ assert }) => {
      const page = await open('/cart')
      await follow(page, 'Add Sencha')
      await logIn(page)
      const before = (await cookiesOf(page.context()))['example-session'].value

      await postFromElsewhere(page, `${url()}/cart/paid`)
      assert.equal(await textOf(page, 'h1'), 'Cart')
      assert.equal(await page.locator('#item-1001').count(), 1)
      assert.isTrue(await isLoggedIn(page))
      assert.equal((await cookiesOf(page.context()))['example-session'].value, before)
    })

    test('a form of another site that the app refuses logs nobody out', async ({ assert }) => {
      const page = await open('/')
      await logIn(page)
      for (const path of ['/logout', '/cart/items/1001', '/nowhere']) {
        await postFromElsewhere(page, url() + path)
        assert.include(await textOf(page, '.eyebrow'), path === '/nowhere' ? '404' : '403')
      }
      assert.isTrue(await isLoggedIn(page))
      await page.goto('/cart')
      assert.equal(await page.locator('#item-1001').count(), 0)
    })

    test('a visitor from another site has a session with the next page', async ({ assert }) => {
      const page = await open('/nowhere')
      await page.context().clearCookies()
      await postFromElsewhere(page, `${url()}/cart/paid`)
      await follow(page, 'Add Sencha')
      assert.equal(await page.locator('#item-1001').count(), 1)
    })
  })
}
