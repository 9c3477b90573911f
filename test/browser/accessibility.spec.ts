import { readFileSync } from 'fs'
import { test } from '@japa/runner'
import type { BrowserContextOptions, Page } from 'playwright'
import { startRedis } from '../services/redis'
import { startExample } from '../helpers/example'
import { DESKTOP, DRIVERS, follow, inBrowser, logIn, PHONE, textOf, WIDTHS } from './helpers'

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on a page, each with the elements that it found it in. */
async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const run = `axe.run({ resultTypes: ['violations'] })`
  const { violations } = (await page.evaluate(run)) as any
  return violations.map(
    ({ id, nodes }: any) => `${page.url()}: ${id}: ${nodes.map(({ html }: any) => html).join(' ')}`
  )
}

/** A form of the page is sent with a token that is none. */
async function sendWithoutToken(page: Page) {
  await page.goto('/cart')
  await page.evaluate(
    `document.querySelectorAll('[name=_csrf]').forEach((field) => field.remove())`
  )
  await follow(page, 'Add Sencha')
}

/** What a page is looked at with: both widths and both sets of colors, which don't depend on each other. */
const LOOKS: [BrowserContextOptions, 'light' | 'dark'][] = [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
]

for (const driver of DRIVERS) {
  inBrowser('accessibility', driver, ({ open }) => {
    test('axe finds nothing on any page, on phone and desktop', async ({ assert }) => {
      const page = await open('/')
      const problems: string[] = []
      const check = async (title: string) => {
        assert.equal(await textOf(page, 'h1'), title)
        for (const [{ viewport }, colorScheme] of LOOKS) {
          await page.setViewportSize(viewport!)
          await page.emulateMedia({ colorScheme })
          problems.push(...(await problemsOf(page)))
        }
      }
      await check('HTTP sessions for AdonisJS 5')
      await logIn(page)
      await check('Ada Lovelace')
      await page.goto('/devices')
      await check('Your devices')
      if (driver === 'cookie') {
        // The other pages are the same.
        assert.deepEqual(problems, [])
        return
      }
      await page.goto('/devices/end')
      await check('Log out all other devices')
      await page.goto('/cart')
      await check('Cart')
      await follow(page, 'Add Sencha')
      await check('Cart')
      await page.goto('/contact')
      await check('Form')
      await follow(page, 'Send')
      await check('Form')
      await page.goto('/nowhere')
      await check('Page not found')
      await sendWithoutToken(page)
      await check('This form was not accepted')
      await page.context().clearCookies()
      await page.goto('/account')
      await check('Log in')
      assert.deepEqual(problems, [])
    })
  })
}

inBrowser('error pages', 'redis', ({ open, person }) => {
  test('error pages lead to every other page', async ({ assert }) => {
    const page = await open('/nowhere')
    for (const [name, title] of [
      ['Session', 'HTTP sessions for AdonisJS 5'],
      ['Cart', 'Cart'],
      ['Form', 'Form'],
      ['Account', 'Log in'],
    ]) {
      await page.goto('/nowhere')
      await follow(page, name, 'link')
      assert.equal(await textOf(page, 'h1'), title)
    }
    await page.goto('/nowhere')
    await follow(page, 'Back to the home page', 'link')
    assert.equal(await textOf(page, 'h1'), 'HTTP sessions for AdonisJS 5')
  })

  test('while the store is down, a page says so and leads on, and axe finds nothing on it', async ({
    assert,
  }) => {
    const redis = await startRedis()
    const example = await startExample('redis', { REDIS_PORT: String(redis.port) })
    try {
      const pages = await Promise.all(
        WIDTHS.map(async ([, options]) =>
          (await person({ ...options, baseURL: example.url })).newPage()
        )
      )
      await Promise.all(pages.map((page) => page.goto('/cart')))
      await redis.kill()
      for (const page of pages) {
        const response = await page.reload()
        assert.equal(response!.status(), 503)
        assert.equal(await textOf(page, 'h1'), 'Sessions are unavailable')
        assert.deepEqual(await page.locator('nav a').allInnerTexts(), [
          'Session',
          'Cart',
          'Form',
          'Account',
        ])
        assert.deepEqual(await problemsOf(page), [])
      }
    } finally {
      await Promise.all([example.stop(), redis.stop()])
    }
  })
})
