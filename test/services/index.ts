import { mkdirSync, mkdtempSync, rmSync } from 'fs'
import { join } from 'path'
import { ROOT } from '../helpers/app'
import { databases, DATABASES } from '../helpers/databases'
import { requireChromium } from './chromium'
import { startDynamoDb } from './dynamodb'
import { startMariadb } from './mariadb'
import { startPostgres } from './postgres'
import { startRedis } from './redis'
import { requireSqlite } from './sqlite'
import { makeTables } from './tables'

/** What a run can leave out. */
const OPTIONAL = [...DATABASES, 'chromium']

/**
 * Starts what the tests need, on free ports, and tells where by environment variables, which the processes
 * that a test starts inherit. All of it ends with this process. A database, and the browser, may be left out by name.
 * If `TEST_DRIVERS` names the drivers of a run, only their databases are started.
 *
 * @throws with the name of the package that has what is missing
 */
export async function startServices(without: string[] = []): Promise<void> {
  const unknown = without.find((name) => !OPTIONAL.includes(name))
  if (unknown) {
    throw new Error(`There is no "${unknown}" to leave out. There are: ${OPTIONAL.join(', ')}`)
  }
  const { TEST_DRIVERS } = process.env
  const drivers = TEST_DRIVERS ? TEST_DRIVERS.split(',') : [...DATABASES, 'dynamodb']
  const has = (name: string) => drivers.includes(name) && !without.includes(name)

  // In this process, and before the others take their time.
  has('sqlite') && requireSqlite()
  without.includes('chromium') || requireChromium()
  const [redis, dynamoDb, postgres, mariadb] = await Promise.all([
    startRedis(),
    has('dynamodb') ? startDynamoDb() : null,
    has('postgres') ? startPostgres() : null,
    has('mariadb') ? startMariadb() : null,
  ])
  const directory = mkdtempSync(join(mkdirs('tmp', 'services'), 'data-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

  Object.assign(process.env, {
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    ...(dynamoDb && { TEST_DYNAMODB_PORT: String(dynamoDb.port) }),
    ...(postgres && { TEST_POSTGRES_PORT: String(postgres.port) }),
    ...(mariadb && { TEST_MARIADB_PORT: String(mariadb.port) }),
    ...(!without.includes('chromium') && { TEST_CHROMIUM: 'yes' }),
    ...(has('sqlite') && { TEST_SQLITE_FILE: join(directory, 'sessions.sqlite') }),
  })
  if (databases().length) {
    await makeTables(directory)
  }
}

function mkdirs(...parts: string[]): string {
  const path = join(ROOT, ...parts)
  mkdirSync(path, { recursive: true })
  return path
}
