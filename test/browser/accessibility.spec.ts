import { readFileSync } from 'fs'
import { test } from '@japa/runner'
import type { BrowserContextOptions, Page } from 'playwright'
import { startRedis } from '../services/redis'
import { startExample } from '../helpers/example'
import { DESKTOP, follow, inBrowser, logIn, PHONE, textOf } from './helpers'

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What a page is looked at with: both widths and both sets of colors, which don't depend on each other. */
const LOOKS: [BrowserContextOptions, 'light' | 'dark'][] = [
  [PHONE, 'light'],
  [DESKTOP, 'dark'],
]

/** What axe only warns of: a label that may go unread, with what is in the element. */
const UNSURE = 'aria-prohibited-attr'

/** What axe finds on a page, each with the elements that it found it in; what's wider than the screen; a wrong title. */
async function problemsOf(page: Page, title: string): Promise<string[]> {
  const problems: string[] = []
  const found = await textOf(page, 'h1')
  if (found !== title) {
    problems.push(`${page.url()} is "${found}" and not "${title}"`)
  }
  await page.evaluate(AXE)
  for (const [{ viewport }, colorScheme] of LOOKS) {
    await page.setViewportSize(viewport!)
    await page.emulateMedia({ colorScheme })
    const { violations, tooWide } = (await page.evaluate(
      `axe.run({ resultTypes: ['violations', 'incomplete'] }).then(({ violations, incomplete }) => ({
        violations: [...violations, ...incomplete.filter(({ id }) => id === '${UNSURE}')].map(
          ({ id, nodes }) => [id, ...nodes.map(({ html }) => html)].join(' ')
        ),
        tooWide: document.documentElement.scrollWidth - innerWidth,
      }))`
    )) as { violations: string[]; tooWide: number }
    problems.push(...violations.map((violation) => `${page.url()}: ${violation}`))
    tooWide > 0 && problems.push(`${page.url()} is wider than ${viewport!.width} by ${tooWide}`)
  }
  return problems
}

/** A form of the page is sent without its token. */
async function sendWithoutToken(page: Page) {
  await page.goto('/cart')
  await page.evaluate(
    `document.querySelectorAll('[name=_csrf]').forEach((field) => field.remove())`
  )
  await follow(page, 'Add Sencha')
}

/** Where the links at the top of a page lead. */
const navigationOf = (page: Page) =>
  page.locator('nav a').evaluateAll((links: any[]) => links.map((link) => link.pathname))
const EVERYWHERE = ['/', '/cart', '/contact', '/account']

inBrowser('accessibility', 'redis', ({ open }) => {
  test('axe finds nothing on any page, and none is wider than a phone', async ({ assert }) => {
    const page = await open('/')
    const problems = await problemsOf(page, 'HTTP sessions for AdonisJS 5')
    const check = async (title: string) => problems.push(...(await problemsOf(page, title)))

    await page.goto('/account')
    await check('Log in')
    await page.goto('/contact')
    await check('Form')
    await follow(page, 'Send')
    await check('Form')

    await logIn(page)
    await check('Ada Lovelace')
    await page.goto('/devices')
    await check('Your devices')
    await page.goto('/devices/end')
    await check('Log out all other devices')

    await page.goto('/cart')
    await check('Cart')
    await follow(page, 'Add Sencha')
    await check('Cart')
    assert.deepEqual(problems, [])
  })

  test('nor on error pages, which lead to every other page', async ({ assert }) => {
    const page = await open('/nowhere')
    const problems = await problemsOf(page, 'Page not found')
    assert.deepEqual(await navigationOf(page), EVERYWHERE)

    await sendWithoutToken(page)
    problems.push(...(await problemsOf(page, 'This form was not accepted')))
    assert.deepEqual(await navigationOf(page), EVERYWHERE)
    assert.deepEqual(problems, [])

    await follow(page, 'Account', 'link')
    assert.equal(await textOf(page, 'h1'), 'Log in')
  })
})

inBrowser('accessibility', 'cookie', ({ open, person }) => {
  test('axe finds nothing on the devices page', async ({ assert }) => {
    const page = await open('/')
    await logIn(page)
    await page.goto('/devices')
    assert.deepEqual(await problemsOf(page, 'Your devices'), [])
  })

  test('while the store is down, a page says so and leads to every other page', async ({
    assert,
  }) => {
    const redis = await startRedis()
    const example = await startExample('redis', { REDIS_PORT: String(redis.port) })
    try {
      const page = await (await person({ baseURL: example.url })).newPage()
      await page.goto('/cart')
      await redis.kill()

      assert.equal((await page.reload())!.status(), 503)
      assert.deepEqual(await navigationOf(page), EVERYWHERE)
      assert.deepEqual(await problemsOf(page, 'Sessions are unavailable'), [])
    } finally {
      await Promise.all([example.stop(), redis.stop()])
    }
  })
})
