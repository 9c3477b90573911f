import { test } from '@japa/runner'
import { randomBytes } from 'crypto'
import { existsSync, promises as fs } from 'fs'
import { join } from 'path'
import { system } from '../../src/AtomicFile'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { RedisDriver } from '../../src/Drivers/Redis'
import { REPLACE } from '../../src/Redis/scripts'
import { redisConfig, SERVER_DRIVERS } from '../helpers/drivers'
import { redisOf } from '../helpers/stored'
import { apps, Handler, sharedApp } from '../helpers/visits'
import { Cluster } from '../torture/cluster'

const all: Handler = ({ session }) => session.all()
const logIn =
  (user: string): Handler =>
  ({ session }) => {
    session.regenerate()
    session.put('user', user)
    session.tag(user)
  }

/** A gate, and whether somebody has come to it. */
function gate() {
  let open!: () => void
  let arrive!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  return { open, arrived, pass: () => (arrive(), opened) }
}

/** Stops the next record of a session between its entry in the list and itself. */
const STOPS: Record<string, (pass: () => Promise<void>) => () => void> = {
  file(pass) {
    const { link } = system
    system.link = async (...args) => {
      system.link = link
      await pass()
      return link(...args)
    }
    return () => void (system.link = link)
  },
  redis(pass) {
    const prototype: any = RedisDriver.prototype
    const { run } = prototype
    prototype.run = async function (...args: any[]) {
      if (args[0] === REPLACE) {
        prototype.run = run
        await pass()
      }
      return run.apply(this, args)
    }
    return () => void (prototype.run = run)
  },
}

for (const driver of Object.keys(STOPS)) {
  test.group(`A login while all sessions of its user end: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { saveUninitialized: false } })

    test(`that has its entry, and no record yet, ends with them [${driver}]`, async ({
      assert,
    }) => {
      const user = `user ${randomBytes(6).toString('hex')}`
      const one = visitor()
      await one.visit(({ session }) => session.put('cart', 1))
      const { open, arrived, pass } = gate()
      const restore = STOPS[driver](pass)
      const login = one.visit(logIn(user))
      await arrived
      await app().Session.destroyTagged(user)
      open()
      const { status, setCookies } = await login
      restore()

      assert.equal(status, 200)
      assert.deepEqual(setCookies, [])
      assert.deepEqual(await app().Session.tagged(user), [])
      assert.deepEqual(await one.ask(all), { cart: 1 })
      await one.visit(logIn(user))
      assert.equal((await one.ask(all)).user, user)
    })
  })
}

for (const driver of SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))) {
  test.group(`Logins and "log out everywhere", at once, in processes: ${driver}`, (group) => {
    group.each.timeout(60_000)
    let cluster: Cluster
    group.setup(async () => {
      cluster = await Cluster.start(driver, 2)
      return () => cluster.stop()
    })

    test(`no session that had begun is alive after it [${driver}]`, async ({ assert }) => {
      const user = `user ${randomBytes(6).toString('hex')}`
      const LOGIN = [['put', 'user', user], ['tag', user], ['regenerate']]
      const browsers = Array.from({ length: 12 }, () => cluster.browser())
      await Promise.all(browsers.map((one, via) => cluster.run(one, LOGIN, { via })))
      const changes = browsers.map((one, via) =>
        cluster.run(one, [['increment', 'n'], ['regenerate']], { via: via + 1 })
      )
      const ended = cluster.fire(cluster.browser(), '/end', { method: 'POST', body: { user } })
      await Promise.all([...changes, ended.response])
      // Whoever regenerated while it went on is found by the next pass, or by this one.
      for (const one of browsers) {
        assert.notProperty((await cluster.show(one)).values, 'user')
      }
    })
  })
}

test.group('What a list does not touch', (group) => {
  const start = apps(group)

  test('keys of others in Redis, and of another keyPrefix', async ({ assert }) => {
    const keyPrefix = `p*[${randomBytes(3).toString('hex')}]?:`
    const app = await start('redis', { config: { redis: redisConfig({ keyPrefix }) } })
    const one = app.visitor()
    await one.visit(logIn('ada'))
    const redis = redisOf(app)
    await redis.set('counter', '42')
    await redis.rpush('aaaaaaaaaaaaaaaaaaaa', 'x')
    const found = []
    for await (const info of app.Session.list()) {
      found.push(info.tag)
    }
    assert.deepEqual(found, ['ada'])
    assert.equal(await redis.get('counter'), '42')
    assert.equal(await redis.llen('aaaaaaaaaaaaaaaaaaaa'), 1)
    assert.lengthOf(await app.Session.tagged('ada'), 1)
    await redis.del('counter', 'aaaaaaaaaaaaaaaaaaaa')
  })

  test('files that are no sessions, and damaged ones', async ({ assert }) => {
    const app = await start('file')
    const location = app.app.config.get('session.file.location')
    await app.visitor().visit(logIn('ada'))
    await fs.writeFile(join(location, 'notes.txt'), 'garbage')
    await fs.writeFile(join(location, 'README'), 'garbage')
    const found = []
    for await (const info of app.Session.list()) {
      found.push(info.tag)
    }
    assert.deepEqual(found, ['ada'])
    assert.isTrue(existsSync(join(location, 'notes.txt')))
  })

  test('the list of a tag in Redis ends by itself, and with its sessions', async ({ assert }) => {
    const app = await start('redis', { session: { age: '1h' } })
    const redis = redisOf(app)
    const user = `user {${randomBytes(6).toString('hex')}}`
    const key = `sessions:tag:${encodeURIComponent(user)}`
    const one = app.visitor()
    await one.visit(logIn(user))
    assert.approximately(await redis.pttl(key), 7_200_000, 5000)
    await one.visit(({ session }) => session.setAge('30 days'))
    assert.approximately(await redis.pttl(key), 60 * 86_400_000, 60_000)
    await one.visit(({ session }) => session.invalidate())
    assert.equal(await redis.exists(key), 0)
  })
})

test.group('A list of a store that is down', (group) => {
  const start = apps(group)
  const TROUBLES: [what: string, next: () => Promise<never>][] = [
    ['fails', () => Promise.reject(new Error('connection refused'))],
    ['does not answer', () => new Promise(() => {})],
  ]
  for (const [what, next] of TROUBLES) {
    test(`that ${what} is told with its code, within the deadline`, async ({ assert }) => {
      const { Session, visitor } = await start('memory', { session: { storeTimeout: '100ms' } })
      const one = visitor()
      await one.visit(logIn('a user of a store that is down'))
      const { tagged, list } = MemoryDriver.prototype
      const silent: any = async function* () {
        yield await next()
      }
      Object.assign(MemoryDriver.prototype, { tagged: silent, list: silent })
      const codeOf = (promise: Promise<unknown>) => promise.catch(({ code }) => code)
      const found = await Promise.all([
        codeOf(Session.tagged('a user')),
        codeOf(Session.destroyTagged('a user')),
        codeOf(Session.list()[Symbol.asyncIterator]().next()),
      ])
      Object.assign(MemoryDriver.prototype, { tagged, list })
      assert.deepEqual(found, Array(3).fill('E_SESSION_STORE_UNAVAILABLE'))
    })
  }
})
