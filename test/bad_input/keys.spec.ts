import { test } from '@japa/runner'
import type { SessionContract } from '@ioc:Adonis/Addons/Session'
import { ALL_DRIVERS } from '../helpers/drivers'
import { apps, Handler, sharedApp } from '../helpers/visits'

/** Keys that lead to a prototype. */
const KEYS = [
  '__proto__',
  '__proto__.polluted',
  '__proto__[polluted]',
  'constructor',
  'constructor.prototype',
  'constructor.prototype.polluted',
  'constructor[prototype][polluted]',
  'a.__proto__.polluted',
  'a.constructor.prototype.polluted',
  'list.__proto__.polluted',
  'list.constructor.prototype.polluted',
  'prototype.polluted',
]

/** Objects that carry such keys, as JSON of a request brings them. */
const OBJECTS = [
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"a":{"__proto__":{"polluted":1}}}',
  '{"a":{"constructor":{"prototype":{"polluted":1}}}}',
  '{"list":{"__proto__":{"polluted":1}}}',
].map((json) => JSON.parse(json))

/** Verbs with a key. */
const WITH_KEY: Record<string, (session: SessionContract, key: string) => unknown> = {
  'put a value': (session, key) => session.put(key, 1),
  'put an object': (session, key) => session.put(key, { polluted: 1 }),
  'put({…})': (session, key) => session.put(Object.fromEntries([[key, { polluted: 1 }]])),
  get: (session, key) => session.get(key),
  'has, exists, missing': (session, key) =>
    [session.has(key), session.exists(key), session.missing(key)].length,
  pull: (session, key) => session.pull(key),
  forget: (session, key) => session.forget([key, `${key}.toString`]),
  push: (session, key) => session.push(key, { polluted: 1 }),
  remember: (session, key) => session.remember(key, () => 1),
  increment: (session, key) => session.increment(key),
  only: (session, key) => session.only([key]),
  except: (session, key) => session.except([key]),
  flash: (session, key) => session.flash(key, { polluted: 1 }),
  flashNow: (session, key) => session.flashNow(key, { polluted: 1 }),
  flashMessages: (session, key) =>
    [session.flashMessages.get(key), session.flashMessages.has(key)].length,
  flashOnly: (session, key) => session.flashOnly([key]),
  flashExcept: (session, key) => session.flashExcept([key]),
  reflashOnly: (session, key) => session.reflashOnly([key]),
  reflashExcept: (session, key) => session.reflashExcept([key]),
}

/** Verbs with an object. */
const WITH_OBJECT: Record<string, (session: SessionContract, values: any) => unknown> = {
  put: (session, values) => session.put('a', values),
  'put({…})': (session, values) => session.put(values),
  replace: (session, values) => session.replace(values),
  push: (session, values) => session.push('list', values),
  'flash({…})': (session, values) => session.flash(values),
  'flashNow({…})': (session, values) => session.flashNow(values),
  flashAll: (session) => session.flashAll(),
  flashOnly: (session) => session.flashOnly(['a', 'list', '__proto__', 'constructor']),
  flashExcept: (session) => session.flashExcept(['other']),
  'merge of messages': (session, values) => session.responseFlashMessages.merge(values),
  'update of messages': (session, values) => session.responseFlashMessages.update(values),
}

/** Has a prototype got what was planted? */
const isPolluted = () => [{}, [], Object, () => {}].some((value: any) => value.polluted === 1)

/** Is a key of a prototype among the values? */
function planted(values: any): boolean {
  return /__proto__|"constructor"/.test(JSON.stringify(values ?? null))
}

const begin: Handler = ({ session }) => session.put({ a: { b: 1 }, list: [1] })
const all: Handler = ({ session }) => ({ ...session.all(), ...session.flashMessages.all() })

for (const driver of ALL_DRIVERS) {
  test.group(`Keys of prototypes on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const [name, verb] of Object.entries(WITH_KEY)) {
      test(`${name}: pollutes nothing and is no 500 [${driver}]`, async ({ assert }) => {
        for (const key of KEYS) {
          const { visit, ask } = visitor()
          await visit(begin)

          const body = OBJECTS[0]
          await visit(async ({ session }) => void (await verb(session, key)), { body })
          assert.isFalse(isPolluted(), key)
          assert.isFalse(planted(await ask(all)), key)
          assert.equal(await ask(({ session }) => session.get('a.b')), 1, key)
        }
      })
    }

    for (const [name, verb] of Object.entries(WITH_OBJECT)) {
      test(`${name} of an object with such keys: pollutes nothing and is no 500 [${driver}]`, async ({
        assert,
      }) => {
        for (const values of OBJECTS) {
          const { visit, ask } = visitor()
          await visit(begin)

          await visit(({ session }) => void verb(session, values), { body: values })
          assert.isFalse(isPolluted())
          assert.isFalse(planted(await ask(all)))
        }
      })
    }

    test(`keys that the package uses for itself are no keys of an app's values [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      const values = { __session__: { age: 1, createdAt: 1 }, __meta__: 1, meta: 2, message: 3 }

      await visit(({ session }) => session.put(values))
      assert.deepEqual(await ask(({ session }) => session.all()), values)
    })

    test(`get: finds nothing on a prototype [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()
      await visit(begin)

      for (const key of [...KEYS, 'toString', 'a.toString', 'list.push']) {
        assert.equal(await ask(({ session }) => session.get(key, 'nothing')), 'nothing', key)
      }
    })
  })
}

test.group('Stored keys of prototypes', (group) => {
  const start = apps(group)

  test('what stands in a file under such keys is not found', async ({ assert }) => {
    const { ask, visit } = (await start('memory')).visitor()
    await visit(({ session }) => session.put('a', 1))

    const found = await ask(({ session }) => {
      const values = session.all()
      Object.defineProperty(values, '__proto__', { value: { polluted: 1 }, enumerable: true })
      return [session.get('polluted', 'nothing'), session.get('__proto__', 'nothing')]
    })
    assert.deepEqual(found, ['nothing', 'nothing'])
    assert.deepEqual(await ask(({ session }) => session.all()), { a: 1 })
  })
})
