import { test } from '@japa/runner'
import { existsSync, promises as fs } from 'fs'
import { join } from 'path'
import { ALL_DRIVERS, SERVER_DRIVERS, temporaryDirectory } from '../helpers/drivers'
import { OwnDriver } from '../helpers/own_driver'
import { cookiesWithId } from '../helpers/signed'
import { apps, Handler, sharedApp, VisitedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

/** Values of the id cookie that no app of ours has made, from one that it has. */
const FORGED: Record<string, (real: string, app: VisitedApp) => string> = {
  'is empty': () => '',
  'is one character': () => 's',
  'is a plain text': () => 'abcdef',
  'is only a prefix': () => 's%3A',
  'is truncated': (real) => real.slice(0, real.length / 2),
  'lacks its signature': (real) => real.slice(0, real.lastIndexOf('.')),
  'has another signature': (real) => `${real.slice(0, -4)}AAAA`,
  'has another id under a signature': (real) => real.replace(/^s%3A..../, 's%3AAAAA'),
  'is doubled': (real) => real + real,
  'is encrypted': (_, { app }) =>
    `e:${app.container.use('Adonis/Core/Encryption').encrypt('id', undefined, 'adonis-session')}`,
  'is signed with another key': (_, { app }) => {
    const Encryption = app.container.use('Adonis/Core/Encryption')
    const foreign = Encryption.child({ secret: 'another-long-random-app-key-of-32-chars' })
    return `s:${foreign.verifier.sign('id', undefined, 'adonis-session')}`
  },
  'is signed for another cookie': (_, { app }) =>
    `s:${app.container.use('Adonis/Core/Encryption').verifier.sign('id', undefined, 'remember')}`,
  'is too large': () => `s%3A${'a'.repeat(8000)}`,
  'is broken percent encoding': () => '%E0%A4%A',
  'is JSON of another kind': () => 'j%3A%7B%22a%22%3A1%7D',
  'is a path': () => '../../etc/passwd',
}

/** What an app signs for its own cookie, and is no session id all the same. */
const NO_IDS: Record<string, any> = {
  'a path to the parent': '../escaped',
  'a path': 'a/b',
  'a path of Windows': 'a\\b',
  'an absolute path': '/etc/passwd',
  'a dot': '.',
  'two dots': '..',
  'a dot inside': 'a.b',
  'a null character': 'a\0b',
  'a line break': 'a\nb',
  'a space': 'a b',
  'a colon': 'a:retired',
  'a device of Windows': 'con',
  'a letter of another script': 'ä',
  'an empty text': '',
  'a text that is too long': 'a'.repeat(200),
  'a number': 42,
  'a list': ['a'],
  'an object': { id: 'a' },
  __proto__: '__proto__',
}

for (const driver of ALL_DRIVERS) {
  test.group(`Id cookies that are not ours on ${driver}`, (group) => {
    const { app, visitor } = sharedApp(group, driver)

    for (const [name, forge] of Object.entries(FORGED)) {
      test(`a cookie that ${name} begins an empty session [${driver}]`, async ({ assert }) => {
        const { browser, visit, ask } = visitor()
        await visit(({ session }) => session.put('a', 1))
        const cookie = browser.jar.get('adonis-session')!

        browser.jar.set('adonis-session', { ...cookie, value: forge(cookie.value, app()) })
        const { status, answer } = await visit(all)
        assert.equal(status, 200)
        assert.deepEqual(answer, {})
        await visit(({ session }) => session.put('b', 2))
        assert.deepEqual(await ask(all), { b: 2 })
      })
    }

    for (const [name, id] of Object.entries(NO_IDS)) {
      test(`a signed cookie with ${name} begins an empty session [${driver}]`, async ({
        assert,
      }) => {
        const planted = cookiesWithId(app(), id)

        const { status, answer } = await visitor().visit((ctx) => {
          ctx.session.put('a', 1)
          return { ...all(ctx), sessionId: ctx.session.sessionId }
        }, planted)
        assert.equal(status, 200)
        assert.equal(answer.a, 1)
        assert.match(answer.sessionId, /^[0-9a-f]{40}$/)
      })
    }

    test(`two id cookies in one request are no error [${driver}]`, async ({ assert }) => {
      const { browser, visit } = visitor()
      await visit(({ session }) => session.put('a', 1))
      const { value } = browser.jar.get('adonis-session')!

      const cookie = `adonis-session=${value}; adonis-session=s%3Aforged.id`
      const { status } = await visit(all, { cookies: {}, headers: { cookie } })
      assert.equal(status, 200)
    })
  })
}

test.group('Ids that could be paths', (group) => {
  const start = apps(group)

  for (const [name, id] of Object.entries(NO_IDS)) {
    test(`${name} reaches no driver`, async ({ assert }) => {
      const driver = new OwnDriver()
      const app = await start('memory', {
        session: { driver: 'own' },
        boot: ({ container }) => container.use('Adonis/Addons/Session').extend('own', () => driver),
      })

      await app.visitor().visit(({ session }) => session.put('a', 1), cookiesWithId(app, id))
      const ids = driver.drain().map(([, used]) => used)
      assert.isNotEmpty(ids)
      ids.forEach((used) => assert.match(used, /^[0-9a-f]{40}$/))
    })
  }

  test('what only resembles the id of a list is no id', async ({ assert }) => {
    const location = join(temporaryDirectory(), 'sessions')
    const { Session, visitor } = await start('file', { session: { file: { location } } })
    const id = await visitor().ask(({ session }) => {
      session.put('a', 1)
      return session.sessionId
    })
    const listed = `#${'a'.repeat(43)}`
    // A file outside of the directory that reads as a session of its name.
    const outside = join(location, '..', `${listed}.txt`)
    const text = await fs.readFile(join(location, `${id}.txt`), 'utf8')
    const path = `../${listed}`
    await fs.writeFile(outside, text.split(id).join(path))
    assert.isNull(await Session.get(path))
    await Session.destroy(path)
    assert.isTrue(existsSync(outside))

    const below = `${listed}/../../below`
    const fileBelow = join(location, '..', 'below.txt')
    await fs.writeFile(fileBelow, text.split(id).join(below))
    assert.isNull(await Session.get(below))
    await Session.destroy(below)
    assert.isTrue(existsSync(fileBelow))
  })

  for (const driver of SERVER_DRIVERS) {
    test(`what is no text is no id, whatever it reads as [${driver}]`, async ({ assert }) => {
      const { Session } = await start(driver)
      const listed = `#${'a'.repeat(43)}`
      for (const name of [[listed], { toString: () => listed }, 7, null, undefined]) {
        assert.isNull(await Session.get(name as any))
        await Session.destroy(name as any)
      }
    })
  }

  test('a path to the parent writes no file there', async ({ assert }) => {
    const location = join(temporaryDirectory(), 'sessions')
    const app = await start('file', { session: { file: { location } } })

    await app
      .visitor()
      .visit(({ session }) => session.put('a', 1), cookiesWithId(app, '../escaped'))
    assert.isFalse(existsSync(join(location, '..', 'escaped.txt')))
  })

  test('an id of 6.4.0 and one that an app has signed itself are ids', async ({ assert }) => {
    const app = await start('memory')

    for (const id of ['ckxq2r8dv0000z8rl3k1h5u9a', 'my-own_ID-1']) {
      const { sessionId, fresh } = await app
        .visitor()
        .ask(({ session: { sessionId, fresh } }) => ({ sessionId, fresh }), cookiesWithId(app, id))
      assert.equal(sessionId, id)
      assert.isFalse(fresh)
    }
  })
})
