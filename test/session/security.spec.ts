import { readdirSync, statSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { SessionException } from '../../src/Exceptions'
import { bootApp } from '../helpers/app'
import { startAppOn, temporaryDirectory } from '../helpers/drivers'

test.group('What security.md says', () => {
  test('session files are for the owner of the process alone', async ({ assert }) => {
    const location = temporaryDirectory()
    const app = await startAppOn('file', {
      session: { file: { location } },
      routes: (route) => route.get('/', async ({ session }) => session.put('user', 7)),
    })
    await app.browser().get('/')
    await app.stop()

    const [file] = readdirSync(location)
    assert.equal(statSync(location).mode & 0o777, 0o700)
    assert.equal(statSync(join(location, file)).mode & 0o777, 0o600)
  })

  test('a sameSite that browsers do not know fails at boot', async ({ assert }) => {
    const session = { cookie: { sameSite: 'Laxx' as any } }
    const error: any = await bootApp({ session }).catch((raised) => raised)
    assert.equal(error.code, 'E_SESSION_INVALID_CONFIG')
    assert.include(error.message, '"cookie.sameSite" is "Laxx"')
    assert.include(error.message, '"config/session"')
  })

  test('the error of a failed Redis command carries neither the command nor the data', ({
    assert,
  }) => {
    const cause = Object.assign(new Error('READONLY'), { command: { args: ['secret-id', '{}'] } })
    const error = SessionException.storeUnavailable('redis', 'write', cause)
    assert.include(error.message, 'READONLY')
    assert.notProperty(error.cause, 'command')
    assert.notInclude(JSON.stringify([error, error.cause, error.stack]), 'secret-id')
  })
})
