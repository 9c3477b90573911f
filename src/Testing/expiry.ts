import { deepStrictEqual as same, strictEqual as equal } from 'assert'
import type { AtomicDriverContract, SessionDriverContract } from '@ioc:Adonis/Addons/Session'
import { isAtomic } from '../AtomicBridge/capabilities'
import { Values } from '../Values/paths'
import { MINUTE_IN_MS, Promises, record, tombstone, valuesIn } from './promises'

/** Lets time pass for a driver, and has the idle age that it was made with. */
export interface Clock {
  ageInMs: number
  pass: (timeInMs: number) => Promise<unknown>
}

/** A driver as the package uses it: by its own methods, or by those that compare. */
interface Used {
  write(id: string, values: Values): Promise<unknown>
  touch(id: string): Promise<unknown>
  read(id: string): Promise<Values | null>
}

function usedWith(driver: SessionDriverContract, ageInMs: number): Used {
  if (!isAtomic(driver)) {
    return {
      write: async (id, values) => driver.write(id, values),
      touch: async (id) => driver.touch(id),
      read: async (id) => (await driver.read(id)) ?? null,
    }
  }
  const versionOf = async (id: string) => {
    const found = await driver.load(id)
    return found.state === 'stored' ? found.record.version : null
  }
  return {
    write: async (id, values) => driver.replace(id, record(values), await versionOf(id), ageInMs),
    touch: async (id) => driver.touch(id, ageInMs, (await versionOf(id)) ?? undefined),
    read: (id) => valuesIn(driver, id),
  }
}

/** The idle age. */
export function expiry({ ageInMs, pass }: Clock): Promises<SessionDriverContract> {
  const [most, some] = [0.75 * ageInMs, 0.5 * ageInMs]
  const promises: Promises<Used> = {
    'what nobody has used for its age is gone': async (driver, id) => {
      await driver.write(id, { n: 1 })
      await pass(most)
      same(await driver.read(id), { n: 1 })
      await pass(some)
      equal(await driver.read(id), null)
    },

    'touching begins the age anew': async (driver, id) => {
      await driver.write(id, { n: 1 })
      await pass(most)
      await driver.touch(id)
      await pass(some)
      same(await driver.read(id), { n: 1 })
      await pass(most)
      equal(await driver.read(id), null)
    },

    'so does writing': async (driver, id) => {
      await driver.write(id, { n: 1 })
      await pass(most)
      await driver.write(id, { n: 2 })
      await pass(some)
      same(await driver.read(id), { n: 2 })
    },
  }
  return Object.fromEntries(
    Object.entries(promises).map(([title, promise]) => [
      title,
      (driver: SessionDriverContract, id: string) => promise(usedWith(driver, ageInMs), id),
    ])
  )
}

/** The times that a driver is given by the package. */
export function timesToLive({ pass }: Clock): Promises<AtomicDriverContract> {
  const later = () => pass(1.5 * MINUTE_IN_MS)
  return {
    'a record ends with the time that it was given, and can be begun again': async (driver, id) => {
      await driver.replace(id, record({ n: 1 }, MINUTE_IN_MS), null, MINUTE_IN_MS)
      await later()
      same(await driver.load(id), { state: 'absent' })
      const again = await driver.replace(id, record({ n: 2 }), null, MINUTE_IN_MS)
      equal(again.done, true)
    },

    'a tombstone refuses until its time is over': async (driver, id) => {
      await driver.retire(id, tombstone('revoked'), null, 2 * MINUTE_IN_MS)
      await later()
      equal((await driver.replace(id, record({ n: 1 }), null, MINUTE_IN_MS)).done, false)
      await later()
      equal((await driver.replace(id, record({ n: 1 }), null, MINUTE_IN_MS)).done, true)
      same(await valuesIn(driver, id), { n: 1 })
    },
  }
}
