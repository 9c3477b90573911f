import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { DESKTOP, follow, inBrowser, PHONE, textOf } from './helpers'

const PAIRS = [
  ['cookie', 'phone', PHONE],
  ['redis', 'desktop', DESKTOP],
] as const

/** Somebody changes an attribute in the page, which the server can't prevent. */
const change = (page: Page, selector: string, name: string, value: string) =>
  page.evaluate(
    `document.querySelector(${JSON.stringify(selector)}).setAttribute('${name}', '${value}')`
  )

for (const [driver, width, options] of PAIRS) {
  inBrowser(`pages, ${width}`, driver, ({ open }) => {
    test('a reload counts a visit, and another browser starts at one', async ({ assert }) => {
      const page = await open('/', options)
      assert.equal(await textOf(page, '#visits'), '1')
      await page.reload()
      assert.equal(await textOf(page, '#visits'), '2')
      assert.equal(await textOf(page, '#fresh'), 'no')

      const other = await open('/', options)
      assert.equal(await textOf(other, '#visits'), '1')
    })

    test('the cart adds, changes, removes and is emptied', async ({ assert }) => {
      const page = await open('/cart', options)
      await follow(page, 'Add Sencha')
      await follow(page, 'Add Darjeeling')
      assert.equal(await textOf(page, '[role=status]'), 'Darjeeling is in your cart.')
      assert.equal(await textOf(page, '#total'), '€21.30')

      await follow(page, 'One Sencha more')
      assert.equal(await textOf(page, '#total'), '€30.20')
      await follow(page, 'Remove Darjeeling')
      assert.equal(await textOf(page, '#total'), '€17.80')

      await follow(page, 'Empty cart')
      assert.equal(await textOf(page, '.empty'), 'Nothing yet.')
    })

    test('an amount that nobody can order is refused in words, and the cart stays', async ({
      assert,
    }) => {
      const page = await open('/cart', options)
      await follow(page, 'Add Sencha')
      for (const amount of ['1.5', '21', '-1', 'many']) {
        await change(page, '[aria-label="One Sencha more"]', 'value', amount)
        await follow(page, 'One Sencha more')
        assert.equal(await textOf(page, '.error'), 'Choose a whole number from 0 to 20.')
        assert.equal(await textOf(page, '#total'), '€8.90')
      }
    })

    test('tea that is not sold has no page', async ({ assert }) => {
      const page = await open('/cart', options)
      await follow(page, 'Add Sencha')
      for (const [button, action] of [
        ['Add Darjeeling', '/cart/items/77'],
        ['One Sencha more', '/cart/items/77/amount'],
        ['Remove Sencha', '/cart/items/77/remove'],
      ]) {
        await page.goto('/cart')
        await change(page, `form:has([aria-label="${button}"])`, 'action', action)
        await follow(page, button)
        assert.equal(await textOf(page, 'h1'), 'Page not found')
      }
      await follow(page, /^Cart/, 'link')
      assert.equal(await textOf(page, '#total'), '€8.90')
    })

    test('a wrong form has its errors and what was typed, once', async ({ assert }) => {
      const page = await open('/contact', options)
      await page.getByLabel('Name').fill('Grace <Hopper>')
      await page.getByLabel('Email').fill('grace')
      await page.getByLabel('A question').check()
      await follow(page, 'Send')

      assert.equal(await textOf(page, '#email-error'), 'This does not look like an email address.')
      assert.equal(await textOf(page, '#message-error'), 'Write us something.')
      assert.equal(await page.getByLabel('Name').inputValue(), 'Grace <Hopper>')
      assert.isTrue(await page.getByLabel('A question').isChecked())

      await page.goto('/contact')
      assert.equal(await page.locator('.error').count(), 0)
      assert.equal(await page.getByLabel('Name').inputValue(), '')
    })

    test('a form with 10 KB of text has its errors, and no page is an error', async ({
      assert,
    }) => {
      const page = await open('/contact')
      await page.getByLabel('Message').fill('x'.repeat(10_000))
      await follow(page, 'Send')
      assert.equal(await textOf(page, '#message-error'), 'This is too long.')
      assert.equal(await textOf(page, '#name-error'), 'Tell us your name.')
    })

    test('what no browser sends is refused in words, too', async ({ assert }) => {
      const page = await open('/contact', options)
      for (const name of ['name', 'copy']) {
        await change(page, `[name=${name}]`, 'value', 'x')
        await change(page, `[name=${name}]`, 'name', `${name}[of]`)
      }
      await page.getByLabel('Send me a copy').check()
      await follow(page, 'Send')
      assert.notInclude(await textOf(page, 'main'), 'validation failed')
      assert.equal(await page.getByText('This is not what the form asks for.').count(), 2)
    })

    test('a form of more than 1 MB has a page that says so', async ({ assert }) => {
      const page = await open('/contact', options)
      await page.getByLabel('Message').fill('x'.repeat(1_100_000))
      await follow(page, 'Send')
      assert.equal(await textOf(page, 'h1'), 'This form is too large')
    })

    test('"Send twenty" says what was counted, and shows it in what the session holds', async ({
      assert,
    }) => {
      const page = await open('/')
      assert.notInclude(await textOf(page, '#values'), 'parallel')
      await page.getByRole('button', { name: 'Send twenty' }).click()
      await page.getByText(/in all\.$/).waitFor()

      const said = await textOf(page, 'output')
      const [, counted] = said.match(/^20 sent, (\d+) counted/)!
      assert.equal(JSON.parse(await textOf(page, '#values')).parallel, Number(counted))
      if (driver === 'cookie') {
        assert.include(await textOf(page, 'main'), 'updates get lost')
      } else {
        assert.equal(counted, '20')
        assert.include(await textOf(page, 'main'), 'No update gets lost')
      }
    })

    test('home says what it is, and shows what the session holds after "Send twenty"', async ({
      assert,
    }) => {
      const page = await open('/')
      assert.equal(await textOf(page, 'h1'), 'HTTP sessions for AdonisJS 5')
      assert.match(await textOf(page, 'h1 + p'), /^An example of adonis5-session: .*\.$/)

      const titles = await page.locator('h2').allInnerTexts()
      const place = titles.indexOf('Twenty requests at once')
      assert.equal(titles[place + 1], 'Everything it holds')
      assert.equal(await textOf(page, 'li:has(.badge) strong'), driver)
    })
  })
}
