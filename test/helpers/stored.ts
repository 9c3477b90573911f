import { randomBytes } from 'crypto'
import { promises as fs } from 'fs'
import { join } from 'path'
import { MemoryDriver } from '../../src/Drivers/Memory'
import { TestApp } from './app'
import { Browser } from './browser'
import { configName, dynamoDb, FourMethodDriver } from './drivers'
import { hashOf } from '../../src/AtRest/ids'

/** Reads the text of a session past the package; `null`: nothing is there. */
type ReadText = (app: TestApp, id: string, browser: Browser) => Promise<string | null>

const READ: Record<string, ReadText> = {
  memory: async (_, id) => JSON.stringify(MemoryDriver.sessions.get(id) ?? null),
  fourMethods: async (_, id) => JSON.stringify(await new FourMethodDriver().read(id)),
  file: (app, id) => fs.readFile(fileOf(app, id), 'utf8').catch(() => null),
  redis: (app, id) => redisOf(app).get(id),
  database: async (app, id) => (await rowOf(app, id))?.data?.toString() ?? null,
  dynamodb: async (_, id) => (await itemOf(id))?.data?.S ?? null,
  cookie: async (app, id, browser) => {
    const cookie = decodeURIComponent(browser.cookies()[id] ?? '')
    const encryption = app.app.container.use('Adonis/Core/Encryption')
    return JSON.stringify(encryption.decrypt(cookie.slice('e:'.length), id))
  },
}

/** The values that the store of a driver holds under an id; `null`: none. */
export async function storedValues(driver: string, app: TestApp, id: string, browser: Browser) {
  const name = configName(driver)
  const stored = JSON.parse((await READ[name](app, id, browser)) ?? 'null')
  const isEnvelope = ['file', 'redis', 'database', 'dynamodb'].includes(name)
  return stored && isEnvelope ? (stored.message ?? null) : stored
}

const READ_TOMBSTONE: Record<string, (app: TestApp, id: string) => Promise<string | null>> = {
  memory: async (_, id) => JSON.stringify(await new MemoryDriver().load(id)),
  file: (app, id) => fs.readFile(fileOf(app, id), 'utf8'),
  redis: (app, id) => redisOf(app).get(`{${id}}:retired`),
  database: async (app, id) => (await rowOf(app, id))?.tombstone?.toString(),
  dynamodb: async (_, id) => (await itemOf(id))?.tombstone?.S,
}

/** The text that a driver keeps of an id that was retired. */
export async function storedTombstone(driver: string, app: TestApp, id: string): Promise<string> {
  const text = await READ_TOMBSTONE[configName(driver)](app, id)
  if (!text) {
    throw new Error(`${driver} has no tombstone of ${id}`)
  }
  return text
}

type Write = (
  app: TestApp,
  id: string,
  values: Record<string, any>,
  more?: Record<string, unknown>
) => unknown

const text64 = (id: string, message: Record<string, any>, more?: Record<string, unknown>) =>
  JSON.stringify({ message, purpose: id, ...more })

const WRITE_64: Record<string, Write> = {
  memory: (_, id, values) => MemoryDriver.sessions.set(id, values),
  fourMethods: (_, id, values) => new FourMethodDriver().write(id, values),
  file: (app, id, values, more) => fs.writeFile(fileOf(app, id), text64(id, values, more)),
  redis: (app, id, values, more) => redisOf(app).set(id, text64(id, values, more), 'EX', 7200),
  database: (app, id, values, more) => putRow(app, id, text64(hashOf(id), values, more)),
  dynamodb: (_, id, values, more) => putItem(id, text64(hashOf(id), values, more)),
}

/**
 * Stores a session as 6.4 does, or would, past the package: it tells nothing but the values, and what is
 * given besides.
 */
export async function storeAs64(
  driver: string,
  app: TestApp,
  id: string,
  values: object,
  more?: Record<string, unknown>
) {
  await WRITE_64[configName(driver)](app, id, values, more)
}

const REMOVE: Record<string, (app: TestApp, id: string) => unknown> = {
  memory: (_, id) => MemoryDriver.sessions.delete(id),
  fourMethods: (_, id) => new FourMethodDriver().destroy(id),
  file: (app, id) => fs.unlink(fileOf(app, id)),
  redis: (app, id) => redisOf(app).del(id),
  database: (app, id) => tableOf(app).where('id', hashOf(id)).delete(),
  dynamodb: (_, id) => onDynamoDb('DeleteItemCommand', { Key: { id: { S: hashOf(id) } } }),
}

/** Removes a session past the package, as 6.4 or an operator does: no tombstone is left. */
export async function removeStored(driver: string, app: TestApp, id: string) {
  await REMOVE[configName(driver)](app, id)
}

/** The file of a session, whether or not it is there. */
export function fileOf(app: TestApp, id: string): string {
  return join(app.app.config.get('session.file.location'), `${id}.txt`)
}

/** The Redis connection of the app. */
export function redisOf(app: TestApp) {
  return app.app.container.use('Adonis/Addons/Redis').connection('local').ioConnection
}

/** The table of sessions of an app. */
export function tableOf(app: TestApp) {
  const { connection, table } = app.app.config.get('session.database')
  return app.app.container
    .use('Adonis/Lucid/Database')
    .connection(connection)
    .query()
    .from(table ?? 'sessions')
}

/** The row of a session; `null`: none. */
export async function rowOf(app: TestApp, id: string): Promise<Record<string, any> | null> {
  return tableOf(app).where('id', hashOf(id)).first()
}

/** Puts a text into the row of a session, past the package. */
export async function putRow(app: TestApp, id: string, data: string, ageInMs = 7_200_000) {
  const expires = Date.now() + ageInMs
  await tableOf(app).where('id', hashOf(id)).delete()
  await tableOf(app)
    .knexQuery.clone()
    .insert({
      ...{ id: hashOf(id), data, version: randomBytes(6).toString('hex') },
      ...{ created_at: Date.now(), expires_at: expires, sweep_at: expires },
    })
}

/** One command on the table of sessions in DynamoDB. */
export async function onDynamoDb(command: string, input: Record<string, any>): Promise<any> {
  const sdk = require('@aws-sdk/client-dynamodb')
  const client = new sdk.DynamoDBClient(dynamoDb())
  try {
    return await client.send(new sdk[command]({ TableName: 'sessions', ...input }))
  } finally {
    client.destroy()
  }
}

/** All items of that table, page by page. */
export async function everyItem(input: Record<string, any>): Promise<Record<string, any>[]> {
  const items = []
  let page: any = {}
  do {
    page = await onDynamoDb('ScanCommand', { ...input, ExclusiveStartKey: page.LastEvaluatedKey })
    items.push(...page.Items)
  } while (page.LastEvaluatedKey)
  return items
}

/** The item of a session; absent: none. */
export async function itemOf(id: string): Promise<Record<string, any> | undefined> {
  return (await onDynamoDb('GetItemCommand', { Key: { id: { S: hashOf(id) } } })).Item
}

/** Puts a text into the item of a session, past the package. */
export async function putItem(id: string, data: string, ageInMs = 7_200_000) {
  const times = { expires_at: { N: String(Date.now() + ageInMs) }, ttl: { N: '1' } }
  const version = { S: randomBytes(6).toString('hex') }
  const Item = { id: { S: hashOf(id) }, data: { S: data }, version, ...times }
  await onDynamoDb('PutItemCommand', { Item })
}
