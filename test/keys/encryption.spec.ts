import { test } from '@japa/runner'
import { randomBytes } from 'crypto'
import { promises as fs } from 'fs'
import { decryptText, encryptText } from '../../src/AtRest/encryption'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { TestApp } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { can, SERVER_DRIVERS } from '../helpers/drivers'
import { cookiesWithId } from '../helpers/signed'
import { fileOf, redisOf, storedTombstone, storedValues } from '../helpers/stored'
import { apps, Handler, sharedApp } from '../helpers/visits'
import { A, B, deployments, goesOn } from './helpers'

const LISTING = SERVER_DRIVERS.filter((name) => !['fourMethods', 'dynamodb'].includes(name))

const SECRET = 'the contents of a cart'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('cart', SECRET)
  session.flash('notice', SECRET)
  return session.sessionId
}
/** What waits as a message would be taken, and the session stored anew, by the next request. */
const putWithoutMessage: Handler = ({ session }) => {
  session.put('cart', SECRET)
  return session.sessionId
}
const regenerate: Handler = ({ session }) => {
  session.regenerate()
  return session.sessionId
}

for (const driver of SERVER_DRIVERS) {
  test.group(`Encryption at rest: ${driver}`, (group) => {
    const deploy = deployments(group, driver)
    const clock = stoppedClock(group)

    test(`the store holds no value in the clear, and everything works [${driver}]`, async ({
      assert,
    }) => {
      const app = await deploy(A, { encrypt: true })
      const visitor = app.visitor()
      const id = await visitor.ask(put)
      const stored = async (of: string) =>
        JSON.stringify(await storedValues(driver, app, of, visitor.browser))
      const text = await stored(id)
      assert.include(text, 'sealed')
      assert.notInclude(text, SECRET)
      assert.notInclude(text, 'cart')

      assert.equal(await visitor.ask(({ session }) => session.flashMessages.get('notice')), SECRET)
      const others = Array.from({ length: 5 }, () => visitor.clone())
      await Promise.all(
        others.map(({ visit }) => visit(({ session }) => void session.increment('n')))
      )
      const late = visitor.clone()
      const newId = await visitor.ask(regenerate)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET, n: 5 })
      assert.deepEqual(await late.ask(all), { cart: SECRET, n: 5 })
      assert.notInclude(await stored(newId), SECRET)

      await visitor.visit(({ session }) => session.invalidate())
      assert.deepEqual(await visitor.ask(all), {})

      // The bridge keeps tombstones in the process.
      if (can(driver, 'isAtomic')) {
        const shown = await storedTombstone(driver, app, id)
        assert.include(shown, '"sealed"')
        assert.notInclude(shown, SECRET)
        assert.notInclude(await storedTombstone(driver, app, newId), '"sealed"')
      }
    })

    test(`a session from before is read, and encrypted when it is touched [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A)).visitor()
      const id = await before.ask(putWithoutMessage)
      const app = await deploy(A, { encrypt: true })
      const visitor = goesOn(before, app)
      await visitor.visit(all)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET })
      await clock.passFor(driver, id, 120_000)
      await visitor.visit(all)
      const text = JSON.stringify(await storedValues(driver, app, id, visitor.browser))
      assert.notInclude(text, SECRET)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET })
    })

    test(`without "encrypt" again, an encrypted session is read, and stored in the clear [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(put)
      const app = await deploy(A)
      const visitor = goesOn(before, app)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET })
      await visitor.visit(({ session }) => session.put('n', 1))
      const stored = await storedValues(driver, app, id, visitor.browser)
      assert.equal(stored.cart, SECRET)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET, n: 1 })
    })

    test(`without "encrypt" again, a session is stored in the clear when it is touched [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(putWithoutMessage)
      const app = await deploy(A)
      const visitor = goesOn(before, app)
      await clock.passFor(driver, id, 120_000)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET })
      const stored = await storedValues(driver, app, id, visitor.browser)
      assert.equal(stored.cart, SECRET)
      assert.deepEqual(await visitor.ask(all), { cart: SECRET })
    })

    test(`an older key is still read, and replaced by the first one when the session is touched [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(putWithoutMessage)
      const during = goesOn(before, await deploy(B, { encrypt: true, keys: [B, A] }))
      await during.visit(all)
      await clock.passFor(driver, id, 120_000)
      await during.visit(all)
      const after = goesOn(during, await deploy(B, { encrypt: true }))
      assert.deepEqual(await after.ask(all), { cart: SECRET })
    })

    test(`one that can't be decrypted is no error, and stays for who has its key [${driver}]`, async ({
      assert,
    }) => {
      const session = { encrypt: true, saveUninitialized: false }
      const before = (await deploy(A, session)).visitor()
      const id = await before.ask(put)

      const app = await deploy(B, session)
      const ownId: Handler = ({ session: own }) => own.sessionId
      const cookie = cookiesWithId(app, id)
      assert.notEqual((await app.visitor().visit(ownId, cookie)).answer, id)

      const stranger = app.visitor()
      const value = cookie.cookies['adonis-session']
      stranger.browser.jar.set('adonis-session', { value, attributes: {}, expiresAt: null })
      assert.deepEqual(await stranger.ask(all), {})
      await stranger.visit(({ session: own }) => own.put('other', 1))
      assert.deepEqual(await stranger.ask(all), { other: 1 })
      assert.notEqual(await stranger.ask(ownId), id)

      const back = goesOn(before, await deploy(A, session))
      assert.deepEqual(await back.ask(all), { cart: SECRET })
    })

    test(`one that can't be decrypted is ended by its own logout [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(put)
      const app = await deploy(B, { encrypt: true })
      await app.visitor().visit(({ session }) => session.invalidate(), cookiesWithId(app, id))
      assert.deepEqual(await goesOn(before, await deploy(A, { encrypt: true })).ask(all), {})
    })

    test(`one that can't be decrypted, by an id that the app gave, is reported, and ended by its logout [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(put)
      const app = await deploy(B, { encrypt: true })
      const reasons: string[] = []
      const emitter = app.app.container.use('Adonis/Core/Event')
      emitter.on('session:unreadable', ({ reason }) => void reasons.push(reason))
      const own = await app.visitor().ask(async ({ session }) => {
        session.initiated = false
        session.sessionId = id
        await session.initiate(false)
        session.invalidate()
        return session.sessionId
      })
      assert.notEqual(own, id)
      assert.match(reasons.join(), /encrypted with a key/)
      assert.deepEqual(await goesOn(before, await deploy(A, { encrypt: true })).ask(all), {})
    })

    /** A request that was on its way with the old id while the session got another one. */
    const lateRequest = async (session: Record<string, any>) => {
      const member = (await deploy(A, session)).visitor()
      const id = await member.ask(putWithoutMessage)
      const late = member.clone()
      await member.visit(regenerate)
      return { late, id }
    }

    test(`what a retired id still shows was retired before "encrypt" was set [${driver}]`, async ({
      assert,
    }) => {
      const { late } = await lateRequest({})
      const app = await deploy(A, { encrypt: true })
      assert.deepEqual(await goesOn(late, app).ask(all), { cart: SECRET })
    })

    test(`a retired id whose key is missing shows nothing, and is no error [${driver}]`, async ({
      assert,
    }) => {
      const { id } = await lateRequest({ encrypt: true })
      const app = await deploy(B, { encrypt: true })
      const { status, answer } = await app.visitor().visit(all, cookiesWithId(app, id))
      assert.deepEqual([status, answer], [200, {}])
    })

    test(`one that can't be decrypted can be ended [${driver}]`, async ({ assert }) => {
      const before = (await deploy(A, { encrypt: true })).visitor()
      const id = await before.ask(put)
      const { Session } = await deploy(B, { encrypt: true })
      await Session.destroy(id)
      assert.deepEqual(await goesOn(before, await deploy(A, { encrypt: true })).ask(all), {})
    })
  })
}

/** Reads and writes the text of a session past the package. */
const TEXTS = {
  file: {
    read: (app: TestApp, id: string) => fs.readFile(fileOf(app, id), 'utf8'),
    write: (app: TestApp, id: string, text: string) => fs.writeFile(fileOf(app, id), text),
  },
  redis: {
    read: async (app: TestApp, id: string) => (await redisOf(app).get(id))!,
    write: (app: TestApp, id: string, text: string) => redisOf(app).set(id, text, 'EX', 7200),
  },
}

for (const [driver, { read, write }] of Object.entries(TEXTS)) {
  test.group(`Encrypted texts: ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver, { session: { encrypt: true } })
    const other: Handler = ({ session }) => {
      session.put('other', 1)
      return session.sessionId
    }

    test(`one that was moved to another session is refused [${driver}]`, async ({ assert }) => {
      const own = await visitor().ask(put)
      const thief = visitor()
      const id = await thief.ask(other)
      await write(app(), id, (await read(app(), own)).split(own).join(id))
      assert.deepEqual(await thief.ask(all), {})
    })

    test(`one that is damaged is an empty session, and no error [${driver}]`, async ({
      assert,
    }) => {
      for (const sealed of ['""', '"AAAA"', 'null', '7', `"${'A'.repeat(500)}"`]) {
        const member = visitor()
        const id = await member.ask(other)
        const text = await read(app(), id)
        await write(app(), id, text.replace(/"sealed":"[^"]+"/, `"sealed":${sealed}`))
        const { status, answer } = await member.visit(all)
        assert.deepEqual([status, answer], [200, {}])
        await member.visit(({ session }) => session.put('again', 1))
        assert.deepEqual(await member.ask(all), { again: 1 })
      }
    })

    test(`nobody can tell from two texts that they hold the same [${driver}]`, async ({
      assert,
    }) => {
      const [one, two] = [await visitor().ask(other), await visitor().ask(other)]
      const textOf = async (id: string) => /"sealed":"([^"]+)"/.exec(await read(app(), id))![1]
      assert.notEqual(await textOf(one), await textOf(two))
    })
  })
}

for (const driver of LISTING) {
  test.group(`Encrypted sessions of a user: ${driver}`, (group) => {
    const deploy = deployments(group, driver)
    const registry = { trackClient: true }
    const logIn: Handler = ({ session }) => {
      session.put('cart', SECRET)
      session.tag(`sealed ${process.pid}`)
      return session.sessionId
    }

    test(`are listed, and their client isn't stored in the clear [${driver}]`, async ({
      assert,
    }) => {
      const app = await deploy(A, { encrypt: true, registry })
      const member = app.visitor()
      member.browser.headers = { 'user-agent': 'A browser to hide' }
      await member.visit(logIn)
      const [info] = await app.Session.tagged(`sealed ${process.pid}`)
      assert.equal(info.userAgent, 'A browser to hide')
      assert.deepEqual(info.data, { cart: SECRET })
      const other = await deploy(B, { encrypt: true, registry })
      const [unknown] = await other.Session.tagged(`sealed ${process.pid}`)
      assert.deepEqual([unknown.handle, unknown.userAgent], [info.handle, null])
      assert.deepEqual(unknown.data, {})

      assert.equal(await other.Session.destroyTagged(`sealed ${process.pid}`), 1)
      assert.deepEqual(await goesOn(member, await deploy(A, { encrypt: true })).ask(all), {})
    })
  })
}

test.group('A text that was encrypted', () => {
  test('is refused with a part of its tag', async ({ assert }) => {
    const key = randomBytes(32)
    const sealed = Buffer.from(encryptText('', key), 'base64url')
    const cutBy = (bytes: number) =>
      decryptText(sealed.subarray(0, sealed.length - bytes).toString('base64url'), key)
    assert.equal(cutBy(0), '')
    for (let bytes = 1; bytes < sealed.length; bytes++) {
      assert.isNull(cutBy(bytes))
    }
  })
})

test.group('Encryption and its errors', (group) => {
  const start = apps(group)

  test('what a request has just encrypted is not encrypted again when it is touched', async ({
    assert,
  }) => {
    const { visitor } = await start('memory', { session: { encrypt: true } })
    const { replace } = MemoryDriver.prototype
    let writes = 0
    MemoryDriver.prototype.replace = function (...args) {
      writes++
      return replace.apply(this, args)
    }
    await visitor().visit(async ({ session }) => {
      session.put('cart', SECRET)
      await session.commit()
    })
    MemoryDriver.prototype.replace = replace
    assert.equal(writes, 1)
  })

  test('a session that is too large is told by its own keys', async ({ assert }) => {
    const app = await start('dynamodb', { session: { encrypt: true } })
    const { status, json } = await app
      .visitor()
      .visit(({ session }) => session.put('huge', 'x'.repeat(500_000)), { mayFail: true })
    assert.equal(status, 500)
    assert.equal(json.code, 'E_SESSION_TOO_LARGE')
    assert.include(json.message, 'huge')
    assert.notInclude(json.message, 'sealed')
  })

  test('the cookie driver encrypts by itself, and no more than that', async ({ assert }) => {
    const lengthWith = async (encrypt: boolean) => {
      const visitor = (await start('cookie', { session: { encrypt } })).visitor()
      const id = await visitor.ask(put)
      return visitor.browser.cookies()[id].length
    }
    assert.equal(await lengthWith(true), await lengthWith(false))
  })

  test('"encrypt" is true or false', async ({ assert }) => {
    const error = await start('memory', { session: { encrypt: 'yes' } as any }).catch(
      (raised) => raised
    )
    assert.equal(error.code, 'E_SESSION_INVALID_CONFIG')
    assert.include(error.message, '"encrypt"')
  })
})
