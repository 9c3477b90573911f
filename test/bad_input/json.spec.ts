import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

class Money {
  constructor(private cents: number) {}
  public toJSON() {
    return { cents: this.cents }
  }
}

class Point {
  public x = 1
  public y = 2
  public get sum() {
    return this.x + this.y
  }
}

/** Keys that an object hides on purpose are no values. */
function hidden() {
  return Object.defineProperties({ a: 1 }, { [Symbol('s')]: { value: 1 }, name: { value: 1 } })
}

/** Values that are stored as their JSON, and what the next request reads. */
const STORED: Record<string, [value: () => any, read: any]> = {
  'a date': [() => new Date(0), '1970-01-01T00:00:00.000Z'],
  'a date inside': [() => ({ on: [new Date(0)] }), { on: ['1970-01-01T00:00:00.000Z'] }],
  'an object with toJSON': [() => new Money(5), { cents: 5 }],
  'toJSON inside of toJSON': [
    () => ({ toJSON: () => ({ price: new Money(5) }) }),
    { price: { cents: 5 } },
  ],
  'a big integer': [() => BigInt('12345678901234567890'), '12345678901234567890'],
  'a big integer inside': [() => [BigInt(1)], ['1']],
  'an object of a class': [() => new Point(), { x: 1, y: 2 }],
  'an object without a prototype': [() => Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  'wrapped primitives': [() => [Object(1), Object('a'), Object(false)], [1, 'a', false]],
  'undefined members': [() => ({ a: undefined, b: 1 }), { b: 1 }],
  'undefined in an array': [() => [undefined, 1], [null, 1]],
  'a sparse array': [() => [, 1], [null, 1]], // eslint-disable-line no-sparse-arrays
  'minus zero': [() => -0, 0],
  'a buffer': [() => Buffer.from('a'), { type: 'Buffer', data: [97] }],
  'the same object twice': [
    () => {
      const shared = { a: 1 }
      return [shared, shared]
    },
    [{ a: 1 }, { a: 1 }],
  ],
  'keys that are symbols': [() => ({ [Symbol('s')]: 1, a: 1 }), { a: 1 }],
  'hidden keys, also symbols': [hidden, { a: 1 }],
  'a match of a regular expression': [() => 'abc'.match(/b(c)/), ['bc', 'c']],
  'half of a surrogate pair': [() => 'a\ud800b', 'a\ud800b'],
  'line separators': [() => '\u2028\u2029', '\u2028\u2029'],
}

/** Places in an array of two that are none. */
const NO_INDEXES = ['2000000', '4294967295', '-1', '1x', 'length', 'name', '0x1', '1e1', ' 1']

for (const driver of ALL_DRIVERS) {
  test.group(`Values that are stored as JSON on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const [name, [make, read]] of Object.entries(STORED)) {
      test(`${name}: is what JSON makes of it, also in a message [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()

        await visit(({ session }) => {
          session.put('value', make())
          session.flash('value', make())
        })
        const found = await ask(({ session }) => [
          session.get('value'),
          session.flashMessages.get('value'),
        ])
        assert.deepEqual(found, [read, read])
      })
    }

    test(`a value that is put is live until the request ends [${driver}]`, async ({ assert }) => {
      const isDate = await visitor().ask(({ session }) => {
        session.put('now', new Date())
        return session.get('now') instanceof Date
      })
      assert.isTrue(isDate)
    })
  })

  test.group(`Indexes of arrays on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const index of NO_INDEXES) {
      test(`put('items[${index}]') is refused and what is stored stays [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask, codeOf } = visitor()
        await visit(({ session }) => session.put('items', [{ id: 1 }, { id: 2 }]))

        for (const key of [`items[${index}]`, `items[${index}].id`]) {
          const code = await codeOf(({ session }) => session.put(key, 1))
          assert.equal(code, 'E_SESSION_UNSERIALIZABLE', key)
        }
        assert.deepEqual(await ask(all), { items: [{ id: 1 }, { id: 2 }] })
      })
    }

    test(`put behind the end of an array fills the gap with null [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask } = visitor()
      await visit(({ session }) => session.put('items', [1]))

      await visit(({ session }) => session.put('items.3', 4))
      assert.deepEqual(await ask(all), { items: [1, null, null, 4] })
    })
  })
}
