import { test } from '@japa/runner'
import { follow, inBrowser, isLoggedIn, logIn, PHONE, textOf } from './helpers'

const PLAIN = { ...PHONE, javaScriptEnabled: false }

inBrowser('without JavaScript', 'redis', ({ open }) => {
  test('"Send twenty" sends one request, as the page says', async ({ assert }) => {
    const page = await open('/', PLAIN)
    assert.include(await textOf(page, 'main'), 'Without JavaScript, the button sends one request.')
    await follow(page, 'Send twenty')
    assert.equal(await textOf(page, 'output'), '1 counted so far')
    assert.include(await textOf(page, '#values'), '"parallel": 1')
  })

  test('cart, form, login and logout work', async ({ assert }) => {
    const page = await open('/cart', PLAIN)
    await follow(page, 'Add Peppermint')
    assert.equal(await textOf(page, '#total'), '€4.90')

    await page.goto('/contact')
    await page.getByLabel('Name').fill('G')
    await follow(page, 'Send')
    assert.equal(await textOf(page, '#name-error'), 'A name has at least two letters.')
    assert.equal(await page.getByLabel('Name').inputValue(), 'G')

    await logIn(page)
    assert.isTrue(await isLoggedIn(page))
    await follow(page, 'Your devices', 'link')
    assert.equal(await textOf(page, '#own'), 'This device')

    await page.goto('/account')
    await follow(page, 'Log out')
    assert.equal(await textOf(page, '[role=status]'), 'You are logged out.')
    assert.isFalse(await isLoggedIn(page))
  })
})
