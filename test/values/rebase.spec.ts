import { test } from '@japa/runner'
import fc from 'fast-check'
import { Store } from '../../src/Store'
import { common, merge } from '../../src/Values/merge'
import { apply, Operation, rebase } from '../../src/Values/operations'
import { getPath, setPath, unsetPath, Values } from '../../src/Values/paths'

const RUNS = { numRuns: 2000 }

/** Keys of objects and indexes of arrays, also those past their ends. */
const key = fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y', 'b.x.y', 'a.0', 'a.1', 'a.1.x', 'b.2')
const item = fc.integer({ min: 0, max: 3 })
const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom('text', true, null),
  fc.dictionary(fc.constantFrom('x', 'y'), item),
  fc.array(fc.oneof(item, fc.record({ x: item })), { maxLength: 3 })
)
const values: fc.Arbitrary<Values> = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ verb: fc.constant('put' as const), key, value }),
  fc.record({ verb: fc.constant('put' as const), key, value: fc.constant(undefined) }),
  fc.record({ verb: fc.constant('forget' as const), key }),
  fc.record({ verb: fc.constant('increment' as const), key, by: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ verb: fc.constant('push' as const), key, items: fc.array(fc.integer()) }),
  fc.record({ verb: fc.constant('merge' as const), values }),
  fc.record({ verb: fc.constant('replace' as const), values })
)
const operations = fc.array(operation, { maxLength: 6 })

const copy = <T>(given: T): T => JSON.parse(JSON.stringify(given))

/** What a request makes of a session, as it is stored; a verb that does not fit what is there does nothing. */
function after(given: Values, done: Operation[]): Values {
  const made = copy(done).reduce((now, one) => {
    try {
      return apply(now, one)
    } catch {
      return now
    }
  }, copy(given))
  return copy(made)
}

/** The verb of a store for each operation. */
const VERBS: { [Verb in Operation['verb']]: (store: Store, operation: any) => void } = {
  put: (store, { key: path, value: given }) => store.set(path, given),
  forget: (store, { key: path }) => store.unset(path),
  increment: (store, { key: path, by }) => store.increment(path, by),
  push: (store, { key: path, items }) => store.push(path, ...items),
  merge: (store, { values: given }) => store.merge(given),
  replace: (store, { values: given }) => store.update(given),
}

/** A store in which a request did this; `null`: a verb has refused. */
function storeAfter(given: Values, done: Operation[]): Store | null {
  const store = new Store(copy(given))
  try {
    copy(done).forEach((operation) => VERBS[operation.verb](store, operation))
    return store
  } catch {
    return null
  }
}

test.group('Bringing a request onto what others have stored', () => {
  test('two requests in parallel leave what they would have left one after the other', () => {
    fc.assert(
      fc.property(values, operations, operations, (base, first, second) => {
        const theirs = after(base, first)
        const together = rebase(base, after(base, second), second, theirs)
        return same(together, after(theirs, second))
      }),
      RUNS
    )
  })

  test('so do any number, whenever each of them began', () => {
    const request = fc.record({ done: operations, beganAt: fc.nat(4) })
    fc.assert(
      fc.property(values, fc.array(request, { maxLength: 5 }), (start, requests) => {
        const stored = [start]
        for (const { done, beganAt } of requests) {
          const base = stored[Math.min(beganAt, stored.length - 1)]
          stored.push(rebase(base, after(base, done), done, stored[stored.length - 1]))
        }
        const inTurn = requests.reduce((now, { done }) => after(now, done), start)
        return same(stored[stored.length - 1], inTurn)
      }),
      RUNS
    )
  })

  test('what a store has noted of a request is as good as all that the request did', () => {
    fc.assert(
      fc.property(values, operations, operations, (base, first, second) => {
        const theirs = after(base, first)
        const [store, next] = [storeAfter(base, second), storeAfter(theirs, second)]
        fc.pre(store !== null && next !== null)
        const together = rebase(base, copy(store!.live), store!.operations, theirs)
        return same(together, copy(next!.live))
      }),
      RUNS
    )
  })

  test('what was changed in place, without a verb, survives beside what others changed', () => {
    fc.assert(
      fc.property(values, values, (base, others) => {
        const ours = { ...copy(base), mine: [1] }
        const { mine, ...rest } = rebase(base, ours, [], { ...others })
        return same(mine, [1]) && same(rest, others)
      }),
      RUNS
    )
  })

  test('what others removed stays removed, whatever was changed in place inside it', () => {
    const inside = fc.oneof(fc.dictionary(fc.constantFrom('x', 'y'), value), fc.array(value))
    const without = fc.constantFrom({}, { user: null }, { user: 'text' })
    fc.assert(
      fc.property(inside, inside, without, (user, changed, others) => {
        fc.pre(Array.isArray(user) === Array.isArray(changed))
        return same(rebase({ user }, { user: changed }, [], others), others)
      }),
      RUNS
    )
  })
})

test.group('A verb that no longer fits', () => {
  const UNFIT: Operation[] = [
    { verb: 'increment', key: 'n', by: 1 },
    { verb: 'push', key: 'n', items: [1] },
  ]

  for (const unfit of UNFIT) {
    test(`${unfit.verb} leaves what another request has made a text`, ({ assert }) => {
      assert.deepEqual(apply({ n: 'a text of another request' }, copy(unfit)), {
        n: 'a text of another request',
      })
    })
  }
})

test.group('Merging', () => {
  test('what only one side changed is taken from that side', () => {
    fc.assert(
      fc.property(values, values, (base, changed) => {
        return (
          same(merge(base, base, changed), changed) && same(merge(base, changed, base), changed)
        )
      }),
      RUNS
    )
  })

  test('what both sides made the same stays the same', () => {
    fc.assert(
      fc.property(values, values, (base, changed) => same(merge(base, changed, changed), changed)),
      RUNS
    )
  })

  test('the arguments stay as they are', () => {
    fc.assert(
      fc.property(values, values, values, (base, ours, theirs) => {
        const before = copy([base, ours, theirs])
        merge(base, ours, theirs)
        return same([base, ours, theirs], before)
      }),
      RUNS
    )
  })

  test('what two sessions both hold is in each of them', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const shared = common(one, other)
        return same(merge(one, one, shared), shared) && same(common(shared, one), shared)
      }),
      RUNS
    )
  })
})

test.group('Dotted paths', () => {
  const free = fc.oneof(key, fc.string())

  test('what is put under a path is got from it, and gone when it is forgotten', () => {
    fc.assert(
      fc.property(key, value, (path, given) => {
        const target: Values = {}
        setPath(target, path, given)
        const found = getPath(target, path)
        unsetPath(target, path)
        return same(found, given) && getPath(target, path) === undefined
      }),
      RUNS
    )
  })

  test('no path reaches a prototype', ({ assert }) => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(free, fc.constantFrom('__proto__', 'constructor'))),
        (parts) => {
          const target: Values = {}
          setPath(target, parts.join('.') || 'a', { polluted: true })
          getPath(target, `${parts.join('.')}.polluted`)
          unsetPath(target, parts.join('.'))
        }
      ),
      RUNS
    )
    assert.notProperty({}, 'polluted')
  })
})

/** The same JSON, whatever the order of its keys. */
function same(one: unknown, other: unknown): boolean {
  const sorted = (given: any): any =>
    typeof given !== 'object' || given === null || Array.isArray(given)
      ? given
      : Object.fromEntries(
          Object.keys(given)
            .sort()
            .map((name) => [name, sorted(given[name])])
        )
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}
