import { execFile } from 'child_process'
import { realpathSync } from 'fs'
import { join, sep } from 'path'
import { promisify } from 'util'
import { test } from '@japa/runner'
import { ROOT } from '../helpers/app'
import { Ecosystem, ecosystemRoot } from '../helpers/ecosystem'

/** What apps and packages import, and what they find there (DESIGN, section 2). */
const IMPORTS = {
  '@adonisjs/session': ['default'],
  '@adonisjs/session/build/config': ['sessionConfig'],
  '@adonisjs/session/build/providers/SessionProvider': ['default'],
  '@adonisjs/session/build/src/SessionManager': ['SessionManager'],
  '@adonisjs/session/build/src/Session': ['Session'],
  '@adonisjs/session/build/src/Store': ['Store'],
  '@adonisjs/session/build/src/Client': ['SessionClient'],
  '@adonisjs/session/build/src/Drivers/Cookie': ['CookieDriver'],
  '@adonisjs/session/build/src/Drivers/File': ['FileDriver'],
  '@adonisjs/session/build/src/Drivers/Redis': ['RedisDriver'],
  '@adonisjs/session/build/src/Drivers/Memory': ['MemoryDriver'],
}

test.group('Under the name of the package that it replaces', () => {
  for (const [path, names] of Object.entries(IMPORTS)) {
    test(`${path} has ${names}`, ({ assert }) => {
      const file = require.resolve(path, { paths: [ecosystemRoot()] })
      assert.isTrue(realpathSync(file).startsWith(join(ROOT, 'build') + sep))

      const exported = require(file)
      names.forEach((name) => assert.isFunction(exported[name]))
      names.forEach((name) => assert.isFunction(require(path)[name], `${name} of 6.4.0`))
    })
  }

  test('sessionConfig gives the config back', ({ assert }) => {
    const path = '@adonisjs/session/build/config'
    const { sessionConfig } = require(require.resolve(path, { paths: [ecosystemRoot()] }))
    const config = { driver: 'cookie' }
    assert.strictEqual(sessionConfig(config), config)
  })

  test('an app with auth, shield, view and redis compiles, strictly', async ({ assert }) => {
    const tsc = require.resolve('typescript/bin/tsc')
    const compile = promisify(execFile)(process.execPath, [tsc, '-p', ecosystemRoot()])
    const { stdout } = await compile.catch((error) => error)
    assert.equal(stdout, '')
  }).timeout(120_000)

  test('sessions are keys of a connection that the app has, too', async ({ assert }) => {
    const app = await Ecosystem.start('redis')
    const ada = app.visitor()
    await ada.logIn()
    const { stored } = (await ada.browser.get('/api/redis')).json
    await app.stop()
    assert.equal(stored, 1)
  })
})
