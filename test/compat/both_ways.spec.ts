import { test } from '@japa/runner'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { MESSAGES, seenBy, Served, startVersion, TEMPLATE_CONFIG, VALUES } from '../helpers/compat'
import { Browser } from '../helpers/browser'
import { driversThat, optionsFor } from '../helpers/drivers'

const CONFIGS = {
  'the documented config': {},
  'the config of the template': TEMPLATE_CONFIG,
}

const LOGGED_IN = { ...VALUES, auth_web: 7 }

/** One site on two deployments, with one store. */
function startBoth(driver: string, session: Partial<SessionConfig>): Promise<Served[]> {
  const { boot: _, ...options } = optionsFor(driver, { session })
  return Promise.all([startVersion('6.4.0', options), startVersion('ours', options)])
}

async function fillAndLogIn(browser: Browser) {
  await browser.post('/fill', { values: VALUES })
  await browser.post('/login', { id: 7 })
  await browser.post('/fill', { flash: MESSAGES })
}

for (const [name, session] of Object.entries(CONFIGS)) {
  for (const driver of driversThat('isOf64')) {
    test.group(`Stored data of 6.4.0 | ${driver}, ${name}`, (group) => {
      let servers: Served[]
      let before: Browser
      let after: Browser

      group.setup(async () => {
        servers = await startBoth(driver, session)
        return () => Promise.all(servers.map((server) => server.stop()))
      })

      group.each.setup(() => {
        before = servers[0].browser()
        after = servers[1].browser(before)
      })

      test('an upgrade loses no login, no value and no flash message', async ({ assert }) => {
        await fillAndLogIn(before)

        assert.deepEqual(await seenBy(after), { values: LOGGED_IN, flash: MESSAGES })
        assert.deepEqual(await seenBy(after), { values: LOGGED_IN, flash: {} })
      })

      test('a roll-back loses nothing, nor does the second upgrade', async ({ assert }) => {
        await fillAndLogIn(after)

        assert.deepEqual(await seenBy(before), { values: LOGGED_IN, flash: MESSAGES })
        await before.post('/fill', { values: { rolledBack: true }, flash: MESSAGES })

        const values = { ...LOGGED_IN, rolledBack: true }
        assert.deepEqual(await seenBy(after), { values, flash: MESSAGES })
        assert.deepEqual(await seenBy(before), { values, flash: {} })
      })

      test('both versions serve one browser in turns', async ({ assert }) => {
        await before.post('/fill', { values: VALUES })
        const values: Record<string, any> = { ...VALUES }

        for (let turn = 1; turn <= 4; turn++) {
          for (const [writer, reader] of [
            [before, after],
            [after, before],
          ]) {
            const key = `turn${Object.keys(values).length}`
            values[key] = { turn, text: 'ä' }
            await writer.post('/fill', { values: { [key]: values[key] }, flash: { key } })
            assert.deepEqual(await seenBy(reader), { values, flash: { key } })
            assert.deepEqual(await seenBy(writer), { values, flash: {} })
          }
        }
      })

      test('a login and a logout on one version count on the other', async ({ assert }) => {
        for (const [one, other] of [
          [before, after],
          [after, before],
          [before, after],
        ]) {
          await one.post('/login', { id: 7 })
          assert.equal((await seenBy(other)).values.auth_web, 7)

          await other.post('/logout')
          assert.notProperty((await seenBy(one)).values, 'auth_web')
        }
      })

      test('a session that one version emptied is empty on the other', async ({ assert }) => {
        for (const [one, other] of [
          [before, after],
          [after, before],
        ]) {
          await one.post('/fill', { values: VALUES })
          await other.post('/clear')
          assert.deepEqual(await seenBy(one), { values: {}, flash: {} })
        }
      })

      test('the id stays the same until a login changes it', async ({ assert }) => {
        await before.post('/fill', { values: VALUES })
        const { id } = (await before.get('/all')).json
        assert.equal((await after.get('/all')).json.id, id)

        await after.post('/login', { id: 7 })
        const { id: next } = (await after.get('/all')).json
        assert.notEqual(next, id)
        assert.equal((await before.get('/all')).json.id, next)
      })
    })
  }
}

for (const driver of driversThat('isOf64')) {
  test.group(`Stored data of 6.4.0 | ${driver}, cleared with the browser`, (group) => {
    let servers: Served[]

    group.setup(async () => {
      servers = await startBoth(driver, { clearWithBrowser: true })
      return () => Promise.all(servers.map((server) => server.stop()))
    })

    test('a session crosses over and back, in cookies without an age', async ({ assert }) => {
      const before = servers[0].browser()
      const after = servers[1].browser(before)

      for (const [one, other] of [
        [before, after],
        [after, before],
      ]) {
        await fillAndLogIn(one)
        assert.deepEqual(await seenBy(other), { values: LOGGED_IN, flash: MESSAGES })

        const { setCookies } = await other.post('/fill', { values: { more: 1 } })
        assert.isNotEmpty(setCookies)
        setCookies.forEach((line) => assert.notMatch(line, /Max-Age|Expires/i))
        one.restart()
        assert.deepEqual(await seenBy(other), { values: {}, flash: {} })
      }
    })
  })
}
