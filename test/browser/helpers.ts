import { test } from '@japa/runner'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright'
import { sharedChromium } from '../helpers/chromium'
import { Example, startExample } from '../helpers/example'

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
}
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }
export const WIDTHS: [string, BrowserContextOptions][] = [
  ['phone', PHONE],
  ['desktop', DESKTOP],
]

/** The drivers of most tests: in the browser, and on a server. */
export const DRIVERS = ['cookie', 'redis']

/** The example on each driver. It ends with this process. */
const examples = new Map<string, Promise<Example>>()

function exampleOn(driver: string, env: Record<string, string>): Promise<Example> {
  const key = JSON.stringify([driver, env])
  if (!examples.has(key)) {
    examples.set(key, startExample(driver, env))
  }
  return examples.get(key)!
}

/**
 * People with browsers, each with cookies of its own. One that a test has used is used again by the next, with no
 * cookies: to open one takes longer than most tests.
 */
class People {
  private all: { key: string; context: BrowserContext; isFree: boolean }[] = []

  public async come(options: BrowserContextOptions): Promise<BrowserContext> {
    const key = JSON.stringify(options)
    let person = this.all.find((other) => other.isFree && other.key === key)
    if (!person) {
      const context = await (await sharedChromium()).newContext(options)
      context.setDefaultTimeout(10_000)
      person = { key, context, isFree: true }
      this.all.push(person)
    }
    person.isFree = false
    return person.context
  }

  /** Between two tests: one page stays open. */
  public async rest(): Promise<void> {
    for (const person of this.all) {
      const [, ...others] = person.context.pages()
      await Promise.all(others.map((page) => page.close()))
      await person.context.clearCookies()
      person.isFree = true
    }
  }
}

const people = new People()

export interface Visited {
  /** Where the example is. */
  url(): string
  /** A person with a browser of his own. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>
  /** The same, with a page open. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
}

/** Tests of the example in Chromium. There are none in a run without it. */
export function inBrowser(
  title: string,
  driver: string,
  tests: (visited: Visited) => void,
  env: Record<string, string> = {}
) {
  if (!process.env.TEST_CHROMIUM) {
    return
  }
  test.group(`Browser | ${title} | ${[driver, ...Object.values(env)].join(', ')}`, (group) => {
    let url: string
    group.each.timeout(120_000)

    group.setup(async () => {
      url = (await exampleOn(driver, env)).url
    })
    group.each.teardown(() => people.rest())

    const person = (options: BrowserContextOptions = DESKTOP) =>
      people.come({ baseURL: url, ...options })
    const open = async (path: string, options?: BrowserContextOptions) => {
      const context = await person(options)
      const page = context.pages()[0] ?? (await context.newPage())
      await page.goto(path)
      return page
    }
    tests({ url: () => url, person, open })
  })
}

export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).innerText()).trim()

/** Clicks what leads to another page, and waits for that. */
export async function follow(
  page: Page,
  name: string | RegExp,
  role: 'button' | 'link' = 'button'
) {
  const link = page.getByRole(role, { name, exact: true })
  await Promise.all([page.waitForEvent('load'), link.click()])
}

export async function logIn(page: Page): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('Email').fill('ada@example.com')
  await page.getByLabel('Password').fill('enchantress')
  await follow(page, 'Log in')
}

export const isLoggedIn = async (page: Page): Promise<boolean> => {
  await page.goto('/account')
  return (await textOf(page, 'h1')) === 'Ada Lovelace'
}

/** The cookies that the browser has, by name. */
export async function cookiesOf(context: BrowserContext) {
  const cookies = await context.cookies()
  return Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie]))
}
