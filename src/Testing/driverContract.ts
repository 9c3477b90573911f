import { deepStrictEqual as same, strictEqual as equal } from 'assert'
import { setTimeout as wait } from 'timers/promises'
import type { SessionConfig, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { atomicDriver, isAtomic } from '../AtomicBridge/capabilities'
import { newId } from '../IdCookie'
import { settingsOf } from '../Settings'
import { COMPARING, SHARED } from './comparing'
import { expiry, timesToLive } from './expiry'
import { Promises, VALUES } from './promises'

/** Registers a test: that of Japa, or of any other runner. */
export type RegisterTest = (title: string, callback: () => Promise<void>) => unknown

export interface DriverUnderTest {
  name: string
  config: SessionConfig
  /** A driver as the app makes it for a request. */
  create: () => SessionDriverContract | Promise<SessionDriverContract>
}

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

const HAS_ALL: Promises<SessionDriverContract> = {
  'has load, replace and retire': async (driver) => equal(isAtomic(driver), true),
}

/** Longer than this no test waits for a session to end. */
const LONGEST_WAIT_IN_MS = 3000

export interface ContractOptions {
  /**
   * Does the driver compare by itself, with `load`, `replace` and `retire`, where two requests see one session?
   *
   * @default true
   */
  concurrent?: boolean

  /**
   * Do sessions outlive the driver that stored them? Those of the cookie driver are in the response.
   *
   * @default true
   */
  persistent?: boolean

  /**
   * Lets time pass for the driver, in milliseconds: moves a clock. Absent, the tests wait for as long, and the
   * `age` of the config is some seconds at most.
   */
  pass?: (timeInMs: number) => unknown
}

/**
 * The contract of session drivers as tests, for the drivers of the package and for yours. `config.age` is the
 * idle age of the driver. A driver of four methods is tested as the package uses it.
 */
export function driverContract(
  test: RegisterTest,
  { name, config, create }: DriverUnderTest,
  { concurrent = true, persistent = true, pass }: ContractOptions = {}
) {
  const settings = settingsOf(config)
  const register = <Driver>(
    promises: Promises<Driver>,
    as: (driver: SessionDriverContract) => Driver
  ) =>
    Object.entries(promises).forEach(([title, promise]) =>
      test(`${name}: ${title}`, async () => promise(as(await create()), newId()))
    )
  const asAtomic = (driver: SessionDriverContract) => atomicDriver(driver, settings)
  const clock = {
    ageInMs: settings.ageInMs,
    pass: async (timeInMs: number) => {
      if (!pass && timeInMs > LONGEST_WAIT_IN_MS) {
        throw new Error(
          `A session ends after ${settings.ageInMs} ms, which no test waits for. Make the driver with an age of some seconds, and name it in "config.age"; or give "pass", which moves its clock`
        )
      }
      await (pass ?? wait)(timeInMs)
    },
  }

  register(FOUR_METHODS, (driver) => driver)
  if (persistent) {
    register(expiry(clock), (driver) => driver)
  }
  register(COMPARING, asAtomic)
  if (concurrent) {
    register(HAS_ALL, (driver) => driver)
    register(SHARED, asAtomic)
  }
  if (concurrent && pass) {
    register(timesToLive(clock), asAtomic)
  }
}
