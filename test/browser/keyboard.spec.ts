import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { inBrowser, textOf } from './helpers'

/** More than any page has to step through. */
const MOST_STEPS = 60

/** Tab until an element is reached. Each on the way must be seen to have the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press('Tab')
    const [isReached, isSeen, html] = (await page.evaluate(
      `(() => {
        const element = document.activeElement
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        const { width, height, left, right } = element.getBoundingClientRect()
        const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
        const isInside = width > 0 && height > 0 && left >= 0 && right <= innerWidth
        return [element.matches(${JSON.stringify(selector)}), isSeen && isInside, element.outerHTML]
      })()`
    )) as [boolean, boolean, string]
    if (!isSeen && !html.startsWith('<body')) {
      throw new Error(`Nobody sees that this has the focus: ${html}`)
    }
    if (isReached) {
      return
    }
  }
  throw new Error(`The Tab key does not get to ${selector}`)
}

/** Tab to an element, and Enter: another page follows. */
async function enter(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector)
  await press(page)
}

async function press(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}

inBrowser('keyboard alone', 'redis', ({ open }) => {
  test('the first stop skips to the content', async ({ assert }) => {
    const page = await open('/cart')
    await tabTo(page, '.skip')
    await page.keyboard.press('Enter')
    await tabTo(page, 'main button')
    assert.equal(await page.evaluate('document.activeElement.innerText'), 'Add')
  })

  test('tea gets into the cart and out of it', async ({ assert }) => {
    const page = await open('/')
    await enter(page, '.nav [href="/cart"]')
    await enter(page, '[aria-label="Add Sencha"]')
    await enter(page, '[aria-label="One Sencha more"]')
    assert.equal(await textOf(page, '#total'), '€17.80')
    await enter(page, '[aria-label="Remove Sencha"]')
    assert.equal(await textOf(page, '.empty'), 'Nothing yet.')
  })

  test('"Send twenty" keeps the focus, unless that has moved on', async ({ assert }) => {
    const page = await open('/')
    const hasFocus = () => page.locator('[data-parallel] button:focus').count()
    await tabTo(page, '[data-parallel] button')
    await page.keyboard.press('Enter')
    await page.getByText(/in all\.$/).waitFor()
    assert.equal(await hasFocus(), 1)

    await page.keyboard.press('Enter')
    await tabTo(page, '#values')
    await page.getByText('40 in all.').waitFor()
    assert.equal(await hasFocus(), 0)
  })

  test('a wrong form is mended and sent', async ({ assert }) => {
    const page = await open('/contact')
    await tabTo(page, '#name')
    await page.keyboard.type('Grace')
    await press(page)
    assert.equal(await textOf(page, '#email-error'), 'We need an address to answer to.')

    await tabTo(page, '#email')
    await page.keyboard.type('grace@example.com')
    await tabTo(page, '[type=radio]')
    await page.keyboard.press('Space')
    await tabTo(page, '#message')
    await page.keyboard.type('Is the kettle still warm?')
    await enter(page, 'form .row .button')
    assert.include(await textOf(page, '[role=status]'), 'Thank you, Grace.')
  })

  test('a login leads to the devices, and other devices are logged out', async ({ assert }) => {
    const [page, other] = [await open('/'), await open('/login')]
    for (const browser of [other, page]) {
      await browser.goto('/login')
      await tabTo(browser, '#email')
      await browser.keyboard.type('ada@example.com')
      await tabTo(browser, '#password')
      await browser.keyboard.type('enchantress')
      await press(browser)
      assert.equal(await textOf(browser, 'h1'), 'Ada Lovelace')
    }

    await enter(page, 'main [href="/devices"]')
    await enter(page, 'main [href="/devices/end"]')
    await tabTo(page, '#password')
    await page.keyboard.type('enchantress')
    await press(page)
    assert.match(await textOf(page, '[role=status]'), /devices? (is|are) logged out/)
    await other.reload()
    assert.equal(await textOf(other, 'h1'), 'Log in')

    await enter(page, '.nav [href="/account"]')
    await enter(page, 'main form button')
    assert.equal(await textOf(page, '[role=status]'), 'You are logged out.')
  })
})
