import { test } from '@japa/runner'
import { RecentMap } from '../../src/RecentMap'

test.group('A map of recent things', () => {
  test('holds the last ones, and never more than twice its size', ({ assert }) => {
    const map = new RecentMap<number>(3)
    for (let n = 0; n < 100; n++) {
      map.set(`key ${n}`, n)
    }
    const held = Array.from({ length: 100 }, (_, n) => n).filter((n) => map.get(`key ${n}`) === n)
    assert.includeMembers(held, [97, 98, 99])
    assert.isAtMost(held.length, 6)
  })

  test('what is asked for again and again stays', ({ assert }) => {
    const map = new RecentMap<string>(3)
    map.set('asked for', 'there')
    for (let n = 0; n < 100; n++) {
      map.set(`key ${n}`, 'other')
      assert.equal(map.get('asked for'), 'there')
    }
  })
})

test.group('A map of recent things that differ in size', () => {
  test('holds no more than twice its size', ({ assert }) => {
    const map = new RecentMap<number>(100)
    for (let n = 0; n < 100; n++) {
      map.set(`key ${n}`, n, 30)
    }
    const held = Array.from({ length: 100 }, (_, n) => n).filter((n) => map.get(`key ${n}`) === n)
    assert.includeMembers(held, [97, 98, 99])
    assert.isAtMost(held.length, 6)
  })

  test('what is set again takes the place of what it was', ({ assert }) => {
    const map = new RecentMap<number>(100)
    map.set('other', 0, 30)
    for (let n = 0; n < 10; n++) {
      map.set('same', n, 30)
    }
    map.set('last', 0, 30)
    assert.deepEqual([map.get('other'), map.get('same'), map.get('last')], [0, 9, 0])
    for (let n = 0; n < 3; n++) {
      map.set(`key ${n}`, n, 30)
    }
    assert.equal(map.get('same'), 9)
    for (let n = 0; n < 6; n++) {
      map.set(`more ${n}`, n, 30)
    }
    assert.isUndefined(map.get('other'))
  })

  test('an entry as large as all counts as such, and the next one begins anew', ({ assert }) => {
    const map = new RecentMap<number>(100)
    map.set('small', 0, 1)
    map.set('large', 1, 100)
    map.set('next', 2, 1)
    assert.deepEqual([map.get('large'), map.get('next')], [1, 2])
    assert.isUndefined(map.get('small'))
  })

  test('what is set again, and smaller, leaves room', ({ assert }) => {
    const map = new RecentMap<number>(100)
    map.set('before', 0, 100)
    map.set('same', 0, 90)
    map.set('same', 1, 10)
    map.set('other', 0, 80)
    map.set('last', 0, 10)
    assert.deepEqual([map.get('same'), map.get('other'), map.get('last')], [1, 0, 0])
    assert.equal(map.get('before'), 0)
  })
})
