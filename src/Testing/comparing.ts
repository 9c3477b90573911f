import { deepStrictEqual as same, strictEqual as equal } from 'assert'
import type { AtomicDriverContract } from '@ioc:Adonis/Addons/Session'
import { newId } from '../IdCookie'
import {
  begin,
  foundBy,
  MINUTE_IN_MS,
  Promises,
  reasonOf,
  record,
  tombstone,
  valuesIn,
  valuesOf,
  VALUES,
} from './promises'

/** What the package makes of every driver: it compares before it changes. */
export const COMPARING: Promises<AtomicDriverContract> = {
  'nothing stands under an id that was never used': async (driver, id) => {
    same(await driver.load(id), { state: 'absent' })
  },

  'a loaded session has its values, their JSON and the version that was answered': async (
    driver,
    id
  ) => {
    const version = await begin(driver, id, VALUES)
    const found = await driver.load(id)
    same(valuesOf(found), VALUES)
    same(found.state === 'stored' && JSON.parse(found.record.json), VALUES)
    equal(found.state === 'stored' && found.record.version, version)
  },

  'what is loaded is a copy': async (driver, id) => {
    await begin(driver, id, { list: [1] })
    ;(await valuesIn(driver, id))!.list.push(2)
    same(await valuesIn(driver, id), { list: [1] })
  },

  'the expected version is replaced': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    const result = await driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    equal(result.done, true)
    same(await valuesIn(driver, id), { n: 2 })
  },

  'touching a session that is there is done, and its version stands': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    const touched = await driver.touch(id, MINUTE_IN_MS, version)
    equal(touched.done, true)
    const next = touched.done ? touched.version : ''
    equal((await driver.replace(id, record({ n: 2 }), next, MINUTE_IN_MS)).done, true)
  },

  'touching a session that is gone finds nothing': async (driver, id) => {
    same(await foundBy(driver.touch(id, MINUTE_IN_MS)), { state: 'absent' })
  },

  'a retired id is gone, and its tombstone is found': async (driver, id) => {
    const version = await begin(driver, id, { cart: [1], user: 7 })
    const stone = tombstone('regenerated', { values: { cart: [1] }, successor: newId() })
    equal((await driver.retire(id, stone, version, MINUTE_IN_MS)).done, true)
    const found = await driver.load(id)
    equal(found.state, 'retired')
    same(found.state === 'retired' && found.tombstone.reason, 'regenerated')
    same(found.state === 'retired' && found.tombstone.values, { cart: [1] })
  },

  'a tombstone refuses a record, a touch and another tombstone, and is found': async (
    driver,
    id
  ) => {
    const version = await begin(driver, id, { n: 1 })
    await driver.retire(id, tombstone('revoked'), version, MINUTE_IN_MS)
    const attempts = [
      driver.replace(id, record({ n: 2 }), null, MINUTE_IN_MS),
      driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS),
      driver.touch(id, MINUTE_IN_MS, version),
      driver.retire(id, tombstone('regenerated', { successor: 'one' }), version, MINUTE_IN_MS),
      driver.retire(id, tombstone('invalidated'), null, MINUTE_IN_MS),
      driver.retire(id, tombstone('invalidated'), undefined, MINUTE_IN_MS),
    ]
    for (const attempt of attempts) {
      equal((await foundBy(attempt)).state, 'retired')
    }
    equal(await reasonOf(driver, id), 'revoked')
  },

  'an id without a record is retired, too': async (driver, id) => {
    equal((await driver.retire(id, tombstone('invalidated'), null, MINUTE_IN_MS)).done, true)
    equal(await reasonOf(driver, id), 'invalidated')
    const result = await foundBy(driver.replace(id, record({ n: 1 }), null, MINUTE_IN_MS))
    equal(result.state, 'retired')
  },

  'the same tombstone again is done, as after an answer that got lost': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    const stone = tombstone('revoked')
    await driver.retire(id, stone, version, MINUTE_IN_MS)
    equal((await driver.retire(id, stone, version, MINUTE_IN_MS)).done, true)
  },

  'whatever stands there is retired when no version is expected': async (driver, id) => {
    await begin(driver, id, { n: 1 })
    equal((await driver.retire(id, tombstone('revoked'), undefined, MINUTE_IN_MS)).done, true)
    equal(await reasonOf(driver, id), 'revoked')
  },

  'an id that was not retired has no tombstone': async (driver, id) => {
    await begin(driver, id, { n: 1 })
    equal(await reasonOf(driver, id), 'stored')
  },
}

/** What only a driver can promise that keeps sessions where two requests see the same one. */
export const SHARED: Promises<AtomicDriverContract> = {
  'a tombstone names the successor': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    const stone = tombstone('regenerated', { successor: 'one' })
    await driver.retire(id, stone, version, MINUTE_IN_MS)
    const found = await driver.load(id)
    equal(found.state === 'retired' && found.tombstone.successor, 'one')
  },

  'another version is not replaced, and comes back': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    await driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    const found = await foundBy(driver.replace(id, record({ n: 3 }), version, MINUTE_IN_MS))
    same(valuesOf(found), { n: 2 })
    same(await valuesIn(driver, id), { n: 2 })
  },

  'another version is not touched, and comes back': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    await driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    same(valuesOf(await foundBy(driver.touch(id, MINUTE_IN_MS, version))), { n: 2 })
  },

  'a record is not begun twice': async (driver, id) => {
    await begin(driver, id, { n: 1 })
    const found = await foundBy(driver.replace(id, record({ n: 2 }), null, MINUTE_IN_MS))
    same(valuesOf(found), { n: 1 })
  },

  'what is gone is not written back': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    await driver.destroy(id)
    const found = await foundBy(driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS))
    same(found, { state: 'absent' })
    same(await driver.load(id), { state: 'absent' })
  },

  'another version is not retired, and comes back': async (driver, id) => {
    const version = await begin(driver, id, { n: 1 })
    await driver.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    const stone = tombstone('regenerated')
    same(valuesOf(await foundBy(driver.retire(id, stone, version, MINUTE_IN_MS))), { n: 2 })
    same(await valuesIn(driver, id), { n: 2 })
  },

  'retiring nothing expects nothing': async (driver, id) => {
    await begin(driver, id, { n: 1 })
    const stone = tombstone('revoked')
    same(valuesOf(await foundBy(driver.retire(id, stone, null, MINUTE_IN_MS))), { n: 1 })
  },

  'of many that expect the same version one replaces it': async (driver, id) => {
    const version = await begin(driver, id, { n: -1 })
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => driver.replace(id, record({ n }), version, MINUTE_IN_MS))
    )
    equal(results.filter(({ done }) => done).length, 1)
  },

  'of many that begin a record or retire its id one succeeds': async (driver, id) => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        n % 2
          ? driver.replace(id, record({ n }), null, MINUTE_IN_MS)
          : driver.retire(id, tombstone('revoked'), null, MINUTE_IN_MS)
      )
    )
    equal(results.filter(({ done }) => done).length, 1)
  },
}
