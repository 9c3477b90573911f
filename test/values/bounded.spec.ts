import { test } from '@japa/runner'
import { Store } from '../../src/Store'
import { common, merge, mergeInto } from '../../src/Values/merge'
import { storable, toJson } from '../../src/Values/storable'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const DEPTH = 1400
const TIMES_AT_MOST = 3

const all: Handler = ({ session }) => session.all()

const copyOf = (node: any) => ({ ...node })

function nested(
  depth: number,
  leaf: unknown = 'x',
  seen: <T extends object>(node: T) => T = (node) => node
): any {
  let value = leaf
  for (let level = 0; level < depth; level++) {
    value = seen({ a: value, text: 'x' })
  }
  return value
}

type Session = Parameters<Handler>[0]['session']

/** The levels of objects below a session that the package stores. */
const DEEPEST = 1500

const pathOf = (depth: number) => 'a.'.repeat(depth) + 'n'

/** Each verb, with what makes a session of so many levels. */
const PUTS: Record<string, (session: Session, depth: number) => unknown> = {
  put: (session, depth) => session.put('a', nested(depth)),
  'put({…})': (session, depth) => session.put({ a: nested(depth) }),
  'put below': (session, depth) => session.put('a.b.c', nested(depth - 2)),
  'put of a deep key': (session, depth) => session.put(pathOf(depth), 1),
  increment: (session, depth) => session.increment(pathOf(depth)),
  push: (session, depth) => session.push('a', nested(depth - 1)),
  'push below': (session, depth) => session.push('a.list', nested(depth - 2)),
  replace: (session, depth) => session.replace({ a: nested(depth) }),
  flash: (session, depth) => session.flash('a', nested(depth)),
  'flash({…})': (session, depth) => session.flash({ a: nested(depth) }),
}

function depthOf(values: any): number {
  let depth = -1
  for (let node = values; typeof node === 'object'; depth++) {
    node = Object.values(node).find((value) => typeof value === 'object')
  }
  return depth
}

/** Counts the looks at nodes of values: every read of a key, list of keys or prototype is one. */
class Steps {
  public count = 0
  public watch = <T extends object>(node: T): T => new Proxy(node, this.handler)

  private handler: ProxyHandler<any> = {
    get: (...args) => this.step(Reflect.get, args),
    has: (...args) => this.step(Reflect.has, args),
    ownKeys: (...args) => this.step(Reflect.ownKeys, args),
    getPrototypeOf: (...args) => this.step(Reflect.getPrototypeOf, args),
    getOwnPropertyDescriptor: (...args) => this.step(Reflect.getOwnPropertyDescriptor, args),
  }

  private step<Args extends any[], Result>(look: (...args: Args) => Result, args: Args): Result {
    this.count++
    return look(...args)
  }
}

/** What work costs on one value in the depth, and on as many side by side. */
function stepsOf(work: (value: any, other: any) => void) {
  const [deep, wide] = [new Steps(), new Steps()]
  const deepOf = (leaf: unknown) => nested(DEPTH, leaf, deep.watch)
  const wideOf = (leaf: unknown) =>
    wide.watch({ ...Array.from({ length: DEPTH }, () => nested(1, leaf, wide.watch)) })
  work(deepOf(1), deepOf(2))
  work(wideOf(1), wideOf(2))
  return { deep: deep.count, wide: wide.count }
}

const WORK: Record<string, (value: any, other: any) => void> = {
  'a copy for the store': (value) => storable({ value }, 'key'),
  'the text of a session': (value) => toJson({ value }),
  'the text of a session that is copied first': (value) => toJson({ value, date: new Date() }),
  'a merge that finds all equal': (value) => merge({ value }, { value }, { value }),
  'a merge in which all differs': (value, other) => merge({}, { value }, { value: other }),
  'a merge of what one side changed': (value, other) =>
    merge({ value }, { value: other }, { value }),
  'what two sessions both hold': (value, other) => common({ value }, { value: other }),
  'values merged into others': (value, other) => mergeInto({ value: other }, { value }, copyOf),
}

test.group('Work on values grows with their size, not with their depth', () => {
  for (const [what, work] of Object.entries(WORK)) {
    test(what, ({ assert }) => {
      const { deep, wide } = stepsOf(work)
      assert.isAbove(wide, DEPTH)
      assert.isBelow(deep / wide, TIMES_AT_MOST)
    })
  }

  test('a key that is put again and again is kept once', ({ assert }) => {
    const store = new Store({})
    for (let n = 0; n < 1000; n++) {
      store.set('key', { n })
      store.set('other.key', n)
    }
    assert.lengthOf(store.operations, 2)
  })

  test('and so is what was done before all was replaced', ({ assert }) => {
    const store = new Store({})
    store.push('list', 1)
    store.merge({ a: 1 })
    store.clear()
    assert.deepEqual(store.operations, [{ verb: 'replace', values: {} }])
  })

  test('what is put while a commit is under way is saved by the next one', ({ assert }) => {
    const store = new Store({})
    store.set('key', 1)
    const saved = store.operations
    store.set('key', 2)
    store.settle(saved)
    assert.deepEqual(store.operations, [{ verb: 'put', key: 'key', value: 2 }])
  })
})

for (const driver of SERVER_DRIVERS) {
  test.group(`Deep values on ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    test(`are stored, merged, picked from and shown again [${driver}]`, async ({ assert }) => {
      const { visit, ask, clone } = visitor()
      const deep = nested(DEPTH, 1)
      const tab = clone()
      await visit(({ session }) => session.put('deep', deep))
      await visit(async ({ session }) => {
        session.all().added = 1
        await clone().visit(({ session: other }) => other.put('other', 1))
      })
      const { deep: stored, ...rest } = await ask(all)
      assert.deepEqual(rest, { added: 1, other: 1 })
      assert.equal(JSON.stringify(stored), JSON.stringify(deep))
      const kept = await ask(({ session }) => Object.keys(session.except(['other'])))
      assert.deepEqual(kept, ['deep', 'added'])
      assert.deepEqual(await tab.ask(all), {})
    })

    for (const [verb, put] of Object.entries(PUTS)) {
      test(`${verb} takes what can just be stored, and refuses one level more itself [${driver}]`, async ({
        assert,
      }) => {
        const { visit, ask } = visitor()
        const refused = await ask(({ session }) => {
          put(session, DEEPEST)
          try {
            put(session, DEEPEST + 1)
          } catch ({ code }) {
            return code
          }
        })
        assert.equal(refused, 'E_SESSION_UNSERIALIZABLE')
        const depths = await ask(({ session }) => [
          depthOf(session.all()),
          depthOf(session.flashMessages.all()),
        ])
        assert.include(depths, DEEPEST)
        await visit(({ session }) => session.put('a', 1))
      })
    }

    test(`that are too deep are an error of ours, and nothing is lost [${driver}]`, async ({
      assert,
    }) => {
      const { visit, ask, codeOf } = visitor()
      await visit(({ session }) => session.put('kept', 1))
      const puts: Handler[] = [
        ({ session }) => session.put('deep', nested(3000, 1)),
        ({ session }) => session.flash('deep', nested(3000, 1)),
        ({ session }) => void (session.all().deep = nested(3000, 1)),
      ]
      for (const put of puts) {
        assert.equal(await codeOf(put), 'E_SESSION_UNSERIALIZABLE')
      }
      assert.deepEqual(await ask(all), { kept: 1 })
    })
  })
}
