import { promises as fs } from 'fs'
import { join } from 'path'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { TestApp } from './app'
import { Browser } from './browser'
import { FourMethodDriver } from './drivers'

/** Reads the text of a session past the package; `null`: nothing is there. */
type ReadText = (app: TestApp, id: string, browser: Browser) => Promise<string | null>

const READ: Record<string, ReadText> = {
  memory: async (_, id) => JSON.stringify(MemoryDriver.sessions.get(id) ?? null),
  fourMethods: async (_, id) => JSON.stringify(await new FourMethodDriver().read(id)),
  file: (app, id) => fs.readFile(fileOf(app, id), 'utf8').catch(() => null),
  redis: (app, id) => redisOf(app).get(id),
  cookie: async (app, id, browser) => {
    const cookie = decodeURIComponent(browser.cookies()[id] ?? '')
    const encryption = app.app.container.use('Adonis/Core/Encryption')
    return JSON.stringify(encryption.decrypt(cookie.slice('e:'.length), id))
  },
}

/** The values that the store of a driver holds under an id; `null`: none. */
export async function storedValues(driver: string, app: TestApp, id: string, browser: Browser) {
  const stored = JSON.parse((await READ[driver](app, id, browser)) ?? 'null')
  const isEnvelope = driver === 'file' || driver === 'redis'
  return stored && isEnvelope ? (stored.message ?? null) : stored
}

type Write = (app: TestApp, id: string, values: Record<string, any>) => unknown

const text64 = (id: string, values: Record<string, any>) =>
  JSON.stringify({ message: values, purpose: id })

const WRITE_64: Record<string, Write> = {
  memory: (_, id, values) => MemoryDriver.sessions.set(id, values),
  fourMethods: (_, id, values) => new FourMethodDriver().write(id, values),
  file: (app, id, values) => fs.writeFile(fileOf(app, id), text64(id, values)),
  redis: (app, id, values) => redisOf(app).set(id, text64(id, values), 'EX', 7200),
}

/** Stores a session as 6.4 does, past the package: it tells nothing but the values. */
export async function storeAs64(driver: string, app: TestApp, id: string, values: object) {
  await WRITE_64[driver](app, id, values)
}

const REMOVE: Record<string, (app: TestApp, id: string) => unknown> = {
  memory: (_, id) => MemoryDriver.sessions.delete(id),
  fourMethods: (_, id) => new FourMethodDriver().destroy(id),
  file: (app, id) => fs.unlink(fileOf(app, id)),
  redis: (app, id) => redisOf(app).del(id),
}

/** Removes a session past the package, as 6.4 or an operator does: no tombstone is left. */
export async function removeStored(driver: string, app: TestApp, id: string) {
  await REMOVE[driver](app, id)
}

/** The file of a session, whether or not it is there. */
export function fileOf(app: TestApp, id: string): string {
  return join(app.app.config.get('session.file.location'), `${id}.txt`)
}

/** The Redis connection of the app. */
export function redisOf(app: TestApp) {
  return app.app.container.use('Adonis/Addons/Redis').connection('local').ioConnection
}
