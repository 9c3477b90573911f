import { test } from '@japa/runner'
import { ChildProcess, fork } from 'child_process'
import { randomBytes } from 'crypto'
import { once } from 'events'
import { join } from 'path'
import { Browser } from '../helpers/browser'
import { driversThat, temporaryDirectory } from '../helpers/drivers'

const ROOT = join(__dirname, '..', '..')

async function startServer(
  store: string,
  location: string
): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(__dirname, 'server.ts'), [store, location], {
    execArgv: ['-r', join(ROOT, 'bin', 'register')],
    cwd: ROOT,
  })
  const [url] = await once(child, 'message')
  return { child, url: url as string }
}

/** A copy of the cookies of a browser, for another server. */
function copyOf(browser: Browser, url: string): Browser {
  const copy = new Browser(url)
  copy.jar = new Map(browser.jar)
  return copy
}

for (const store of driversThat('isAtomic', 'isShared')) {
  test.group(`Cookie sessions on two servers, endings in ${store}`, (group) => {
    let urls: string[]
    group.setup(async () => {
      const location = temporaryDirectory()
      const servers = await Promise.all([1, 2].map(() => startServer(store, location)))
      urls = servers.map(({ url }) => url)
      return () => servers.forEach(({ child }) => child.kill('SIGKILL'))
    })

    async function loggedIn() {
      const user = randomBytes(6).toString('hex')
      const browser = new Browser(urls[0])
      const { id } = (await browser.get(`/login/${user}`)).json
      const thief = copyOf(browser, urls[1])
      return { user, id, browser, thief, me: () => userOf(thief) }
    }
    const userOf = async (browser: Browser) => (await browser.get('/me')).json.user

    test(`a logout is one on the other server, too [${store}]`, async ({ assert }) => {
      const { user, browser, thief, me } = await loggedIn()
      assert.equal(await userOf(copyOf(browser, urls[1])), user)
      await browser.get('/logout')
      assert.isNull(await me())
      assert.isNull(await userOf(copyOf(thief, urls[0])))
    })

    test(`a login retires the id of before on the other server, too [${store}]`, async ({
      assert,
    }) => {
      const { browser, thief } = await loggedIn()
      await browser.get('/login/other')
      assert.equal(await userOf(copyOf(browser, urls[1])), 'other')
      assert.notEqual(await userOf(thief), 'other')
      await browser.get('/logout')
      assert.isNull(await userOf(thief))
    })

    test(`Session.destroy and destroyTagged end sessions on the other server, too [${store}]`, async ({
      assert,
    }) => {
      const [one, other] = [await loggedIn(), await loggedIn()]
      await new Browser(urls[0]).get(`/destroy/${one.id}`)
      assert.isNull(await one.me())
      assert.equal(await other.me(), other.user)

      await new Browser(urls[0]).get(`/end/${other.user}`)
      assert.isNull(await other.me())
      const again = new Browser(urls[1])
      await again.get(`/login/${other.user}`)
      assert.equal(await userOf(again), other.user)
      assert.isNull(await other.me())
    })
  })
}
