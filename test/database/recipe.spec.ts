import { test } from '@japa/runner'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs'
import { join } from 'path'
import { driverContract } from '../../src/Testing/driverContract'
import { ROOT, SESSION_CONFIG } from '../helpers/app'
import { stoppedClock } from '../helpers/clock'
import { databaseConfig, databases } from '../helpers/databases'
import { snippetsOf } from '../helpers/snippets'

const { Client, Pool } = require('pg')

const PAGE = 'docs/custom-drivers.md'

/** The driver of the page, as an app would have it. */
function driverOfThePage(): any {
  const { text } = snippetsOf(PAGE, 'ts').find((snippet) => snippet.text.includes('PgSession'))!
  const folder = join(ROOT, 'tmp', 'recipe')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.ts'), text)
  const { PgSessionDriver } = require(folder)
  rmSync(folder, { recursive: true })
  return PgSessionDriver
}

if (databases().includes('postgres')) {
  test.group('The driver on a database of docs/custom-drivers.md', (group) => {
    const clock = stoppedClock(group)
    const { connection } = (databaseConfig() as any).connections.postgres
    const pool = new Pool({ ...connection, max: 4 })
    const PgSessionDriver = driverOfThePage()

    group.setup(async () => {
      const admin = new Client(connection)
      await admin.connect()
      const page = readFileSync(join(ROOT, PAGE), 'utf8')
      await admin.query(/CREATE TABLE app_sessions[^]*?\n\)/.exec(page)![0])
      await admin.end()
      return async () => {
        await pool.query('DROP TABLE app_sessions')
        await pool.end()
      }
    })

    driverContract(
      (title, callback) => test(title, callback),
      {
        name: 'recipe',
        config: SESSION_CONFIG,
        create: () =>
          new PgSessionDriver((sql: string, values: any) => pool.query(sql, values), 7_200_000),
      },
      { pass: (timeInMs) => clock.pass(timeInMs) }
    )
  })
}
