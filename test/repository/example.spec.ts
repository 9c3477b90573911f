import { execFile } from 'child_process'
import { once } from 'events'
import { join } from 'path'
import { test } from '@japa/runner'
import { ROOT } from '../helpers/app'
import { Browser, BrowserResponse } from '../helpers/browser'
import { databases } from '../helpers/databases'
import { configName, driversThat } from '../helpers/drivers'
import { Example, launchExample, startExample } from '../helpers/example'
import { freePort } from '../services/server'

/** What an element with this id says. */
function textOf({ text }: BrowserResponse, id: string): string | undefined {
  return text.match(new RegExp(`id="${id}"[^>]*>([^<]*)<`))?.[1].trim()
}

/** A person with a browser: reads a page, fills in a form on it and sends it. */
class Visitor {
  public browser: Browser

  constructor(url: string) {
    this.browser = new Browser(url)
  }

  public async read(path: string) {
    return this.browser.get(path, { followRedirects: true })
  }

  /** Sends a form of a page, with the token that the page gave it, and reads the page that follows. */
  public async send(page: string, action: string, fields: Record<string, string> = {}) {
    const { text } = await this.browser.get(page)
    const token = text.match(/name='_csrf' value='([^']+)'/)![1]
    const options = { followRedirects: true }
    return this.browser.post(action, { _csrf: token, ...fields }, options)
  }

  public logIn() {
    const demo = { email: 'ada@example.com', password: 'enchantress' }
    return this.send('/login', '/login', demo)
  }
}

for (const driver of [...driversThat('isByEnvironment'), ...databases()]) {
  test.group(`Example | ${driver} driver`, (group) => {
    let example: Example

    group.setup(async () => {
      example = await startExample(driver)
      return () => example.stop()
    })
    group.each.timeout(120_000)

    test('a visit is counted, and the id is fresh only once', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      const first = await visitor.read('/')
      const second = await visitor.read('/')

      assert.equal(textOf(first, 'driver'), configName(driver))
      assert.deepEqual([textOf(first, 'visits'), textOf(first, 'fresh')], ['1', 'yes'])
      assert.deepEqual([textOf(second, 'visits'), textOf(second, 'fresh')], ['2', 'no'])
      assert.equal(textOf(second, 'session-id'), textOf(first, 'session-id'))
    })

    test('twenty requests at once are twenty counted', async ({ assert }) => {
      const { browser } = new Visitor(example.url)
      const { text } = await browser.get('/')
      const token = text.match(/name='_csrf' value='([^']+)'/)![1]
      const headers = { accept: 'application/json' }

      const responses = await Promise.all(
        Array.from({ length: 20 }, () => browser.post('/parallel', { _csrf: token }, { headers }))
      )

      assert.isTrue(responses.every(({ status }) => status === 204))
      assert.equal((await browser.get('/parallel', { headers })).json.count, 20)
    })

    test('the cart adds, changes, removes and totals', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      await visitor.send('/cart', '/cart/items/1001')
      await visitor.send('/cart', '/cart/items/1001')
      const added = await visitor.send('/cart', '/cart/items/1002')
      assert.equal(textOf(added, 'total'), '€30.20')

      const changed = await visitor.send('/cart', '/cart/items/1001/amount', { amount: '3' })
      assert.equal(textOf(changed, 'total'), '€39.10')

      const removed = await visitor.send('/cart', '/cart/items/1002/remove')
      assert.equal(textOf(removed, 'total'), '€26.70')
      assert.notInclude(removed.text, 'id="item-1002"')

      const none = await visitor.send('/cart', '/cart/items/1001/amount', { amount: '0' })
      assert.include(none.text, 'Nothing yet.')
    })

    test('a wrong form comes back with its errors and input, once', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      const fields = { name: 'Grace <Hopper>', email: 'grace', topic: 'A question', message: '' }
      const wrong = await visitor.send('/contact', '/contact', fields)

      assert.equal(textOf(wrong, 'email-error'), 'This does not look like an email address.')
      assert.equal(textOf(wrong, 'message-error'), 'Write us something.')
      assert.isUndefined(textOf(wrong, 'name-error'))
      assert.include(wrong.text, 'value="Grace &lt;Hopper&gt;"')
      assert.include(wrong.text, 'value="A question" checked')

      const again = await visitor.read('/contact')
      assert.notInclude(again.text, '-error"')
      assert.notInclude(again.text, 'Grace')
      assert.notInclude(again.text, 'checked')
    })

    test('a right form is thanked for, once', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      const message = 'Is the kettle still warm?'
      const fields = { name: 'Grace', email: 'grace@example.com', topic: 'A question', message }

      assert.include((await visitor.send('/contact', '/contact', fields)).text, 'Thank you, Grace.')
      assert.notInclude((await visitor.read('/contact')).text, 'Thank you, Grace')
    })

    test('a form without its token is refused', async ({ assert }) => {
      const { browser } = new Visitor(example.url)
      await browser.get('/cart')
      const refused = await browser.post('/cart/items/1001', {})

      assert.equal(refused.status, 403)
      assert.include((await browser.get('/cart')).text, 'Nothing yet.')
    })

    test('a login changes the id and keeps the cart; the old id is not logged in', async ({
      assert,
    }) => {
      const visitor = new Visitor(example.url)
      await visitor.send('/cart', '/cart/items/1003')
      const before = visitor.browser.clone()
      const idBefore = textOf(await visitor.read('/'), 'session-id')

      const account = await visitor.logIn()
      assert.include(account.text, 'Welcome, Ada Lovelace.')
      assert.equal(textOf(account, 'id-before'), idBefore)

      const idAfter = textOf(await visitor.read('/'), 'session-id')
      assert.equal(textOf(account, 'id-after'), idAfter)
      assert.notEqual(idAfter, idBefore)
      assert.include((await visitor.read('/cart')).text, 'id="item-1003"')
      assert.equal((await before.get('/account')).headers.location, '/login')
    })

    test('a wrong password is an error beside the old address', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      const fields = { email: 'ada@example.com', password: 'difference' }
      const wrong = await visitor.send('/login', '/login', fields)

      assert.equal(textOf(wrong, 'email-error'), 'No account has this address and password.')
      assert.include(wrong.text, 'value="ada@example.com"')
      assert.notInclude(wrong.text, 'difference')
    })

    test('whoever logs in is taken where he was going', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      assert.include((await visitor.read('/account')).text, 'Log in to see this page.')
      assert.include((await visitor.logIn()).text, '<h1>Ada Lovelace</h1>')
    })

    test('devices are listed, and others are logged out after the password', async ({ assert }) => {
      const [phone, desktop, tablet] = [1, 2, 3].map(() => new Visitor(example.url))
      const agent =
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1'
      phone.browser.headers = { 'user-agent': agent }
      await phone.logIn()
      await desktop.logIn()
      await tablet.logIn()

      const devices = await desktop.read('/devices')
      assert.include(devices.text, 'Safari on iOS')
      assert.include(devices.text, 'This device')
      const [, handle] = devices.text.match(
        /device=([^"&]+)"[^>]*>\s*Log out<span[^>]*> Safari on iOS/
      )!
      const id = phone.browser.cookies()['example-session']
      assert.notInclude(devices.text, id.slice(4, 40))

      const fields = { device: handle, password: 'difference' }
      const wrong = await desktop.send('/devices/end', '/devices/end', fields)
      assert.equal(textOf(wrong, 'password-error'), 'This is not your password.')
      assert.include((await phone.read('/account')).text, '<h1>Ada Lovelace</h1>')

      const password = 'enchantress'
      const ended = await desktop.send('/devices/end', '/devices/end', { device: handle, password })
      assert.include(ended.text, 'One device is logged out.')
      assert.equal((await phone.browser.get('/account')).headers.location, '/login')
      assert.include((await tablet.read('/account')).text, '<h1>Ada Lovelace</h1>')

      const all = await desktop.send('/devices/end', '/devices/end', { password })
      assert.match(all.text, /device(s are| is) logged out/)
      assert.equal((await tablet.browser.get('/account')).headers.location, '/login')
      assert.include((await desktop.read('/devices')).text, "You aren't logged in anywhere else")
    })

    test('a logout ends the session, also for a copy of its cookies', async ({ assert }) => {
      const visitor = new Visitor(example.url)
      await visitor.send('/cart', '/cart/items/1004')
      await visitor.logIn()
      const copy = visitor.browser.clone()

      const left = await visitor.send('/account', '/logout')
      assert.include(left.text, 'You are logged out.')
      assert.include((await visitor.read('/cart')).text, 'Nothing yet.')
      assert.equal((await copy.get('/account')).headers.location, '/login')
    })
  })
}

test.group('Example', (group) => {
  let example: Example

  group.setup(async () => {
    example = await startExample('memory')
    return () => example.stop()
  })
  group.each.timeout(120_000)

  test('the application compiles with the types of the package', async ({ assert }) => {
    const tsc = require.resolve('typescript/bin/tsc')
    const output = await new Promise<string>((resolve) => {
      const args = [tsc, '--noEmit', '-p', join(ROOT, 'examples/app')]
      execFile(process.execPath, args, (_, stdout) => resolve(stdout))
    })
    assert.equal(output, '')
  })

  test('a port in use is named, with the way out', async ({ assert }) => {
    const second = launchExample({ PORT: String(example.port), SESSION_DRIVER: 'memory' })
    let errors = ''
    second.stderr!.on('data', (chunk) => (errors += chunk))

    const [code] = await once(second, 'close')
    assert.equal(code, 1)
    assert.include(errors, `Port ${example.port} is in use`)
    assert.include(errors, `PORT=${example.port + 1} npm run example`)
  })

  test('what keeps it from starting is printed, and its exit code says so', async ({ assert }) => {
    const broken = launchExample({ PORT: String(await freePort()), SESSION_DRIVER: 'nowhere' })
    let output = ''
    broken.stdout!.on('data', (chunk) => (output += chunk))

    const [code] = await once(broken, 'close')
    assert.equal(code, 1)
    assert.include(output, 'E_INVALID_SESSION_DRIVER')
  })

  test('it stops with all it started', async ({ assert }) => {
    const other = await startExample('memory')
    assert.equal(await other.stop(), 0)
    await assert.rejects(async () => {
      await new Browser(other.url).get('/')
    }, /ECONNREFUSED/)
  })
})
