import { deepStrictEqual as same, notStrictEqual, strictEqual as equal } from 'assert'
import type {
  SessionConfig,
  SessionDriverContract,
  SessionRecord,
  SessionStoreContract,
} from '@ioc:Adonis/Addons/Session'
import { newId } from '../IdCookie'
import { storeOf } from '../Repository/capabilities'
import { settingsOf } from '../Settings'
import { Values } from '../Values/paths'

/** Registers a test: that of Japa, or of any other runner. */
export type RegisterTest = (title: string, callback: () => Promise<void>) => unknown

export interface DriverUnderTest {
  name: string
  config: SessionConfig
  /** A driver as the app makes it for a request. */
  create: () => SessionDriverContract | Promise<SessionDriverContract>
}

const VALUES: Values = {
  text: 'žluťoučký 🐎 "quoted" \\ \u0000 \u2028',
  number: -1.5e21,
  yes: true,
  no: false,
  nothing: null,
  list: [1, [2, { three: 3 }], null],
  nested: { 'a.b': { c: {} } },
  empty: '',
}

const MINUTE_IN_MS = 60_000

type Promises<Driver> = Record<string, (driver: Driver, id: string) => Promise<void>>

/** What the four documented methods promise. */
const FOUR_METHODS: Promises<SessionDriverContract> = {
  'an unknown id reads as null': async (driver, id) => {
    equal((await driver.read(id)) ?? null, null)
  },

  'what was written is read': async (driver, id) => {
    await driver.write(id, VALUES)
    same(await driver.read(id), VALUES)
  },

  'no values are values': async (driver, id) => {
    await driver.write(id, {})
    same(await driver.read(id), {})
  },

  'a second write replaces the first one': async (driver, id) => {
    await driver.write(id, { one: 1 })
    await driver.write(id, { two: 2 })
    same(await driver.read(id), { two: 2 })
  },

  'ids do not see each other': async (driver, id) => {
    const other = newId()
    await driver.write(id, { one: 1 })
    await driver.write(other, { two: 2 })
    await driver.destroy(other)
    same(await driver.read(id), { one: 1 })
  },

  'a destroyed id reads as null': async (driver, id) => {
    await driver.write(id, VALUES)
    await driver.destroy(id)
    equal((await driver.read(id)) ?? null, null)
  },

  'destroying and touching an unknown id is fine': async (driver, id) => {
    await driver.destroy(id)
    await driver.touch(id)
    equal((await driver.read(id)) ?? null, null)
  },

  'touching keeps the values': async (driver, id) => {
    await driver.write(id, VALUES)
    await driver.touch(id)
    same(await driver.read(id), VALUES)
  },
}

function record(values: Values): SessionRecord {
  const now = Date.now()
  return { values, json: JSON.stringify(values), meta: { createdAt: now, updatedAt: now } }
}

async function begin(store: SessionStoreContract, id: string, values: Values): Promise<string> {
  const result = await store.replace(id, record(values), null, MINUTE_IN_MS)
  equal(result.done, true, 'nothing is there, so the record is stored')
  return result.done ? result.version : ''
}

/** What is left under an id that has no record any more. */
async function leftUnder(store: SessionStoreContract, id: string) {
  const found = await store.load(id)
  return found && 'retired' in found ? found.retired : found
}

async function valuesIn(store: SessionStoreContract, id: string): Promise<Values | null> {
  const found = await store.load(id)
  return found && 'values' in found ? found.values : null
}

/** What the package makes of every driver: it compares before it changes. */
const COMPARING: Promises<SessionStoreContract> = {
  'a loaded session has its values, their JSON and the version that was answered': async (
    store,
    id
  ) => {
    const version = await begin(store, id, VALUES)
    const found = await store.load(id)
    same(found && 'values' in found && found.values, VALUES)
    same(found && 'json' in found && JSON.parse(found.json), VALUES)
    equal(found && 'version' in found && found.version, version)
  },

  'what is loaded is a copy': async (store, id) => {
    await begin(store, id, { list: [1] })
    ;(await valuesIn(store, id))!.list.push(2)
    same(await valuesIn(store, id), { list: [1] })
  },

  'the expected version is replaced': async (store, id) => {
    const version = await begin(store, id, { n: 1 })
    const result = await store.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    equal(result.done, true)
    same(await valuesIn(store, id), { n: 2 })
  },

  'touching a session that is there answers so': async (store, id) => {
    await begin(store, id, { n: 1 })
    notStrictEqual(await store.touch(id, MINUTE_IN_MS), false)
  },

  'touching a session that is gone answers false': async (store, id) => {
    equal(await store.touch(id, MINUTE_IN_MS), false)
  },

  'a retired id is gone, and what is left of it can be read': async (store, id) => {
    const version = await begin(store, id, { cart: [1], user: 7 })
    const stone = { reason: 'regenerated' as const, values: { cart: [1] }, successor: newId() }
    equal((await store.retire(id, stone, version, MINUTE_IN_MS)).done, true)
    equal(await valuesIn(store, id), null)
    same((await store.retired(id))?.values, { cart: [1] })
    same(await leftUnder(store, id), await store.retired(id))
  },

  'an id is regenerated once': async (store, id) => {
    const stone = (successor: string) => ({ reason: 'regenerated' as const, values: {}, successor })
    const version = await begin(store, id, { n: 1 })
    equal((await store.retire(id, stone('one'), version, MINUTE_IN_MS)).done, true)
    same(await store.retire(id, stone('two'), version, MINUTE_IN_MS), {
      done: false,
      current: null,
    })
  },

  'an end for good is not taken back': async (store, id) => {
    const ended = { reason: 'revoked' as const, values: {} }
    const version = await begin(store, id, { n: 1 })
    await store.retire(id, ended, undefined, MINUTE_IN_MS)
    await store.retire(id, { reason: 'regenerated', values: {}, successor: 'one' }, version, 1)
    same(await store.retired(id), ended)
  },

  'an id that was not retired has no tombstone': async (store, id) => {
    await begin(store, id, { n: 1 })
    equal(await store.retired(id), null)
  },
}

/** What only a driver can promise that keeps sessions where two requests see the same one. */
const SHARED: Promises<SessionStoreContract> = {
  'a tombstone names the successor, and that of the first regeneration stays': async (
    store,
    id
  ) => {
    const stone = (successor: string) => ({ reason: 'regenerated' as const, values: {}, successor })
    const version = await begin(store, id, { n: 1 })
    await store.retire(id, stone('one'), version, MINUTE_IN_MS)
    await store.retire(id, stone('two'), null, MINUTE_IN_MS)
    same(await store.retired(id), stone('one'))
  },

  'another version is not replaced, and comes back': async (store, id) => {
    const version = await begin(store, id, { n: 1 })
    await store.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    const result = await store.replace(id, record({ n: 3 }), version, MINUTE_IN_MS)
    same(result.done ? 'replaced' : result.current?.values, { n: 2 })
    same(await valuesIn(store, id), { n: 2 })
  },

  'a record is not begun twice': async (store, id) => {
    await begin(store, id, { n: 1 })
    const result = await store.replace(id, record({ n: 2 }), null, MINUTE_IN_MS)
    same(result.done ? 'replaced' : result.current?.values, { n: 1 })
  },

  'what is gone is not written back': async (store, id) => {
    const version = await begin(store, id, { n: 1 })
    await store.destroy(id)
    const result = await store.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    same(result, { done: false, current: null })
    equal(await store.load(id), null)
  },

  'another version is not retired, and comes back': async (store, id) => {
    const version = await begin(store, id, { n: 1 })
    await store.replace(id, record({ n: 2 }), version, MINUTE_IN_MS)
    const tombstone = { reason: 'regenerated' as const, values: {} }
    const result = await store.retire(id, tombstone, version, MINUTE_IN_MS)
    same(result.done ? 'retired' : result.current?.values, { n: 2 })
    same(await valuesIn(store, id), { n: 2 })
  },

  'retiring nothing expects nothing': async (store, id) => {
    await begin(store, id, { n: 1 })
    const result = await store.retire(id, { reason: 'revoked', values: {} }, null, MINUTE_IN_MS)
    same(result.done ? 'retired' : result.current?.values, { n: 1 })
  },

  'whatever is there is retired when no version is expected': async (store, id) => {
    await begin(store, id, { n: 1 })
    const stone = { reason: 'revoked' as const, values: {} }
    equal((await store.retire(id, stone, undefined, MINUTE_IN_MS)).done, true)
    same(await leftUnder(store, id), stone)
  },

  'of many that expect the same version one replaces it': async (store, id) => {
    const version = await begin(store, id, { n: -1 })
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => store.replace(id, record({ n }), version, MINUTE_IN_MS))
    )
    equal(results.filter(({ done }) => done).length, 1)
  },
}

/**
 * The contract of session drivers as tests, for the drivers of the package and for yours. A driver of
 * four methods is tested as the package uses it; `concurrent: true` adds what a driver can promise
 * that compares by itself (`replace`, `retire`).
 */
export function driverContract(
  test: RegisterTest,
  { name, config, create }: DriverUnderTest,
  { concurrent = true } = {}
) {
  const register = <Driver>(
    promises: Promises<Driver>,
    as: (driver: SessionDriverContract) => Driver
  ) =>
    Object.entries(promises).forEach(([title, promise]) =>
      test(`${name}: ${title}`, async () => promise(as(await create()), newId()))
    )
  const asStore = (driver: SessionDriverContract) => storeOf(driver, settingsOf(config))

  register(FOUR_METHODS, (driver) => driver)
  register(COMPARING, asStore)
  if (concurrent) {
    register(SHARED, asStore)
  }
}
