import { mkdirSync, mkdtempSync, rmSync } from 'fs'
import { join } from 'path'
import { ROOT } from '../helpers/app'
import { DATABASES } from '../helpers/databases'
import { startDynamoDb } from './dynamodb'
import { startMariadb } from './mariadb'
import { startPostgres } from './postgres'
import { startRedis } from './redis'
import { requireSqlite } from './sqlite'
import { makeTables } from './tables'

/**
 * Starts what the tests need, on free ports, and tells where by environment variables, which the processes
 * that a test starts inherit. All of it ends with this process. A database may be left out by its name.
 *
 * @throws with the name of the package that has what is missing
 */
export async function startServices(without: string[] = []): Promise<void> {
  const unknown = without.find((name) => !DATABASES.includes(name))
  if (unknown) {
    throw new Error(`There is no "${unknown}" to leave out. There are: ${DATABASES.join(', ')}`)
  }
  // In this process, and before the others take their time.
  without.includes('sqlite') || requireSqlite()
  const [redis, dynamoDb, postgres, mariadb] = await Promise.all([
    startRedis(),
    startDynamoDb(),
    without.includes('postgres') ? null : startPostgres(),
    without.includes('mariadb') ? null : startMariadb(),
  ])
  const directory = mkdtempSync(join(mkdirs('tmp', 'services'), 'data-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

  Object.assign(process.env, {
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    TEST_DYNAMODB_PORT: String(dynamoDb.port),
    ...(postgres && { TEST_POSTGRES_PORT: String(postgres.port) }),
    ...(mariadb && { TEST_MARIADB_PORT: String(mariadb.port) }),
    ...(!without.includes('sqlite') && { TEST_SQLITE_FILE: join(directory, 'sessions.sqlite') }),
  })
  await makeTables(directory)
}

function mkdirs(...parts: string[]): string {
  const path = join(ROOT, ...parts)
  mkdirSync(path, { recursive: true })
  return path
}
