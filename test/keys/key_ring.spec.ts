import { test } from '@japa/runner'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { FileDriver } from '../../src/Drivers/File'
import { keyRingOf } from '../../src/KeyRing'
import { settingsOf } from '../../src/Settings'
import { SESSION_CONFIG } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, temporaryDirectory } from '../helpers/drivers'
import { apps, Handler } from '../helpers/visits'
import { A, B, C, deployments, goesOn } from './helpers'

const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('user', 1)
  return session.sessionId
}

for (const driver of ALL_DRIVERS) {
  test.group(`A changed key: ${driver}`, (group) => {
    const deploy = deployments(group, driver)
    const clock = stoppedClock(group)

    test(`ends no session if the old one is among "keys", and then the old one isn't needed any more [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A)).visitor()
      const id = await before.ask(put)

      const during = goesOn(before, await deploy(B, { keys: [B, A] }))
      assert.deepEqual(await during.ask(all), { user: 1 })
      await clock.passFor(driver, id, 120_000)
      await during.visit(all)

      const after = goesOn(during, await deploy(B))
      assert.deepEqual(await after.ask(all), { user: 1 })
      assert.equal(await after.ask(({ session }) => session.sessionId), id)
    })

    test(`the first key signs, whatever APP_KEY is, and one that isn't listed is refused [${driver}]`, async ({
      assert,
    }) => {
      const session = { keys: [B, A] }
      const one = (await deploy(C, session)).visitor()
      await one.visit(put)
      assert.deepEqual(await one.ask(all), { user: 1 })
      assert.deepEqual(await goesOn(one, await deploy(C)).ask(all), {})
      assert.deepEqual(await goesOn(one, await deploy(A)).ask(all), {})
      assert.deepEqual(await goesOn(one, await deploy(B)).ask(all), { user: 1 })
    })

    test(`a cookie of an older key is signed anew, and one of the first key goes back as it came [${driver}]`, async ({
      assert,
    }) => {
      const before = (await deploy(A)).visitor()
      const old = idCookieOf(await before.visit(put))!.value
      const store: Handler = ({ session }) => session.put('n', Math.random())
      const during = goesOn(before, await deploy(B, { keys: [B, A] }))
      const renewed = idCookieOf(await during.visit(store))!.value
      assert.notEqual(renewed, old)
      assert.equal(idCookieOf(await during.visit(store))!.value, renewed)
    })

    test(`logout and login work with a cookie of an older key [${driver}]`, async ({ assert }) => {
      const before = (await deploy(A)).visitor()
      await before.visit(put)
      const app = await deploy(B, { keys: [B, A] })
      const [during, thief] = [goesOn(before, app), goesOn(before, app)]
      await during.visit(({ session }) => {
        session.regenerate()
        session.put('user', 2)
      })
      assert.deepEqual(await during.ask(all), { user: 2 })
      await during.visit(({ session }) => session.invalidate())
      assert.deepEqual(await during.ask(all), {})
      assert.deepEqual(await thief.ask(all), {})
    })
  })
}

test.group('Keys in the config', (group) => {
  const start = apps(group)
  const WRONG: [what: string, keys: unknown, says: RegExp][] = [
    ['no list', 'averylongkeythatisnolist', /"keys" must be a list/],
    ['one that is short', [A, 'short'], /"keys\[1\]" has 5 characters, and must have 16 or more/],
    ['one that is not set', [A, undefined], /"keys\[1\]" is undefined.*the variable is not set/],
    ['one that is null', [null], /"keys\[0\]" is null/],
    ['one that is a number', [1234567890123456], /"keys\[0\]" is number/],
  ]
  for (const [what, keys, says] of WRONG) {
    test(`${what} is an error at boot, which shows no key`, async ({ assert }) => {
      const error = await start('memory', { session: { keys } as any }).catch((raised) => raised)
      assert.equal(error.code, 'E_SESSION_INVALID_CONFIG')
      assert.match(error.message, says)
      assert.notInclude(error.message, 'short')
      assert.notInclude(error.message, A)
    })
  }

  test('a key of 16 characters is long enough', async ({ assert }) => {
    const app = await start('memory', { session: { keys: ['a'.repeat(16)] } })
    const { visit, ask } = app.visitor()
    await visit(put)
    assert.deepEqual(await ask(all), { user: 1 })
  })

  test('a driver that is made without an app, and is to encrypt, needs a key', async ({
    assert,
  }) => {
    const make = (more: Partial<SessionConfig>) =>
      new FileDriver({ ...SESSION_CONFIG, file: { location: temporaryDirectory() }, ...more })
    assert.throws(() => make({ encrypt: true }), /"encrypt" needs a key/)
    assert.instanceOf(make({ encrypt: true, keys: [A] }), FileDriver)
    assert.instanceOf(make({}), FileDriver)
  })

  test('an empty list is the key of the app', async ({ assert }) => {
    const app = await start('memory', { session: { keys: [] } })
    const { visit, ask } = app.visitor()
    await visit(put)
    assert.deepEqual(await ask(all), { user: 1 })
  })
})

test.group('A text that a ring of keys has made', (group) => {
  const start = apps(group)
  const ringOf = async (keys: string[]) => {
    const { app } = await start('memory', { session: { keys } })
    return keyRingOf(app, settingsOf(app.config.get('session')))
  }

  test('is read with any of the keys, as what it was', async ({ assert }) => {
    const old = await ringOf([A])
    const now = await ringOf([B, A])
    assert.equal(now.unsign('name', old.sign('name', 'id')), 'id')
    assert.deepEqual(now.decrypt('name', old.encrypt('name', { a: 1 })), { a: 1 })
  })

  test('is refused without its prefix, under another name, or by other keys', async ({
    assert,
  }) => {
    const ring = await ringOf([A])
    const [signed, encrypted] = [ring.sign('name', 'id'), ring.encrypt('name', { a: 1 })]
    assert.isNull(ring.unsign('name', `x:${signed.slice(2)}`))
    assert.isNull(ring.decrypt('name', `x:${encrypted.slice(2)}`))
    assert.isNull(ring.unsign('other', signed))
    assert.isNull(ring.decrypt('other', encrypted))
    const other = await ringOf([B])
    assert.isNull(other.unsign('name', signed))
    assert.isNull(other.decrypt('name', encrypted))
  })
})
