import { runInNewContext } from 'vm'
import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()
const CODE = 'E_SESSION_UNSERIALIZABLE'

/** An object that shows nothing of what it holds. */
class Secretive {
  #value = 1
  public read() {
    return this.#value
  }
}

function circle() {
  const circle: Record<string, any> = { inside: {} }
  circle.inside.again = circle
  return circle
}

/** Values that JSON cannot hold, made anew for each test, and the path below them that is at fault. */
const VALUES: Record<string, [make: () => any, below?: string]> = {
  'a function': [() => () => {}],
  'a class': [() => class {}],
  'a symbol': [() => Symbol('s')],
  NaN: [() => NaN],
  Infinity: [() => Infinity],
  '-Infinity': [() => -Infinity],
  'a Map': [() => new Map([['a', 1]])],
  'a Set': [() => new Set([1])],
  'a WeakMap': [() => new WeakMap()],
  'a promise': [() => Promise.resolve(1)],
  'a regular expression': [() => /a/],
  'an error': [() => new Error('a')],
  'an invalid date': [() => new Date('never')],
  'a typed array': [() => new Uint8Array([1])],
  'an array buffer': [() => new ArrayBuffer(1)],
  'search parameters': [() => new URLSearchParams('a=1')],
  'an object that keeps all to itself': [() => new Secretive()],
  'an iterator': [() => [1, 2][Symbol.iterator]()],
  'a generator': [() => (function* () {})()],
  'a Map of another realm': [() => runInNewContext('new Map([[1, 2]])')],
  'a Set of another realm': [() => runInNewContext('new Set([1])')],
  'an error of another realm': [() => runInNewContext('new Error("a")')],
  'a typed array of another realm': [() => runInNewContext('new Uint8Array(1)')],
  'an invalid date of another realm': [() => runInNewContext('new Date(NaN)')],
  'a boxed NaN': [() => Object(NaN)],
  'a circle': [circle, '.inside.again'],
  'a function inside': [() => ({ b: { c: () => {} } }), '.b.c'],
  'a Map in an array': [() => [1, { b: new Map() }], '.1.b'],
  'NaN in an array': [() => [0, NaN], '.1'],
  'an invalid date inside': [() => ({ b: [new Date(NaN)] }), '.b.0'],
  'what toJSON makes a function': [() => ({ toJSON: () => () => {} })],
  'what is nested too deeply': [() => nested(20_000), '*'],
}

function nested(depth: number): any {
  let value: any = 1
  for (let level = 0; level < depth; level++) {
    value = { deeper: value }
  }
  return value
}

for (const driver of ALL_DRIVERS) {
  test.group(`Values that JSON cannot hold on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const [name, [make, below = '']] of Object.entries(VALUES)) {
      test(`put of ${name}: ${CODE}, with its path; what is stored stays [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()
        await visit(({ session }) => session.put('kept', { whole: true }))

        const response = await visit(({ session }) => session.put('user.data', make()), {
          mayFail: true,
        })
        assert.equal(response.json.code, CODE)
        assert.include(response.json.message, below === '*' ? '"' : `"user.data${below}"`)
        assert.deepEqual(await ask(all), { kept: { whole: true } })
      })
    }

    for (const [name, [make, below = '']] of Object.entries(VALUES)) {
      test(`${name} that got in without a verb: ${CODE} at the commit [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()
        await visit(({ session }) => session.put('kept', { whole: true }))

        const response = await visit(
          ({ session }) => {
            session.get('kept').whole = false
            session.all().data = make()
          },
          { mayFail: true }
        )
        assert.equal(response.json.code, CODE)
        assert.include(response.json.message, below === '*' ? '"' : `"data${below}"`)
        assert.deepEqual(response.setCookies, [])
        assert.deepEqual(await ask(all), { kept: { whole: true } })
      })
    }

    const verbs: Record<string, Handler> = {
      'put({…})': ({ session }) => session.put({ good: 1, bad: NaN }),
      'put(a Map)': ({ session }) => session.put(new Map([['bad', 1]]) as any),
      'put(a Set)': ({ session }) => session.put(new Set(['bad']) as any),
      'replace(a Map)': ({ session }) => session.replace(new Map([['bad', 1]]) as any),
      'flash(a Map)': ({ session }) => session.flash(new Map([['bad', 1]]) as any),
      'put(a date)': ({ session }) => session.put(new Date() as any),
      'replace(a date)': ({ session }) => session.replace(new Date() as any),
      'replace(a text)': ({ session }) => session.replace('bad' as any),
      'flash(a date)': ({ session }) => session.flash(new Date() as any),
      'flash(a number)': ({ session }) => session.flash(5 as any),
      push: ({ session }) => session.push('list', 1, NaN),
      remember: ({ session }) => session.remember('bad', () => new Map() as any),
      replace: ({ session }) => session.replace({ good: 1, bad: { c: NaN } }),
      increment: ({ session }) => session.increment('number', NaN),
      decrement: ({ session }) => session.decrement('number', Infinity),
      'increment by a text': ({ session }) => session.increment('number', '5' as any),
      flash: ({ session }) => session.flash('bad', NaN),
      'flash({…})': ({ session }) => session.flash({ bad: () => {} }),
    }
    for (const [name, verb] of Object.entries(verbs)) {
      test(`${name}: raises an error of ours and stores nothing of it [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask, codeOf } = visitor()
        await visit(({ session }) => session.put('number', 1))

        assert.match(await codeOf(verb), /^E_SESSION_(UNSERIALIZABLE|NOT_A_NUMBER)$/)
        const values = await ask(all)
        assert.equal(values.number, 1)
        assert.notProperty(values, 'bad')
        assert.notProperty(values, 'list')
        assert.deepEqual(await ask(({ session }) => session.flashMessages.all()), {})
      })
    }

    test(`a sum that no number can hold is an error, and the number stays [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask, codeOf } = visitor()
      await visit(({ session }) => session.put('n', Number.MAX_VALUE))
      assert.equal(await codeOf(({ session }) => session.increment('n', Number.MAX_VALUE)), CODE)
      await visit(({ session }) => session.put('m', -Number.MAX_VALUE))
      assert.equal(await codeOf(({ session }) => session.decrement('m', Number.MAX_VALUE)), CODE)
      assert.deepEqual(await ask(all), { n: Number.MAX_VALUE, m: -Number.MAX_VALUE })
    })

    test(`plain objects of another realm are values like others [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => {
        session.put('made', runInNewContext('({ a: [{}], b: {} })'))
        session.put(runInNewContext('({ c: 1 })'))
      })
      assert.deepEqual(await ask(all), { made: { a: [{}], b: {} }, c: 1 })
    })

    test(`the error names no value, but says what to do [${driver}]`, async ({ assert }) => {
      const { json } = await visitor().visit(
        ({ session }) => session.put('user', { password: 'secret', again: () => 'secret' }),
        { mayFail: true }
      )
      assert.include(json.message, '"user.again"')
      assert.include(json.message, 'Store strings, numbers, booleans')
      assert.notInclude(json.message, 'secret')
    })

    test(`a session goes on working after such an error [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => session.put('a', NaN), { mayFail: true })
      await visit(({ session }) => session.put('a', 1))
      assert.deepEqual(await ask(all), { a: 1 })
    })

    test(`a handler that catches the error may go on [${driver}]`, async ({ assert }) => {
      const { visit, ask } = visitor()

      await visit(({ session }) => {
        session.put('a', 1)
        try {
          session.put('b', () => {})
        } catch {
          session.put('c', 3)
        }
      })
      assert.deepEqual(await ask(all), { a: 1, c: 3 })
    })
  })
}

test.group('The error of a value that JSON cannot hold', (group) => {
  const { visitor } = sharedApp(group, 'memory')

  const NAMED: [value: unknown, name: string][] = [
    [new Map(), 'a Map'],
    [new Error('no'), 'an Error'],
    [new ArrayBuffer(1), 'an ArrayBuffer'],
    [new Int8Array(1), 'an Int8Array'],
    [new Uint8ClampedArray(1), 'a Uint8ClampedArray'],
    [new URLSearchParams('a=1'), 'a URLSearchParams'],
    [new Map().values(), 'a Map Iterator'],
    [/x/, 'a RegExp'],
    [Symbol('x'), 'a symbol'],
    [() => {}, 'a function'],
  ]

  test('names it, with the right article', async ({ assert }) => {
    for (const [value, name] of NAMED) {
      const { json } = await visitor().visit(({ session }) => session.put('key', value as any), {
        mayFail: true,
      })
      assert.match(json.message, new RegExp(`"key" in the session: JSON cannot hold ${name}\\.`))
    }
  })

  test('is raised for one with keys of its own, too, which JSON would keep alone', async ({
    assert,
  }) => {
    const values = [
      ...[new Map(), new Set(), /x/, new Error('no'), Promise.resolve(), new ArrayBuffer(1)],
      ...[new Int8Array(1), new DataView(new ArrayBuffer(1))],
    ]
    for (const value of values) {
      const code = await visitor().codeOf(({ session }) =>
        session.put('key', Object.assign(value, { own: 1 }) as any)
      )
      assert.equal(code, 'E_SESSION_UNSERIALIZABLE')
    }
  })
})
