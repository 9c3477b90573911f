import { promises as fs } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { Browser } from '../helpers/browser'
import { seenBy, Served, startVersion } from '../helpers/compat'
import { temporaryDirectory } from '../helpers/drivers'

/** 6.4.0 truncates a session file and then writes it: whoever reads in between finds nothing. */
test.group('Files beside a 6.4.0 process', (group) => {
  let servers: Served[]
  let location: string
  let before: Browser
  let after: Browser

  group.setup(async () => {
    location = temporaryDirectory()
    const options = { session: { driver: 'file', file: { location } } }
    servers = await Promise.all([startVersion('6.4.0', options), startVersion('ours', options)])
    return () => Promise.all(servers.map((server) => server.stop()))
  })

  group.each.setup(async () => {
    before = servers[0].browser()
    after = servers[1].browser(before)
    await before.post('/login', { id: 7 })
  })

  async function sessionFile() {
    const { id } = (await before.get('/all')).json
    return join(location, `${id}.txt`)
  }

  test('while 6.4.0 writes, each request here finds the login', async ({ assert }) => {
    for (let turn = 0; turn < 30; turn++) {
      const reads = [seenBy(after), seenBy(after), seenBy(after)]
      const write = before.post('/fill', { values: { turn, text: 'x'.repeat(20_000) } })

      for (const { values } of await Promise.all(reads)) {
        assert.equal(values.auth_web, 7)
      }
      await write
    }
  })

  for (const part of [0, 20]) {
    test(`a write of 6.4.0 stopped after ${part} bytes costs no login when it goes on`, async ({
      assert,
    }) => {
      const file = await sessionFile()
      const text = await fs.readFile(file)

      const write = await fs.open(file, 'w')
      await write.write(text.subarray(0, part))
      assert.equal((await after.get('/all')).status, 200)
      await write.write(text.subarray(part))
      await write.close()

      assert.equal((await seenBy(after)).values.auth_web, 7)
      assert.equal((await seenBy(before)).values.auth_web, 7)
    })
  }

  test('the empty file that 6.4.0 leaves of a read session is an empty session', async ({
    assert,
  }) => {
    const visitor = servers[0].browser()
    await visitor.get('/all')
    const { id } = (await visitor.get('/all')).json
    await fs.writeFile(join(location, `${id}.txt`), '')

    const here = servers[1].browser(visitor)
    assert.deepEqual(await seenBy(here), { values: {}, flash: {} })
    await here.post('/fill', { values: { cart: [1] } })
    assert.deepEqual((await seenBy(visitor)).values, { cart: [1] })
  })
})
