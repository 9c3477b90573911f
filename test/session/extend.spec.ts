import { test } from '@japa/runner'
import { driversThat } from '../helpers/drivers'
import type { ExtendCallback, Found } from '@ioc:Adonis/Addons/Session'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { AppOptions } from '../helpers/app'
import { OwnDriver } from '../helpers/own_driver'
import { apps, Handler } from '../helpers/visits'

const put: Handler = ({ session }) => session.put('a', 1)
const all: Handler = ({ session }) => session.all()

/** The options of an app that adds a driver where `AppProvider.boot` would. */
function adding(name: string, callback: ExtendCallback, session: Record<string, any> = {}) {
  const options: AppOptions = {
    session: { driver: name, ...session },
    boot: (app) => app.container.use('Adonis/Addons/Session').extend(name, callback),
  }
  return options
}

/** A driver that hands out what it holds, and no copy. */
class HoldingDriver extends MemoryDriver {
  private held = new Map<string, Found>()

  public async load(sessionId: string): Promise<Found> {
    const found = await super.load(sessionId)
    if (found.state === 'stored') {
      const { version } = found.record
      this.held.set(version, this.held.get(version) ?? found)
      return this.held.get(version)!
    }
    return found
  }
}

test.group('Drivers of an app', (group) => {
  const start = apps(group)

  test('what a request does and fails to store is in no other one, even if the driver hands out no copy', async ({
    assert,
  }) => {
    const store = new HoldingDriver()
    const app = await start(
      'memory',
      adding('holding', () => store)
    )
    const { visit, ask } = app.visitor()
    await visit(put)
    const failed = await visit(
      ({ session }) => {
        session.put('role', 'admin')
        session.all().unstorable = () => {}
      },
      { mayFail: true }
    )
    assert.equal(failed.json.code, 'E_SESSION_UNSERIALIZABLE')
    assert.deepEqual(await ask(all), { a: 1 })
  })

  for (const name of driversThat('isBuiltIn')) {
    test(`extend puts a driver in place of the built-in ${name}`, async ({ assert }) => {
      const driver = new OwnDriver()
      const { visit, ask } = (
        await start(
          'memory',
          adding(name, () => driver)
        )
      ).visitor()

      await visit(put)
      assert.deepEqual([...driver.sessions.values()], ['{"a":1}'])
      assert.deepEqual(await ask(all), { a: 1 })
    })
  }

  test('extend of the same name once more counts', async ({ assert }) => {
    const [first, second] = [new OwnDriver(), new OwnDriver()]
    const app = await start('memory', {
      session: { driver: 'own' },
      boot: ({ container }) => {
        container.use('Adonis/Addons/Session').extend('own', () => first)
        container.use('Adonis/Addons/Session').extend('own', () => second)
      },
    })

    await app.visitor().visit(put)
    assert.equal(first.sessions.size, 0)
    assert.equal(second.sessions.size, 1)
  })

  test('extend after the providers have booted is early enough', async ({ assert }) => {
    const driver = new OwnDriver()
    const app = await start('memory', {
      session: { driver: 'late' },
      routes: (_, { container }) =>
        container.use('Adonis/Addons/Session').extend('late', () => driver),
    })

    await app.visitor().visit(put)
    assert.equal(driver.sessions.size, 1)
  })

  test('parallel requests have a driver and a context each', async ({ assert }) => {
    const contexts: unknown[] = []
    const app = await start(
      'memory',
      adding('own', (_, __, ctx) => {
        contexts.push(ctx)
        return new OwnDriver()
      })
    )

    contexts.splice(0)
    const given: unknown[] = []
    await Promise.all([1, 2, 3].map(() => app.visitor().visit((ctx) => void given.push(ctx))))
    assert.equal(new Set(contexts).size, 3)
    assert.sameMembers(contexts, given)
  })

  test('the callback is called once at boot, to look at the driver, and once a request', async ({
    assert,
  }) => {
    let calls = 0
    const app = await start(
      'memory',
      adding('own', () => {
        calls++
        return new OwnDriver()
      })
    )

    assert.equal(calls, 1)
    await app.visitor().visit(put)
    assert.equal(calls, 2)
  })

  test('config: a key of the section wins, another is that of the session config', async ({
    assert,
  }) => {
    let config: any
    const section = { table: 'sessions', age: '1 day' }
    const callback: ExtendCallback = (_, given) => {
      config = given
      return new OwnDriver()
    }
    const app = await start('memory', adding('own', callback, { own: section, age: '2h' }))

    await app.visitor().visit(put)
    assert.equal(config.table, 'sessions')
    assert.equal(config.age, '1 day')
    assert.equal(config.cookieName, 'adonis-session')
    assert.deepEqual(config.own, section)
  })

  test('config: without a section it is the session config', async ({ assert }) => {
    for (const own of [undefined, null, 'a string', false]) {
      let config: any
      const callback: ExtendCallback = (_, given) => {
        config = given
        return new OwnDriver()
      }
      const app = await start('memory', adding('own', callback, { own }))

      await app.visitor().visit(put)
      assert.equal(config.cookieName, 'adonis-session')
      assert.equal(config.driver, 'own')
    }
  })

  test('config: the section of a driver does not change the session config', async ({ assert }) => {
    const callback: ExtendCallback = (_, config) => {
      config.cookieName = 'changed by the driver'
      return new OwnDriver()
    }
    const app = await start('memory', adding('own', callback, { own: {} }))
    const { browser, visit } = app.visitor()

    await visit(put)
    assert.property(browser.cookies(), 'adonis-session')
  })

  test('manager: app and application lead to the container', async ({ assert }) => {
    let managers: any[] = []
    const callback: ExtendCallback = (manager) => {
      managers = [manager.app, manager.application]
      return new OwnDriver()
    }
    const app = await start('memory', adding('own', callback))

    await app.visitor().visit(put)
    assert.isTrue(managers.every((application) => application === app.app))
  })

  test('a driver whose read fails is an unavailable store', async ({ assert }) => {
    const driver = new OwnDriver()
    const { visit } = (
      await start(
        'memory',
        adding('own', () => driver)
      )
    ).visitor()
    await visit(put)

    driver.read = () => {
      throw new Error('disk on fire')
    }
    const { status, json } = await visit(all, { mayFail: true })
    assert.equal(status, 503)
    assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
    assert.include(json.message, 'The "own" session store could not read a session')
    assert.notInclude(json.message, 'disk on fire')
  })

  test('a driver whose write fails sets no cookie', async ({ assert }) => {
    const driver = new OwnDriver()
    driver.write = () => {
      throw new Error('disk full')
    }
    const { visit } = (
      await start(
        'memory',
        adding('own', () => driver)
      )
    ).visitor()

    const { status, json, setCookies } = await visit(put, { mayFail: true })
    assert.equal(status, 503)
    assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
    assert.deepEqual(setCookies, [])
  })

  test('a driver that reads undefined has no session there', async ({ assert }) => {
    const driver = new OwnDriver()
    driver.read = () => undefined as any
    const { visit, ask } = (
      await start(
        'memory',
        adding('own', () => driver)
      )
    ).visitor()

    await visit(put)
    assert.deepEqual(await ask(all), {})
  })
})
