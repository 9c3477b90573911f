import fs from 'fs'
import { test } from '@japa/runner'
import { FileDriver } from '../../src/Drivers/File'
import { newId } from '../../src/IdCookie'
import { SESSION_CONFIG } from '../helpers/app'
import { temporaryDirectory } from '../helpers/drivers'

const text = 'x'.repeat(3000)

async function driverWithSession(values: Record<string, any>) {
  const driver = new FileDriver({ ...SESSION_CONFIG, file: { location: temporaryDirectory() } })
  const id = newId()
  await driver.write(id, values)
  return { driver, id }
}

test.group('File driver', (group) => {
  const { read } = fs
  group.each.teardown(() => void Object.assign(fs, { read }))

  test('a file system that hands out a file in small parts loses none of it', async ({
    assert,
  }) => {
    const { driver, id } = await driverWithSession({ text })
    const inParts = (
      file: number,
      buffer: Buffer,
      offset: number,
      length: number,
      ...rest: any[]
    ) => (read as any)(file, buffer, offset, Math.min(length, 1000), ...rest)
    Object.assign(fs, { read: inParts })

    assert.deepEqual(await driver.read(id), { text })
  })

  test('a session of any size is read whole', async ({ assert }) => {
    for (const length of [0, 1, 65_400, 65_536, 70_000, 2_000_000]) {
      const values = { text: 'é'.repeat(length) }
      const { driver, id } = await driverWithSession(values)
      assert.deepEqual(await driver.read(id), values)
    }
  })
})
