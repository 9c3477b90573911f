import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { cookiesOf, DRIVERS, follow, inBrowser, isLoggedIn, logIn, PHONE, textOf } from './helpers'
import { Gate } from './gate'

/** The page sends requests, one after the other without waiting, past its cache; resolves with their statuses. */
function send(
  page: Page,
  method: 'GET' | 'POST',
  paths: string[],
  fields: Record<string, string> = {}
): Promise<number[]> {
  return page.evaluate(
    `(async ([method, paths, fields]) => {
      const _csrf = document.querySelector('[name=_csrf]').value
      const headers = { accept: 'application/json' }
      const body = method === 'GET' ? undefined : new URLSearchParams({ _csrf, ...fields })
      const sent = paths.map((path) => fetch(path, { method, headers, body, cache: 'no-store' }))
      return (await Promise.all(sent)).map(({ status }) => status)
    })(${JSON.stringify([method, paths, fields])})`
  )
}

const ADA = { email: 'ada@example.com', password: 'enchantress' }

for (const driver of DRIVERS) {
  inBrowser('logins', driver, ({ url, person, open }) => {
    test('a login leads to where the user was going, and keeps the cart', async ({ assert }) => {
      const page = await open('/cart')
      await follow(page, 'Add Rooibos')
      const before = (await cookiesOf(page.context()))['example-session'].value

      await page.goto('/devices')
      assert.equal(await textOf(page, '[role=status]'), 'Log in to see this page.')
      await page.getByLabel('Email').fill(ADA.email)
      await page.getByLabel('Password').fill('difference')
      await follow(page, 'Log in')
      assert.equal(await textOf(page, '#email-error'), 'No account has this address and password.')
      assert.equal(await page.getByLabel('Email').inputValue(), ADA.email)

      await page.getByLabel('Password').fill(ADA.password)
      await follow(page, 'Log in')
      assert.equal(new URL(page.url()).pathname, '/devices')
      assert.notEqual((await cookiesOf(page.context()))['example-session'].value, before)
      await page.goto('/cart')
      assert.equal(await page.locator('#item-1003').count(), 1)
    })

    test('a login among thirty requests at once holds', async ({ assert }) => {
      const page = await open('/login')
      const reading = Array.from({ length: 15 }, () => '/parallel')
      const [before, login, after] = [
        send(page, 'GET', reading),
        send(page, 'POST', ['/login'], ADA),
        send(page, 'GET', reading),
      ]
      assert.deepEqual(new Set([...(await before), ...(await after)]), new Set([200]))
      await login
      assert.isTrue(await isLoggedIn(page))
    })

    /** What was sent with the old id: it gets to the app, or back to the browser, after the login. */
    const LATE = [
      ['requests that change the session', 'request', 'POST'],
      ['responses to those that only read', 'response', 'GET'],
    ] as const
    for (const [what, at, method] of LATE) {
      test(`${what}, from before the login, that arrive after it log nobody out`, async ({
        assert,
      }) => {
        const gate = await Gate.before(url())
        try {
          const context = await person({ baseURL: gate.url })
          const [late, other] = [await context.newPage(), await context.newPage()]
          await late.goto('/')
          const held = Array.from({ length: 5 }, () => gate.hold(at, `${method} /parallel`))
          const statuses = send(late, method, Array(5).fill('/parallel'))
          await Promise.all(held.map(({ arrived }) => arrived))

          await logIn(other)
          held.forEach(({ release }) => release())
          assert.lengthOf(await statuses, 5)
          assert.isTrue(await isLoggedIn(other))
          assert.isTrue(await isLoggedIn(late))
        } finally {
          gate.stop()
        }
      })
    }

    test('after a logout, the Back button shows the message of now, and the next page none', async ({
      assert,
    }) => {
      const page = await open('/')
      const messages = () => page.locator('[role=status]').allInnerTexts()
      await logIn(page)
      await page.goto('/account')
      await follow(page, 'Log out')
      assert.deepEqual(await messages(), ['You are logged out.'])

      await page.goBack()
      assert.deepEqual(await messages(), ['Log in to see this page.'])
      await follow(page, 'Session', 'link')
      assert.deepEqual(await messages(), [])
    })

    test('a logout in one tab is one in the other, and the Back button shows no account', async ({
      assert,
    }) => {
      const context = await person()
      const [tab, other, third] = [
        await context.newPage(),
        await context.newPage(),
        await context.newPage(),
      ]
      await logIn(tab)
      await other.goto('/account')
      await third.goto('/account')
      await third.goto('/cart')

      await follow(tab, 'Log out')
      assert.equal(await textOf(tab, '[role=status]'), 'You are logged out.')
      await tab.goBack()
      assert.equal(await textOf(tab, 'h1'), 'Log in')

      await third.goBack()
      assert.equal(await textOf(third, 'h1'), 'Log in')

      await follow(other, 'Log out')
      assert.equal(await textOf(other, 'h1'), 'This form was not accepted')
      await follow(other, 'Account', 'link')
      assert.equal(await textOf(other, 'h1'), 'Log in')
    })
  })
}

inBrowser('devices', 'redis', ({ open }) => {
  test('a phone is listed on the desktop, and logged out from there', async ({ assert }) => {
    const userAgent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1'
    const phone = await open('/', { ...PHONE, userAgent })
    const desktop = await open('/')
    await logIn(phone)
    await logIn(desktop)

    await follow(desktop, 'Your devices', 'link')
    assert.equal(await textOf(desktop, '#own-name'), 'Chrome on Linux')
    await follow(desktop, /^Log out Safari on iOS/, 'link')
    assert.equal(await textOf(desktop, 'h1'), 'Log out Safari on iOS')
    const confirmation = desktop.url()
    await desktop.getByLabel('Password').fill(ADA.password)
    await follow(desktop, 'Log out Safari on iOS')

    assert.equal(await textOf(desktop, '[role=status]'), 'One device is logged out.')
    assert.notInclude(await textOf(desktop, 'main'), 'Safari on iOS')
    assert.isFalse(await isLoggedIn(phone))
    assert.isTrue(await isLoggedIn(desktop))

    await desktop.goto(confirmation)
    assert.equal(await textOf(desktop, 'h1'), 'Your devices')
    assert.include(await textOf(desktop, '[role=status]'), "isn't in the list")
  })
})

/** What only some drivers can do; with the cookie driver no page says it. */
const LISTING = ["Where you're logged in", 'Session.tagged']

inBrowser('devices', 'cookie', ({ open }) => {
  test('the page says that there is no list, and no way to end other sessions', async ({
    assert,
  }) => {
    const page = await open('/')
    await logIn(page)
    assert.include(await textOf(page, '[aria-labelledby=devices]'), 'What the server knows')
    await follow(page, 'Your devices', 'link')
    for (const text of [...LISTING, 'session.tag', 'Session.destroyTagged']) {
      assert.notInclude(await textOf(page, 'main'), text)
    }
    assert.include(await textOf(page, 'main'), "the server can't list them")
    assert.include(await textOf(page, 'main'), 'SESSION_REVOCATION=file')
    assert.equal(await page.getByRole('link', { name: 'Log out all other devices' }).count(), 0)

    await page.goto('/devices/end')
    assert.equal(new URL(page.url()).pathname, '/devices')
    await page.goto('/account')
    assert.deepEqual(await send(page, 'POST', ['/devices/end'], ADA), [200])
    assert.isTrue(await isLoggedIn(page))
  })
})

inBrowser(
  'devices',
  'cookie',
  ({ open }) => {
    test('there is no list, and all other devices can be logged out', async ({ assert }) => {
      const [phone, desktop] = [await open('/', PHONE), await open('/')]
      await logIn(phone)
      await logIn(desktop)

      await follow(desktop, 'Your devices', 'link')
      assert.include(await textOf(desktop, 'main'), 'It can end them.')
      assert.include(await textOf(desktop, '.how'), '{ except: session }')
      for (const text of LISTING) {
        assert.notInclude(await textOf(desktop, 'main'), text)
      }
      await follow(desktop, 'Log out all other devices', 'link')
      await desktop.getByLabel('Password').fill(ADA.password)
      await follow(desktop, 'Log out all other devices')

      assert.equal(await textOf(desktop, '[role=status]'), 'All other devices are logged out.')
      assert.isFalse(await isLoggedIn(phone))
      assert.isTrue(await isLoggedIn(desktop))
    })
  },
  { SESSION_REVOCATION: 'file' }
)
